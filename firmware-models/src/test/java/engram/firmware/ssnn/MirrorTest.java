package engram.firmware.ssnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.chip.Chip;
import engram.firmware.data.LabelledImages;
import engram.firmware.data.TestData;
import engram.isa.image.ImageException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The copy of the weights on the backward path stays equal to the original, with no weight
/// transport.
final class MirrorTest {
  private static LabelledImages images;

  @BeforeAll
  static void read() {
    images = TestData.mnistTraining().first(400);
  }

  private static SsnnSettings settings(int rateDenominator, Integer... hidden) {
    return new SsnnSettings(
        784, List.of(hidden), 10, 8, 12, 10, Membrane.MEMORYLESS, 1.0, 0, rateDenominator, 0);
  }

  private static void assertMirrored(Chip chip, int layer) {
    int[] shape = chip.shape(SsnnNetwork.weights(layer));
    int[] original = chip.weights(SsnnNetwork.weights(layer));
    int[] mirror = chip.weights(SsnnNetwork.mirror(layer));
    int[] transposed = new int[mirror.length];
    for (int i = 0; i < shape[0]; i++) {
      for (int j = 0; j < shape[1]; j++) {
        transposed[j * shape[0] + i] = original[i * shape[1] + j];
      }
    }
    assertThat(mirror).isEqualTo(transposed);
  }

  @Test
  void equalsTheOriginalBitForBitAfterRealImages() {
    for (int rate : new int[] {65536, 20000, 1}) {
      try (var chip = SsnnChips.load(settings(1, 40, 30).withHiddenCores(2))) {
        var initial = chip.weights("w3");
        chip.setRegister(SsnnNetwork.RATE, rate);
        SsnnChips.train(chip, images, 0, 200, 8);
        assertMirrored(chip, 2);
        assertMirrored(chip, 3);
        if (rate > 1) {
          assertThat(chip.weights("w3")).isNotEqualTo(initial);
        }
      }
    }
  }

  @Test
  void followsTheOriginalOneStepLater() {
    try (var chip = SsnnChips.load(settings(1, 30))) {
      int[] values = new int[784];
      images.pixels(0, values);
      chip.write("image", "x", 0, values);
      chip.write("label", "x", images.label(0), 256);
      chip.setRegister(SsnnNetwork.LEARN, 1);
      int[] previous = chip.weights("w2");
      int moved = 0;
      for (int step = 0; step < 60; step++) {
        chip.step();
        int[] mirror = chip.weights("m2");
        int[] transposed = new int[mirror.length];
        for (int j = 0; j < 30; j++) {
          for (int k = 0; k < 10; k++) {
            transposed[k * 30 + j] = previous[j * 10 + k];
          }
        }
        assertThat(mirror).isEqualTo(transposed);
        int[] now = chip.weights("w2");
        moved += java.util.Arrays.equals(now, previous) ? 0 : 1;
        previous = now;
      }
      assertThat(moved).isPositive();
    }
  }

  @Test
  void aHostWriteReachesBothCopiesOrIsRefused() {
    try (var chip = SsnnChips.load(settings(1, 30))) {
      int[] weights = chip.weights("w2");
      weights[17] = 55;
      chip.writeWeights("w2", weights);
      assertMirrored(chip, 2);
      SsnnChips.train(chip, images, 0, 5, 8);
      weights = chip.weights("w2");
      weights[0] = -55;
      chip.writeWeights("w2", weights); // drained: taken
      assertMirrored(chip, 2);

      int[] values = new int[784];
      images.pixels(3, values);
      chip.write("image", "x", 0, values);
      chip.write("label", "x", (images.label(3) + 1) % 10, 256);
      chip.setRegister(SsnnNetwork.LEARN, 1);
      int[] written = weights;
      boolean refused = false;
      for (int step = 0; step < 60 && !refused; step++) {
        chip.step();
        if (chip.stream("output", "gplus").count() > 0) {
          assertThatThrownBy(() -> chip.writeWeights("w2", written))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining(
                  "projection w2 has a mirror, m2, that events are on the way to");
          refused = true;
        }
      }
      assertThat(refused).isTrue();
      assertThatThrownBy(() -> chip.writeWeights("m2", new int[300]))
          .hasMessage("projection m2 is a mirror: write w2");
    }
  }

  @Test
  void aHostWriteOfSomeSourcesReachesBothCopiesAndNoOtherSource() {
    try (var chip = SsnnChips.load(settings(1, 40).withHiddenCores(2))) {
      int[] weights = chip.weights("w2");
      int[] some = new int[30];
      for (int i = 0; i < some.length; i++) {
        some[i] = i - 15;
        weights[170 + i] = some[i];
      }
      chip.writeWeights("w2", 17, some);
      assertThat(chip.weights("w2")).isEqualTo(weights);
      assertMirrored(chip, 2);
      assertThatThrownBy(() -> chip.writeWeights("w2", 38, some))
          .hasMessage("sources of w2: 3 from 38 (expected: within 0 to 40)");
      assertThatThrownBy(() -> chip.writeWeights("w2", 0, new int[15]))
          .hasMessage("weights of w2: 15 (expected: a multiple of 10, the targets of a source)");
      assertThatThrownBy(() -> chip.writeWeights("w2", some))
          .hasMessage("weights of w2: 30 (expected: 400)");
      assertThat(chip.weights("w2")).isEqualTo(weights);
    }
  }

  /// The checker refuses a mirror whose change depends on what only one copy sees.
  @Test
  void aMirrorThatReadsItsNeuronsStateIsRefused() {
    assertThatThrownBy(() ->
            SsnnChips.load(
                settings(1, 30),
                name -> {
                  String source = engram.firmware.Firmware.library().source(name);
                  return name.equals("ssnn/coincidence_mirror")
                      ? source
                          .replace(".post   spike", ".post   spike, gate")
                          .replace(
                              "        ld    r0, w", "        ld    r3, gate\n        ld    r0, w")
                      : source;
                },
                engram.chip.ChipOptions.reference()))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("the change of a mirror depends on gate of neuron program hidden");
  }
}
