package engram.firmware.ssnn;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.ChipOptions;
import engram.chip.Snapshot;
import engram.chip.preset.Counter;
import engram.chip.preset.Presets;
import engram.firmware.Firmware;
import engram.firmware.data.LabelledImages;
import engram.firmware.data.TestData;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The chip learns real images, by its microcode and by nothing else.
final class SsnnLearningTest {
  private static final int STEPS = 16;
  private static LabelledImages train;
  private static LabelledImages test;

  @BeforeAll
  static void read() {
    train = TestData.mnistTraining().first(4000);
    test = TestData.mnistTest().first(1000);
  }

  @Test
  void aThousandImagesTeachDigits() {
    try (var chip = SsnnChips.load(SsnnSettings.defaults())) {
      assertThat(SsnnChips.accuracy(chip, test, 500, STEPS)).isLessThan(0.25);
      SsnnChips.train(chip, train, 0, 1000, STEPS);
      double early = SsnnChips.accuracy(chip, test, 1000, STEPS);
      SsnnChips.train(chip, train, 1000, 4000, STEPS);
      double later = SsnnChips.accuracy(chip, test, 1000, STEPS);
      System.out.printf("1,000 images: %.1f %%, 4,000: %.1f %%%n", 100 * early, 100 * later);
      assertThat(early).isGreaterThan(0.60);
      assertThat(later).isGreaterThan(0.80);
    }
  }

  @Test
  void twoHiddenLayersLearnAsWell() {
    var settings = SsnnSettings.defaults().withHidden(128, 64);
    try (var chip = SsnnChips.load(settings)) {
      SsnnChips.train(chip, train, 0, 4000, STEPS);
      double accuracy = SsnnChips.accuracy(chip, test, 1000, STEPS);
      System.out.printf("two hidden layers, 4,000 images: %.1f %%%n", 100 * accuracy);
      assertThat(accuracy).isGreaterThan(0.78);
    }
  }

  @Test
  void theAveragingMembraneLearns() {
    var settings =
        new SsnnSettings(784, List.of(96), 10, 16, 16, 12, new Membrane(3), 0.5, 4, 1, 0);
    try (var chip = SsnnChips.load(settings)) {
      SsnnChips.train(chip, train, 0, 3000, 16);
      double accuracy = SsnnChips.accuracy(chip, test, 1000, 16);
      System.out.printf("averaging membrane, 3,000 images: %.1f %%%n", 100 * accuracy);
      assertThat(accuracy).isGreaterThan(0.70);
    }
  }

  /// It is the microcode that learns: one instruction changed, and it does not.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ssnn/coincidence | (p1)  sub   r2, r2, 1 | (p1)  add   r2, r2, 1",
        "ssnn/coincidence | st    w, r0 | mov   r0, 0",
        "ssnn/coincidence | bern  p3, r1, 16 | bern  p3, 0, 16",
        "ssnn/output | pxor  p4, p1, p3 | pand  p4, p1, p3",
      })
  void changingOneInstructionBreaksTheLearning(String program, String from, String to) {
    Firmware broken =
        name -> {
          String source = Firmware.library().source(name);
          if (!name.equals(program)) {
            return source;
          }
          assertThat(source).contains(from);
          return source.replace(from, to);
        };
    try (var chip = SsnnChips.load(SsnnSettings.defaults(), broken, ChipOptions.reference())) {
      SsnnChips.train(chip, train, 0, 1000, STEPS);
      assertThat(SsnnChips.accuracy(chip, test, 500, STEPS)).isLessThan(0.35);
    }
  }

  @Test
  void learningOffLeavesEveryWeightUntouched() {
    try (var chip = SsnnChips.load(SsnnSettings.defaults().withHidden(64, 32))) {
      SsnnChips.train(chip, train, 0, 50, STEPS);
      var names = List.of("w1", "w2", "w3", "b1", "b2", "b3", "m2", "m3");
      var before = names.stream().map(chip::weights).toList();
      try (var fork = chip.fork()) {
        var player = new engram.chip.SamplePlayer(fork, (_, _) -> {});
        int[] values = new int[784];
        for (int i = 0; i < 100; i++) {
          test.pixels(i, values);
          player.present(values, test.label(i), false, i, i, STEPS);
        }
        player.drain();
        for (int i = 0; i < names.size(); i++) {
          assertThat(fork.weights(names.get(i))).isEqualTo(before.get(i));
        }
        assertThat(fork.count(Counter.LEARNING_OPERATIONS)).isZero();
        assertThat(fork.count(Counter.BACKWARD_OPERATIONS)).isZero();
      }
    }
  }

  @Test
  void evaluationLeavesTheChipThatTrainsAsItIs() {
    try (var chip = SsnnChips.load(SsnnSettings.defaults())) {
      SsnnChips.train(chip, train, 0, 60, STEPS);
      String before = chip.stateDigest();
      String cost = chip.costDigest();
      SsnnChips.accuracy(chip, test, 50, STEPS);
      assertThat(chip.stateDigest()).isEqualTo(before);
      assertThat(chip.costDigest()).isEqualTo(cost);
    }
  }

  @Test
  void oneDigestForOneTwoAndSevenHiddenCoresAndAnyThreads() {
    String expected = null;
    for (int cores : new int[] {1, 2, 7}) {
      for (int threads : new int[] {1, 2}) {
        var settings = SsnnSettings.defaults().withHiddenCores(cores);
        try (var chip =
            SsnnChips.load(
                settings,
                Firmware.library(),
                ChipOptions.reference().withThreads(threads).alwaysShared())) {
          assertThat(chip.coreNumbers()).hasSize(cores + 2);
          SsnnChips.train(chip, train, 0, 60, STEPS);
          String digest = chip.stateDigest();
          expected = expected == null ? digest : expected;
          assertThat(digest).as("%d cores, %d threads", cores, threads).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void aSnapshotGoesOnOnAnotherPlacement() throws IOException {
    var bytes = new ByteArrayOutputStream();
    String expected;
    try (var chip = SsnnChips.load(SsnnSettings.defaults())) {
      SsnnChips.train(chip, train, 0, 30, STEPS);
      chip.snapshot("", bytes);
      SsnnChips.train(chip, train, 30, 60, STEPS);
      expected = chip.stateDigest();
    }
    var snapshot = Snapshot.read(new ByteArrayInputStream(bytes.toByteArray()));
    try (var chip = snapshot.restore(Presets.named("engram-1"), ChipOptions.reference())) {
      SsnnChips.train(chip, train, 30, 60, STEPS);
      assertThat(chip.stateDigest()).isEqualTo(expected);
    }
    var spread = SsnnChips.load(SsnnSettings.defaults().withHiddenCores(5));
    try (var chip = snapshot.onto(spread)) {
      SsnnChips.train(chip, train, 30, 60, STEPS);
      assertThat(chip.stateDigest()).isEqualTo(expected);
    }
  }
}
