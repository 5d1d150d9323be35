package engram.firmware.chips;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.preset.Counter;
import engram.chip.preset.Presets;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.Network;
import engram.firmware.network.Population;
import engram.firmware.network.ProgramRef;
import engram.firmware.network.Projection;
import engram.firmware.network.Weights;
import engram.firmware.ssnn.SsnnNetwork;
import engram.firmware.ssnn.SsnnSettings;
import engram.isa.NumberFormat;
import engram.isa.image.ImageException;
import engram.isa.image.Memory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Networks on chips other than the house's own.
final class ChipsTest {
  private static final int TYPES = 4;
  private static final int AXONS = 64;
  private static final int CELLS = 256;

  private static Chip load(Network network, String chip) {
    var preset = Presets.named(chip);
    var mapping = Mapper.map(network, preset.spec(), Firmware.library());
    return Chip.load(preset, mapping.image(), ChipOptions.reference());
  }

  /// 256 axons of four types on a full crossbar, and behind it a core that each neuron reaches
  /// once.
  private static Network.Builder crossbar(int[][] bits, int[][] weights) {
    var network = Network.named("crossbar");
    var program = ProgramRef.of("neurons/crossbar");
    var cells = Population.of("cells", CELLS, program.with("LEAK", 3)).recording("spike");
    for (int type = 0; type < TYPES; type++) {
      network.add(Population.external("in" + type, AXONS));
      cells = cells.withValues("w" + type, weights[type]);
    }
    network.add(cells);
    network.add(Population.of("next", CELLS, program.with("THRESHOLD", 2)).withValues("w0", 1));
    for (int type = 0; type < TYPES; type++) {
      network.add(
          Projection.named("x" + type)
              .from("in" + type, "spike")
              .to("cells", "a" + type)
              .weights(NumberFormat.BIT, new Weights.Given(bits[type])));
    }
    return network.add(onward("forward", "next"));
  }

  /// One bit from each cell to one neuron of a population.
  private static Projection.Builder onward(String name, String to) {
    int[] diagonal = new int[CELLS * CELLS];
    for (int i = 0; i < CELLS; i++) {
      diagonal[i * CELLS + i] = 1;
    }
    return Projection.named(name)
        .from("cells", "spike")
        .to(to, "a0")
        .weights(NumberFormat.BIT, new Weights.Given(diagonal));
  }

  private static int[] random(Random random, int count, int low, int high) {
    return random.ints(count, low, high + 1).toArray();
  }

  @Test
  void aFullCoreOfTrueNorthFollowsItsEquation() {
    var random = new Random(6);
    int[][] bits = new int[TYPES][];
    int[][] weights = new int[TYPES][];
    for (int type = 0; type < TYPES; type++) {
      bits[type] = random(random, AXONS * CELLS, 0, 1);
      weights[type] = random(random, CELLS, type % 2 == 0 ? 0 : -9, type % 2 == 0 ? 40 : 0);
    }
    try (var chip = load(crossbar(bits, weights).build(), "truenorth")) {
      var report = chip.loadReport();
      assertThat(report.fullest(Memory.SYNAPSE).used(Memory.SYNAPSE)).isEqualTo(1024);
      assertThat(report.fullest(Memory.AXON).used(Memory.AXON)).isEqualTo(256);
      int[] v = new int[CELLS];
      int[] onward = new int[CELLS];
      int[] twice = new int[CELLS];
      long operations = 0;
      long spikes = 0;
      int steps = 200;
      for (int step = 0; step < steps; step++) {
        int[][] input = new int[TYPES][AXONS];
        for (int type = 0; type < TYPES; type++) {
          for (int axon = 0; axon < AXONS; axon++) {
            if (random.nextInt(40) == 0) {
              input[type][axon] = 1;
              chip.inject("in" + type, axon, 1);
            }
          }
        }
        chip.step();
        for (int cell = 0; cell < CELLS; cell++) {
          int sum = v[cell] - 3;
          for (int type = 0; type < TYPES; type++) {
            for (int axon = 0; axon < AXONS; axon++) {
              sum += input[type][axon] * bits[type][axon * CELLS + cell] * weights[type][cell];
            }
          }
          twice[cell] = twice[cell] + onward[cell] >= 2 ? 0 : twice[cell] + onward[cell];
          boolean fires = Math.max(sum, -64) >= 64;
          v[cell] = fires ? 0 : Math.max(sum, -64);
          operations += onward[cell] * CELLS;
          onward[cell] = fires ? 1 : 0;
          spikes += onward[cell];
        }
        for (int[] type : input) {
          for (int event : type) {
            operations += event * CELLS;
          }
        }
        assertThat(chip.read("cells", "v")).as("step %d", step).isEqualTo(v);
        assertThat(chip.read("next", "v")).as("step %d", step).isEqualTo(twice);
      }
      assertThat(spikes).isGreaterThan(1000);
      var cost = chip.cost();
      assertThat(cost.count(Counter.FORWARD_OPERATIONS)).isEqualTo(operations);
      assertThat(cost.cycles()).as("ticks of 1 ms").isGreaterThanOrEqualTo(steps * 10_000_000L);
      assertThat(chip.energy(cost).missing()).isEmpty();
      assertThat(chip.energy(cost).joules().orElseThrow())
          .isEqualTo(operations * 1.1485 * 1e-12 + 0.06443 * (cost.cycles() / 1e10));
    }
  }

  @Test
  void aNeuronOfTrueNorthReachesOneAxon() {
    var network =
        crossbar(new int[TYPES][AXONS * CELLS], new int[TYPES][CELLS])
            .add(Population.of("other", CELLS, ProgramRef.of("neurons/crossbar")))
            .add(onward("second", "other"))
            .build();
    assertThatThrownBy(() -> load(network, "truenorth"))
        .isInstanceOf(ImageException.class)
        .hasMessage(
            """
            network crossbar is refused by truenorth:
              population cells: destinations of a neuron: 2 (expected: at most 1)\
            """);
    load(network, "engram-1").close();
  }

  private static Network rewarded() {
    return Network.named("rewarded")
        .seed(11)
        .add(Population.external("in", 40))
        .add(
            Population.of("out", 20, ProgramRef.of("stdp/neuron").with("THRESHOLD", 80)).onCores(3))
        .add(
            Projection.named("w")
                .from("in", "spike")
                .to("out", "in")
                .weights(NumberFormat.signed(9), new Weights.Uniform(40))
                .rows(ProgramRef.of("stdp/trace"))
                .learning(ProgramRef.of("stdp/reward")))
        .build();
  }

  @Test
  void rewardedSpikesTeachEveryChipThatLearnsTheSame() {
    String expected = null;
    for (String name : Presets.NAMES) {
      if (name.equals("truenorth")) {
        assertThatThrownBy(() -> load(rewarded(), name))
            .isInstanceOf(ImageException.class)
            .hasMessageContaining("row program trace: the chip has no row programs")
            .hasMessageContaining("synapse program reward: the chip has no synapse programs")
            .hasMessageContaining("projection w: weight width: 9 (expected: 1 to 1 bits)");
        continue;
      }
      if (name.equals("loihi-2")) {
        assertThatThrownBy(() -> load(rewarded(), name))
            .hasMessageContaining("projection w: weight width: 9 (expected: 1 to 8 bits)");
        continue;
      }
      try (var chip = load(rewarded(), name)) {
        int[] before = chip.weights("w");
        var random = new Random(8);
        for (int step = 0; step < 400; step++) {
          for (int i = 0; i < 40; i++) {
            if (random.nextInt(6) == 0) {
              chip.inject("in", i, 1);
            }
          }
          chip.setRegister("reward", step % 50 == 49 ? 3 : 0);
          chip.step();
        }
        assertThat(chip.weights("w")).isNotEqualTo(before);
        String digest = chip.stateDigest();
        expected = expected == null ? digest : expected;
        assertThat(digest).as(name).isEqualTo(expected);
      }
    }
  }

  @Test
  void aRefusalNamesEverythingThatTheChipHasNot() {
    assertThatThrownBy(() -> load(SsnnNetwork.of(SsnnSettings.defaults()), "loihi-1"))
        .isInstanceOf(ImageException.class)
        .hasMessage(
            """
            network ssnn-bp is refused by loihi-1:
              neuron program hidden, gate: history: 3 (expected: at most 1)
              neuron program hidden, spike: history: 3 (expected: at most 1)
              neuron program output: the chip has no lut, bid, reduce
              synapse program coincidence: it looks back at arrivals: 2 steps (expected: at most 0)
              projection w1: weight width: 12 (expected: 1 to 9 bits)
              projection b1: weight width: 12 (expected: 1 to 9 bits)
              projection w2: weight width: 12 (expected: 1 to 9 bits)
              projection b2: weight width: 12 (expected: 1 to 9 bits)
              projection m2: weight width: 12 (expected: 1 to 9 bits)\
            """);
    assertThatThrownBy(() -> load(SsnnNetwork.of(SsnnSettings.defaults()), "truenorth"))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("entries of axon memory (expected: at most 256 on truenorth)");
  }
}
