package engram.server;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A bounded run of the fuzz targets with bytes that differ a little from good ones, the same in
/// every run. `-Dfuzz.factor=100` makes it a hundred times as long, `-Dfuzz.seed=N` makes it
/// another one; `JazzerTest` has the targets for Jazzer.
@Timeout(3600)
class MutationTest {
  private static final int FACTOR = Integer.getInteger("fuzz.factor", 1);
  private static final long SEED = Long.getLong("fuzz.seed", 1);

  private static void mutate(int count, List<byte[]> seeds, Consumer<byte[]> target) {
    seeds.forEach(target);
    var mutations = new Mutations(SEED);
    for (long i = 0; i < (long) count * FACTOR; i++) {
      byte[] bytes = mutations.of(seeds);
      try {
        target.accept(bytes);
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed %d, input %d: %s"
                .formatted(SEED, i, bytes.length > 4000 ? "long" : HexFormat.of().formatHex(bytes)),
            e);
      }
    }
  }

  @Test
  void noFramesDoHarm() {
    mutate(3000, FuzzTargets.frameStreams(), FuzzTargets::frames);
  }

  @Test
  void noImageDoesHarm() {
    mutate(3000, FuzzTargets.images(), FuzzTargets::image);
  }

  @Test
  void noSnapshotDoesHarm() {
    mutate(1500, FuzzTargets.snapshots(), FuzzTargets::snapshot);
  }

  @Test
  void noRequestsDoHarm(@TempDir Path data) {
    try (var sessions = new FuzzTargets.Sessions(data)) {
      mutate(300, FuzzTargets.requestStreams(), sessions::requests);
    }
  }
}
