package engram.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.client.Connection;
import engram.client.Engram;
import engram.client.EventBatch;
import engram.client.Firmware;
import engram.client.RunOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the Java client and the server have to agree on.
@Timeout(60)
class RemoteChipTest extends ServerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Weights of 9.6 MB.
  private static final String LARGE =
      """
      network: large
      seed: 2
      populations:
        a: {neurons: 2000, external: true}
        b: {neurons: 1200, program: neurons/lif}
      projections:
        wire: {from: a.spike, to: b.in, weights: s8 uniform 100}
      """;

  private Connection connect() {
    return Engram.connect("engram://127.0.0.1:" + started().address().getPort());
  }

  private static int watchers(Connection connection) {
    return connection.list().getLeases(0).getWatchers();
  }

  @Test
  void aWatchedChipThatIsClosedTakesItsStreamsWithItAndNothingElse() {
    try (var driver = connect();
        var watcher = connect();
        var chip = driver.lease("engram-1")) {
      chip.load(Firmware.network(Networks.STORM, Map.of()));
      var ends = watcher.watch(chip.lease());
      var staysOn = watcher.watch(chip.lease());
      var ended = ends.subscribe("rain");
      try (var goesOn = staysOn.subscribe("rain")) {
        assertThat(watchers(watcher)).isEqualTo(2);
        ends.close();
        assertThat(watchers(watcher)).isEqualTo(1);
        assertThat(ended.next(PATIENCE)).isEmpty();
        assertThat(chip.run(1).step()).isEqualTo(1);
        assertThat(goesOn.next(PATIENCE).map(EventBatch::size)).hasValue(1000);
        assertThat(staysOn.describe().getStep()).isEqualTo(1);
      }
    }
  }

  @Test
  void aRunThatWasLeftIsStoppedAfterItWasTakenUp() {
    String token;
    try (var connection = connect()) {
      var left = connection.lease("engram-1");
      left.load(Firmware.network(Networks.STORM, Map.of()));
      assertThat(left.runAsync(RunOptions.untilStopped()).isDone()).isFalse();
      token = left.detach();
    }
    try (var connection = connect();
        var chip = connection.reattach(token)) {
      assertThat(chip.describe().getRunning()).isTrue();
      var stopped = chip.stop();
      assertThat(stopped.getFound()).isTrue();
      assertThat(chip.describe().getRunning()).isFalse();
      assertThat(chip.describe().getStep()).isEqualTo(stopped.getStep());
    }
  }

  @Test
  void weightsOfMoreThanOneAnswerAreReadAndWritten() {
    try (var connection = connect();
        var chip = connection.lease("engram-1")) {
      chip.load(Firmware.network(LARGE, Map.of()));
      var words = chip.readWeights("wire");
      assertThat(words.rows()).isEqualTo(2000);
      assertThat(words.columns()).isEqualTo(1200);
      assertThat(Integer.BYTES * words.values().length).isGreaterThan(Readings.MOST_BYTES);
      for (int row : new int[] {0, 873, 1999}) {
        assertThat(Arrays.copyOfRange(words.values(), 1200 * row, 1200 * (row + 1)))
            .isEqualTo(chip.readWeights("wire", row, 1).values());
      }
      int[] others = words.values().clone();
      for (int i = 0; i < others.length; i++) {
        others[i] = i % 251 - 125;
      }
      chip.writeWeights("wire", others);
      assertThat(chip.readWeights("wire").values()).isEqualTo(others);
    }
  }

  @Test
  void weightsTravelInPiecesThatTheServersFramesHaveRoomFor() throws Exception {
    start(options().withMaxFrame(1 << 14));
    try (var connection = connect();
        var chip = connection.lease("engram-1")) {
      chip.load(Firmware.network(Networks.DICE, Map.of()));
      int[] weights = chip.readWeights("wire").values();
      assertThat(Integer.BYTES * weights.length).isEqualTo(1 << 14);
      for (int i = 0; i < weights.length; i++) {
        weights[i] = i % 101 - 50;
      }
      chip.writeWeights("wire", weights);
      assertThat(chip.readWeights("wire").values()).isEqualTo(weights);
      int[] two = new int[128];
      chip.writeWeights("wire", 40, two);
      System.arraycopy(two, 0, weights, 64 * 40, two.length);
      assertThat(chip.readWeights("wire").values()).isEqualTo(weights);
      assertThatThrownBy(() -> chip.writeWeights("wire", new int[weights.length + 64]))
          .hasMessageContaining("weights of wire: 4160 (expected: 4096)");
    }
  }

  @Test
  void aWatchedChipWhoseLeaseHasEndedIsClosedInPeace() {
    try (var driver = connect();
        var watcher = connect()) {
      var chip = driver.lease("engram-1");
      try (var watched = watcher.watch(chip.lease())) {
        chip.close();
        assertThat(watcher.list().getLeasesList()).isEmpty();
        assertThat(watched.lease()).isEqualTo(chip.lease());
      }
    }
  }
}
