package engram.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import engram.firmware.network.Network;
import engram.firmware.network.Population;
import engram.firmware.network.ProgramRef;
import engram.firmware.network.Projection;
import engram.firmware.network.Weights;
import engram.isa.NumberFormat;
import engram.isa.image.ProjectionImage.Line;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Three learning rules that have nothing to do with SSNN-BP, one synapse each, computed by hand
/// with numbers that leave nothing to round: the instruction set is general.
final class LearningRulesByHandTest {
  private static final NumberFormat WEIGHT = new NumberFormat(true, 16, 0);
  private static final int HALF = 1 << 14;
  private static final int ONE = 1 << 15;

  /// A target neuron whose fields the test writes.
  private static final String PUPPET =
      """
      .program neuron puppet
      .acc   in : s24
      .field psi : u16
      .field psib : u16
      .field l : s32
              mov r0, 0
      """;

  /// A row whose trace is the payload of this step, as 1.15.
  private static final String PAYLOAD_ROW =
      """
      .program row payload_row
      .field x : u20
      .trigger each = step
              ld  r0, payload
              shl r0, r0, 15
              st  x, r0
      """;

  @Test
  void epropOfAnAdaptiveNeuronFollowsItsEquations() {
    var network =
        Network.named("e-prop")
            .add(Population.external("pre", 1))
            .add(Population.of("post", 1, ProgramRef.of("puppet")))
            .add(
                Projection.named("w")
                    .from("pre", "spike")
                    .to("post", "in")
                    .weights(WEIGHT, new Weights.Constant(1000))
                    .rows(ProgramRef.of("eprop/trace").with("ALPHA", HALF))
                    .learning(
                        ProgramRef.of("eprop/alif_synapse").with("RHO", HALF).with("KAPPA", HALF)))
            .build();
    try (var chip = TestChips.chip(network, Map.of("puppet", PUPPET))) {
      chip.inject("pre", 0, 1);

      // zbar 1, psi 1/2, psib 0, L 2: e = 1/2, eps = 1/2, ebar = 1/2, g = 1.
      post(chip, HALF, 0, 2 << 12);
      chip.step();
      assertThat(chip.tags("w", "eps")).containsExactly(HALF);
      assertThat(chip.tags("w", "ebar")).containsExactly(HALF);
      assertThat(chip.tags("w", "g")).containsExactly(1 << 12);

      // zbar 1/2, psi 1/2, psib 1/4, L -1: e = 1/4 - 1/8, eps = 1/4 + e, ebar = 1/4 + e,
      // g = 1 - 3/8.
      post(chip, HALF, HALF / 2, -1 << 12);
      chip.step();
      assertThat(chip.tags("w", "eps")).containsExactly(3 * ONE / 8);
      assertThat(chip.tags("w", "ebar")).containsExactly(3 * ONE / 8);
      assertThat(chip.tags("w", "g")).containsExactly(5 * (1 << 12) / 8);
      assertThat(chip.weights("w")).containsExactly(1000);

      // zbar 1/4, psi 0, psib 1/4, L 2, update: e = -3/32, eps = 3/16 + e, ebar = 3/16 + e,
      // g = 5/8 + 2 * 3/32 = 13/16, w = 1000 - 13/16 * 4096 / 256.
      post(chip, 0, HALF / 2, 2 << 12);
      chip.setRegister("update", 1);
      chip.step();
      assertThat(chip.tags("w", "eps")).containsExactly(3 * ONE / 32);
      assertThat(chip.tags("w", "ebar")).containsExactly(3 * ONE / 32);
      assertThat(chip.weights("w")).containsExactly(1000 - 13);
      assertThat(chip.tags("w", "g")).containsExactly(0);
    }
  }

  private static void post(engram.chip.Chip chip, int psi, int psib, int l) {
    chip.write("post", "psi", 0, psi);
    chip.write("post", "psib", 0, psib);
    chip.write("post", "l", 0, l);
  }

  @Test
  void fpttMovesWeightAverageAndCorrectionTogether() {
    var network =
        Network.named("fptt")
            .add(Population.external("pre", 1))
            .add(Population.of("post", 1, ProgramRef.of("puppet")))
            .add(
                Projection.named("w")
                    .from("pre", "spike")
                    .to("post", "in")
                    .weights(WEIGHT, new Weights.Constant(100))
                    .rows(ProgramRef.of("payload_row"))
                    .learning(ProgramRef.of("fptt/parameter")))
            .build();
    try (var chip = TestChips.chip(network, Map.of("puppet", PUPPET, "payload_row", PAYLOAD_ROW))) {
      // First update from wbar = lambda = m = 0, no gradient but the pull: g = 100 / 2, so u > 0
      // and
      // w = 96; lambda = -48; wbar = 48 + 48 = 96. The mean of m is 1/2 of a least bit.
      chip.setRegister("update", 1);
      chip.step();
      assertThat(chip.weights("w")).containsExactly(96);
      assertThat(chip.tags("w", "lambda")).containsExactly(-48);
      assertThat(chip.tags("w", "wbar")).containsExactly(96);
      int m = chip.tags("w", "m")[0];
      assertThat(m).isBetween(0, 1);

      // The gradient is -1 - 0.5 of 2^16: g = L x + (96 - 96) / 2 + 48 < 0, so w goes up to 100;
      // w - wbar = 4, lambda = -50, wbar = 96 + 2 + 50.
      chip.setRegister("update", 0);
      chip.inject("pre", 0, 1);
      chip.write("post", "l", 0, -98304);
      chip.setRegister("update", 1);
      chip.step();
      assertThat(chip.weights("w")).containsExactly(100);
      assertThat(chip.tags("w", "lambda")).containsExactly(-50);
      assertThat(chip.tags("w", "wbar")).containsExactly(148);
    }
  }

  @Test
  void rewardPaysForThePairThatWasTagged() {
    var slow = ProgramRef.of("stdp/neuron").with("DECAY", HALF);
    var network =
        Network.named("r-stdp")
            .add(Population.external("pre", 1))
            .add(Population.external("kick", 1))
            .add(Population.of("post", 1, slow))
            .add(
                Projection.named("w")
                    .from("pre", "spike")
                    .to("post", "in")
                    .weights(WEIGHT, new Weights.Constant(10))
                    .rows(ProgramRef.of("stdp/trace").with("DECAY", HALF))
                    .learning(ProgramRef.of("stdp/reward").with("DOWN", 1)))
            .add(
                Projection.named("force")
                    .from("kick", "spike")
                    .to("post", "in")
                    .weights(WEIGHT, new Weights.Constant(100)))
            .build();
    try (var chip = TestChips.chip(network)) {
      chip.step();
      chip.inject("pre", 0, 1);
      chip.run(2); // arrives at step 1: x1 = 64
      chip.inject("kick", 0, 1);
      chip.step(); // fires at step 3: x1 = 16, tag = 2 * 16
      assertThat(chip.stream("post", "spike").count()).isOne();
      assertThat(chip.tags("w", "tag")).containsExactly(32);
      chip.step();
      chip.inject("pre", 0, 1);
      chip.step(); // arrives at step 5: y1 = 16, tag = 32 - 16
      assertThat(chip.tags("w", "tag")).containsExactly(16);
      assertThat(chip.weights("w")).containsExactly(10);
      chip.setRegister("reward", 8);
      chip.step(); // w = 10 + 8 * 16 / 64
      assertThat(chip.weights("w")).containsExactly(12);
      chip.setRegister("reward", 0);
      chip.run(20); // the tag decays every 16 steps and pays no more
      assertThat(chip.tags("w", "tag")[0]).isLessThan(16);
      assertThat(chip.weights("w")).containsExactly(12);
    }
  }

  /// The transposed product: each row sends sum over k of w_jk err_k back to its neuron, exact
  /// however many cores the columns are spread over.
  @Test
  void rowsSendTheTransposedProductBackFromAnyNumberOfCores() {
    int[] weights = {100, -200, 300, 7, -32767, 32767};
    int[] errors = {3, -5, 7};
    int[] expected = {
      100 * 3 + -200 * -5 + 300 * 7, 7 * 3 + -32767 * -5 + 32767 * 7,
    };
    String receiver =
        """
        .program neuron receiver
        .acc    in : s24
        .acc    signal : s32
        .stream spike
                mov r0, 0
        """;
    String output =
        """
        .program neuron out
        .acc    in : s24
        .field  err : s16
                mov r0, 0
        """;
    for (int cores = 1; cores <= 3; cores++) {
      var readout =
          Projection.named("w")
              .from("hidden", "spike")
              .to("out", "in")
              .weights(WEIGHT, new Weights.Given(weights))
              .rows(ProgramRef.of("eprop/readout_row"))
              .learning(ProgramRef.of("eprop/readout"));
      var network =
          Network.named("feedback")
              .add(Population.of("hidden", 2, ProgramRef.of("receiver")))
              .add(
                  Population.of("out", 3, ProgramRef.of("out"))
                      .withValues("err", errors)
                      .onCores(cores))
              .add(readout)
              .add(
                  Projection.named("back")
                      .fromRows("hidden", "w", new Line("signal", 1, 1))
                      .to("hidden", "signal")
                      .weights(NumberFormat.unsigned(1), new Weights.OneToOne(1)))
              .build();
      try (var chip = TestChips.chip(network, Map.of("receiver", receiver, "out", output))) {
        assertThat(chip.coreNumbers()).hasSizeGreaterThanOrEqualTo(cores);
        // LEARN of step 0 adds up, the rows send in step 1, the sum arrives in step 2.
        chip.run(3);
        assertThat(chip.read("hidden", "signal")).containsExactly(expected);
      }
    }
  }
}
