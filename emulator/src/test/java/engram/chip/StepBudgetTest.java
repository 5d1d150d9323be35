package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.StepBudget.Case;
import engram.chip.preset.Preset;
import engram.chip.preset.Presets;
import engram.isa.NumberFormat;
import engram.isa.image.AxonRange;
import engram.isa.image.ChipImage;
import engram.isa.image.CoreImage;
import engram.isa.image.ImageChecker;
import engram.isa.image.ProjectionImage.Line;
import engram.isa.image.RouteImage;
import engram.isa.image.SynapseFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is predicted for a step against what a chip counts in one.
final class StepBudgetTest {
  private static final String CELL =
      """
      .program neuron cell
      .acc   in   : s16
      .acc   back : s16
      .field v : s16
              ld    r0, in
              mul   r0, r0, 3, 1
              st    v, r0
      """;
  private static final String POOL =
      """
      .program neuron pool
      .acc   in : s16
      .group all
              ld    r0, in
              bid   r0
              reduce argmax, all
              ld    r1, winner
      """;
  private static final String LAZY =
      """
      .program neuron lazy
      .field on : u1
      .stream spike
      .active when on != 0
              ld    r0, on
              cmpgt p1, r0, 1
        (p1)  emit  spike
      """;

  /// The house's chip with another time for everything.
  private static final String ODD =
      """
      base: engram-1
      name: odd
      timing:
        event: {value: 2, grade: none, source: test}
        row: {value: 3, grade: none, source: test}
        word: {value: 5, grade: none, source: test}
        synapse: {value: 7, grade: none, source: test}
        neuron: {value: 11, grade: none, source: test}
        scan: {value: 13, grade: none, source: test}
        instruction: {value: 17, grade: none, source: test}
        barrier: {value: 19, grade: none, source: test}
      """;

  /// Two cores; on core 3 more than one population, axons that share rows, sparse rows.
  private static TestImage network() {
    return new TestImage()
        .external("a", 50)
        .external("b", 20)
        .population("small", 10, CELL)
        .population("cells", 150, CELL, 3)
        .population("pool", 70, POOL, 0, Map.of("all", 70), 3)
        .population("lazy", 130, LAZY, 3)
        .projection("w", "a", "cells", "in", TestImage.weights(50, 150, 1))
        .projection(
            "two",
            "b",
            "cells",
            "back",
            TestImage.weights(20, 150, 1),
            p -> p.lines = List.of(new Line("spike", 1, 1), new Line("spike", -1, 1)))
        .projection(
            "some",
            "a",
            "pool",
            "in",
            diagonal(50, 70),
            p -> {
              p.format = SynapseFormat.SPARSE;
              p.type = NumberFormat.signed(5);
            })
        .projection("few", "b", "small", "in", TestImage.weights(20, 10, 1));
  }

  private static Integer[][] diagonal(int rows, int columns) {
    var weights = new Integer[rows][columns];
    for (int i = 0; i < rows; i++) {
      weights[i][i] = 1;
    }
    return weights;
  }

  private static Chip load(TestImage test, Preset preset) {
    return Chip.load(preset, test.image(), ChipOptions.reference());
  }

  private static Chip load(TestImage test, String chip) {
    return load(test, Presets.named(chip));
  }

  static List<Preset> presets() throws IOException {
    var odd = Presets.read(new ByteArrayInputStream(ODD.getBytes(StandardCharsets.UTF_8)));
    return List.of(Presets.named("engram-1"), odd);
  }

  /// Cycles of the next step without its network.
  private static long step(Chip chip) {
    var before = chip.cost();
    chip.step();
    var cost = chip.cost().since(before);
    return cost.cycles() - cost.networkCycles();
  }

  @ParameterizedTest
  @MethodSource("presets")
  void isWhatAChipCountsInSuchAStep(Preset preset) {
    try (var chip = load(network(), preset)) {
      var loads = chip.stepBudget().loads();
      int[] on = new int[130];
      Arrays.fill(on, 1);
      chip.write("lazy", "on", 0, on);
      assertThat(loads.get(0).when()).isEqualTo(Case.NEURONS);
      assertThat(loads.get(0).cycles()).isEqualTo(step(chip));
      for (int i = 0; i < 50; i++) {
        chip.inject("a", i, 1);
      }
      for (int i = 0; i < 20; i++) {
        chip.inject("b", i, 1);
      }
      assertThat(loads.get(1).when()).isEqualTo(Case.EVENTS);
      assertThat(loads.get(1).cycles()).isEqualTo(step(chip));
      assertThat(loads).extracting(StepBudget.Load::core).containsOnly(3);
    }
  }

  @Test
  void namesWhoTakesMost() {
    try (var chip = load(network(), "engram-1")) {
      var loads = chip.stepBudget().loads();
      // 10 batches of 16 lanes, a load, a product of 2 cycles and a store each.
      assertThat(loads.get(0).owner()).isEqualTo("cells");
      assertThat(loads.get(0).owned()).isEqualTo(10 * 4);
      assertThat(loads.get(1).owner()).isEqualTo("w");
      // An axon and a row of 38 words of four 16-bit weights each, 50 times.
      assertThat(loads.get(1).owned()).isEqualTo(50 * (1 + 1 + 38));
    }
  }

  @Test
  void onlyRowsThatAnAxonNamesAreRead() throws IOException {
    var triangle = new Integer[6][6];
    for (int row = 0; row < 6; row++) {
      Arrays.fill(triangle[row], 0, row, 1);
    }
    var image =
        new TestImage()
            .external("host", 6)
            .population("cells", 6, CELL)
            .projection("w", "host", "cells", "in", triangle, p -> p.format = SynapseFormat.SPARSE)
            .image();
    var core = image.cores().get(0);
    var axons = List.of(new AxonRange(0, 2, 0, 3, 1, 1));
    var cut =
        new ChipImage(
            image.network(),
            image.seed(),
            image.frame(),
            image.registers(),
            image.programs(),
            image.populations(),
            image.projections(),
            List.of(new CoreImage(0, core.slices(), core.blocks(), axons)),
            List.of(List.of(new RouteImage(3, 2, 0, 0)), List.of()),
            image.sequencers(),
            image.samples());
    var odd = presets().get(1);
    var load = StepBudget.of(odd, ImageChecker.check(odd.spec(), cut)).loads().get(1);
    // Rows 3 and 4, of three and four synapses of 19 bits: one word and two.
    assertThat(load.owner()).isEqualTo("cells");
    try (var chip = Chip.load(odd, cut, ChipOptions.reference())) {
      chip.inject("host", 3, 1);
      chip.inject("host", 4, 1);
      assertThat(load.cycles()).isEqualTo(step(chip));
    }
    assertThat(load.cycles() - load.owned()).isEqualTo(19 + 2 * 2 + 2 * 3 + 3 * 5 + 7 * 7);
  }

  @Test
  void learningIsLeftOut() {
    var plain = network();
    var learning = network();
    int program =
        learning.compile(".program synapse s\n.trigger each = step\nld r0, w\nst w, r0\n");
    plain.projection("l", "a", "small", "back", TestImage.weights(50, 10, 1));
    learning.projection(
        "l", "a", "small", "back", TestImage.weights(50, 10, 1), p -> p.learn = program);
    try (var one = load(plain, "engram-1");
        var other = load(learning, "engram-1")) {
      assertThat(other.stepBudget().loads()).isEqualTo(one.stepBudget().loads());
    }
  }

  /// 256 neurons on a crossbar of 256 axons.
  private static TestImage crossbar(int axons) {
    return new TestImage()
        .external("host", axons)
        .population("cells", 256, ".program neuron cell\n.acc in : s16\nmov r0, 0\n")
        .projection(
            "w",
            "host",
            "cells",
            "in",
            TestImage.weights(axons, 256, 1),
            p -> p.type = NumberFormat.BIT);
  }

  @Test
  void aBudgetThatWillBeMissedIsAWarningAndNoRefusal() {
    try (var chip = load(crossbar(256), "truenorth")) {
      var budget = chip.stepBudget();
      // 256 neurons of 185.9 ns; 65,536 synapses of 70.6 ns on top.
      assertThat(budget.loads())
          .extracting(StepBudget.Load::cycles)
          .containsExactly(475_904L, 46_744_320L);
      assertThat(budget.warnings())
          .containsExactly(
              "a step in which every neuron runs, every axon gets one event takes core 0 4674.432 us"
                  + " (expected: at most 1000.000 us on truenorth), 367.4 % too long;"
                  + " most of it, 4626.842 us, is taken by w");
      assertThat(budget.table())
          .isEqualTo(
              """
              busiest core of a step, if                             time     deadline      miss  core   most by
              every neuron runs, no event arrives               47.590 us  1000.000 us         -  0      cells (47.590 us)
              every neuron runs, every axon gets one event    4674.432 us  1000.000 us    367.4%  0      w (4626.842 us)
              learning, emission and the network come on top
              """);
      chip.run(2);
    }
  }

  @Test
  void aBudgetToTheCycleIsNoMiss() {
    var preset = Presets.named("truenorth");
    var even = new StepBudget.Load(Case.EVENTS, 0, preset.deadlineCycles(), "w", 1);
    var over = new StepBudget.Load(Case.EVENTS, 0, preset.deadlineCycles() + 1, "w", 1);
    assertThat(new StepBudget(preset, List.of(even)).warnings()).isEmpty();
    assertThat(new StepBudget(preset, List.of(over)).warnings()).hasSize(1);
  }

  @Test
  void aChipWithoutADeadlineMissesNone() {
    try (var chip = load(crossbar(256), "loihi-1")) {
      assertThat(chip.stepBudget().warnings()).isEmpty();
      assertThat(chip.stepBudget().table()).contains("none").doesNotContain("%");
    }
  }
}
