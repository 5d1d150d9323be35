package engram.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.Snapshot;
import engram.chip.preset.Preset;
import engram.chip.preset.Presets;
import engram.cli.MiniSet;
import engram.cli.data.DataStore;
import engram.client.Engram;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.recipe.Recipe;
import engram.firmware.ssnn.SsnnNetwork;
import engram.isa.image.ImageCodec;
import engram.server.EngramServer;
import engram.server.ServerOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrainingTest {
  private static final Preset PRESET = Presets.named("engram-1");
  private static final int SAMPLES = 40;

  @TempDir static Path folder;
  private static DataStore.Loaded data;
  private static TrainingState start;

  @BeforeAll
  static void load() throws IOException {
    data =
        new DataStore()
            .load(new MiniSet(6, 4, SAMPLES, 8).write(folder.resolve("mini")).toString());
    var recipe = new Recipe(List.of(6, 5), 8, 2, 12, 10, "memoryless", 0.5, 1.0, 0, 16);
    start = new TrainingState(data.name(), recipe, 3, SAMPLES, 0, 0);
  }

  private static Chip chip() {
    var settings = start.recipe().settings(data.train().size(), data.classes(), start.seed());
    var image = Mapper.map(SsnnNetwork.of(settings), PRESET.spec(), Firmware.library()).image();
    return Chip.load(PRESET, image, ChipOptions.reference());
  }

  private static Training training(Chip chip, TrainingState state, BooleanSupplier interrupted) {
    return new Training(
        new LocalTrainee(chip), data, state, 8, SilentListener.INSTANCE, interrupted);
  }

  /// Says yes when it is asked for the n-th time.
  private static BooleanSupplier after(int asked) {
    int[] left = {asked};
    return () -> left[0]-- <= 0;
  }

  private static String undisturbed() {
    try (var chip = chip()) {
      assertThat(training(chip, start, () -> false).train()).isTrue();
      return chip.stateDigest();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 17, 39, 48, 60})
  void aRunThatIsCutAtAnySampleGoesOnAsIfItHadNotBeen(int samples) throws IOException {
    var written = new ByteArrayOutputStream();
    try (var chip = chip()) {
      var training = training(chip, start, after(samples));
      assertThat(training.train()).isFalse();
      chip.snapshot(training.state().note(), written);
    }
    var snapshot = Snapshot.read(new ByteArrayInputStream(written.toByteArray()));
    var state = TrainingState.of(Path.of("memory"), snapshot);
    assertThat(state).isNotEqualTo(start.at(2, 0));
    try (var chip = snapshot.restore(PRESET, ChipOptions.reference())) {
      assertThat(training(chip, state, () -> false).train()).isTrue();
      assertThat(chip.stateDigest()).isEqualTo(undisturbed());
    }
  }

  @Test
  void anInterruptedEpochIsNoPointOfTheCurve() {
    try (var chip = chip()) {
      var training = training(chip, start, after(17));
      training.train();
      assertThat(training.state()).isEqualTo(start.at(0, 17));
      assertThat(training.epochs()).isEmpty();
      assertThat(training.samplesPerSecond()).isZero();
    }
  }

  @Test
  void evaluationLeavesTheChipAsItIs() {
    try (var chip = chip()) {
      var training = training(chip, start, () -> false);
      training.train();
      String digest = chip.stateDigest();
      var cost = chip.cost();
      var evaluation = training.evaluate();
      assertThat(chip.stateDigest()).isEqualTo(digest);
      assertThat(chip.cost().cycles()).isEqualTo(cost.cycles());
      assertThat(evaluation.cost().cycles()).isPositive();
      int images = 0;
      int right = 0;
      for (int label = 0; label < data.classes(); label++) {
        for (int answer = 0; answer < data.classes(); answer++) {
          images += evaluation.confusion()[label][answer];
          right += label == answer ? evaluation.confusion()[label][answer] : 0;
        }
      }
      assertThat(images).isEqualTo(8);
      assertThat(evaluation.accuracy()).isEqualTo(right / 8.0);
    }
  }

  @Test
  void theLowestOfEqualVotesWins() {
    assertThat(LocalTrainee.best(new int[] {1, 4, 4, 2})).isEqualTo(1);
    assertThat(LocalTrainee.best(new int[] {0, 0})).isZero();
  }

  /// Through the socket, with a rate that decays and looks between the epochs.
  @Test
  void aChipBehindASocketLearnsTheSame() throws IOException {
    var settings = start.recipe().settings(data.train().size(), data.classes(), start.seed());
    var image = Mapper.map(SsnnNetwork.of(settings), PRESET.spec(), Firmware.library()).image();
    try (var server =
            EngramServer.start(
                ServerOptions.loopback(
                    "test", 0, Map.of(PRESET.name(), 1), folder.resolve("server")));
        var connection = Engram.connect("engram://127.0.0.1:" + server.address().getPort());
        var far = connection.lease(PRESET.name());
        var near = chip()) {
      far.load(engram.client.Firmware.image(ImageCodec.encode(image)));
      var remote = new RemoteTrainee(far, ChipOptions.reference());
      var there = new Training(remote, data, start, 8, SilentListener.INSTANCE, () -> false);
      var here = training(near, start, () -> false);
      assertThat(there.train()).isTrue();
      assertThat(here.train()).isTrue();
      assertThat(remote.stateDigest()).isEqualTo(near.stateDigest());
      assertThat(remote.costDigest()).isEqualTo(near.costDigest());
      assertThat(there.evaluate().confusion()).isDeepEqualTo(here.evaluate().confusion());
      assertThat(there.trainCost().coreCycles()).isDeepEqualTo(here.trainCost().coreCycles());
      try (var copy = remote.chip()) {
        assertThat(copy.stateDigest()).isEqualTo(near.stateDigest());
      }
    }
  }
}
