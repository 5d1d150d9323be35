package engram.firmware.neurons;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.Chip;
import engram.firmware.TestChips;
import engram.firmware.network.Network;
import engram.firmware.network.Population;
import engram.firmware.network.ProgramRef;
import engram.firmware.network.Projection;
import engram.firmware.network.Weights;
import engram.isa.NumberFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Neuron models and encoders against plain loops.
final class NeuronFirmwareTest {
  private static Chip driven(ProgramRef program) {
    return TestChips.chip(
        Network.named("driven")
            .add(Population.external("in", 1))
            .add(Population.of("cell", 1, program))
            .add(
                Projection.named("w")
                    .from("in", "spike")
                    .to("cell", "in")
                    .weights(NumberFormat.signed(16), new Weights.Constant(1)))
            .build());
  }

  @Test
  void leakyIntegrateAndFireFollowsItsEquation() {
    try (var chip =
        driven(ProgramRef.of("neurons/lif").with("LEAK", 3686).with("THRESHOLD", 500))) {
      var random = new Random(4);
      long v = 0;
      int spikes = 0;
      for (int step = 0; step < 3000; step++) {
        int input = random.nextInt(4) == 0 ? random.nextInt(400) - 100 : 0;
        if (input != 0) {
          chip.inject("in", 0, input);
        }
        chip.step();
        v = v * 3686 / 4096 + input; // Java's quotient goes toward zero
        boolean fires = v >= 500;
        v = fires ? 0 : v;
        spikes += fires ? 1 : 0;
        assertThat(chip.read("cell", "v")[0]).isEqualTo((int) v);
        assertThat(chip.stream("cell", "spike").count()).isEqualTo(fires ? 1 : 0);
      }
      assertThat(spikes).isGreaterThan(20);
    }
  }

  @Test
  void currentBasedNeuronFollowsItsEquations() {
    var program =
        ProgramRef.of("neurons/cuba_lif")
            .with("CURRENT_DECAY", 700)
            .with("VOLTAGE_DECAY", 200)
            .with("THRESHOLD", 9000);
    try (var chip = driven(program)) {
      var random = new Random(5);
      long u = 0;
      long v = 0;
      int spikes = 0;
      for (int step = 0; step < 3000; step++) {
        int input = random.nextInt(10) == 0 ? random.nextInt(3000) - 800 : 0;
        if (input != 0) {
          chip.inject("in", 0, input);
        }
        chip.step();
        u = u * (4096 - 700) / 4096 + input;
        v = v * (4096 - 200) / 4096 + u;
        boolean fires = v > 9000;
        v = fires ? 0 : v;
        spikes += fires ? 1 : 0;
        assertThat(chip.read("cell", "u")[0]).isEqualTo((int) u);
        assertThat(chip.read("cell", "v")[0]).isEqualTo((int) v);
      }
      assertThat(spikes).isGreaterThan(20);
    }
  }

  private static List<Integer> spikeSteps(String encoder, int x, int steps) {
    try (var chip =
        TestChips.chip(
            Network.named("encoder").add(Population.of("e", 1, ProgramRef.of(encoder))).build())) {
      chip.write("e", "x", 0, x);
      var spikes = new ArrayList<Integer>();
      for (int step = 0; step < steps; step++) {
        chip.step();
        if (chip.stream("e", "spike").count() > 0) {
          spikes.add(step);
        }
      }
      return spikes;
    }
  }

  @Test
  void theRateEncoderSpreadsItsSpikesEvenly() {
    assertThat(spikeSteps("encoders/rate", 0, 1000)).isEmpty();
    assertThat(spikeSteps("encoders/rate", 256, 100)).hasSize(100);
    assertThat(spikeSteps("encoders/rate", 64, 16)).containsExactly(1, 5, 9, 13);
    for (int x : new int[] {1, 7, 100, 255}) {
      assertThat(spikeSteps("encoders/rate", x, 2560)).hasSize(10 * x);
    }
  }

  @Test
  void theLatencyEncoderFiresOnceTheEarlierTheStronger() {
    assertThat(spikeSteps("encoders/latency", 0, 40)).isEmpty();
    assertThat(spikeSteps("encoders/latency", 256, 40)).containsExactly(0);
    assertThat(spikeSteps("encoders/latency", 128, 40)).containsExactly(8);
    assertThat(spikeSteps("encoders/latency", 1, 40)).containsExactly(15);
  }

  @Test
  void theBernoulliEncoderFiresWithItsProbability() {
    assertThat(spikeSteps("encoders/bernoulli", 0, 1000)).isEmpty();
    assertThat(spikeSteps("encoders/bernoulli", 256, 1000)).hasSize(1000);
    int steps = 20_000;
    int count = spikeSteps("encoders/bernoulli", 77, steps).size();
    double expected = steps * 77 / 256.0;
    double deviation = Math.sqrt(expected * (1 - 77 / 256.0));
    assertThat(count).isBetween((int) (expected - 4 * deviation), (int) (expected + 4 * deviation));
  }
}
