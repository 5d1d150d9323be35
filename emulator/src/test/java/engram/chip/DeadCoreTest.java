package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.chip.fault.DeadCore;
import engram.chip.fault.Fault;
import engram.chip.preset.Counter;
import engram.isa.image.ProjectionImage.Line;
import engram.isa.image.Sequencer;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A core that stands still, and what the others see of it.
final class DeadCoreTest {
  /// Counts its steps, sums what arrives, passes it on if something does.
  private static final String CELL =
      """
      .program neuron cell
      .acc    in    : s24
      .acc    level : s24 hold
      .field  v     : s24 history 2
      .field  steps : u16
      .stream spike
              ld    r0, steps
              add   r0, r0, 1
              st    steps, r0
              ld    r1, in
              ld    r2, v
              add   r2, r2, r1
              st    v, r2
              cmpne p1, r1, 0
        (p1)  emit  spike
      """;

  private static final String PULSE =
      """
      .program neuron pulse
      .acc    in : s16
      .stream spike
              mov   r0, 1
              cmpne p1, r0, 0
        (p1)  emit  spike
      """;

  /// A source that emits in every step, on core 0, drives cells on cores 1 and 2.
  private static TestImage driven(int delay) {
    return new TestImage()
        .population("source", 2, PULSE, 0)
        .population("cell", 6, CELL, 1, 2)
        .projection(
            "p",
            "source",
            "cell",
            "in",
            TestImage.weights(2, 6, 3),
            p -> p.lines = List.of(new Line("spike", 1, delay)));
  }

  @Test
  void aDeadCoreKeepsItsStateAndDropsWhatIsDue() {
    try (var chip = driven(1).load()) {
      chip.inject(new DeadCore(2, 4, 7));
      chip.run(4);
      assertThat(chip.read("cell", "v")).containsExactly(18, 18, 18, 18, 18, 18);
      chip.run(3);
      // Cores 1 and 2 hold three neurons each; core 2 missed steps 4, 5, 6.
      assertThat(chip.read("cell", "v")).containsExactly(36, 36, 36, 18, 18, 18);
      assertThat(chip.read("cell", "steps")).containsExactly(7, 7, 7, 4, 4, 4);
      assertThat(chip.count(Counter.EVENTS_DROPPED)).isEqualTo(3 * 2);
      assertThat(chip.count(Counter.EVENTS_DELIVERED)).isEqualTo(6 * 2 + 3 * 2);
      chip.run(2);
      assertThat(chip.read("cell", "v")).containsExactly(48, 48, 48, 30, 30, 30);
      assertThat(chip.count(Counter.EVENTS_DROPPED)).isEqualTo(3 * 2);
    }
  }

  /// An axon of delay 3 holds an event for two steps. What it holds when the core dies and is due
  /// while it is dead is dropped; what comes while it is dead never gets in.
  @Test
  void eventsThatWaitInADeadCoreAreDroppedWhenDue() {
    try (var chip = driven(3).load()) {
      chip.inject(new DeadCore(2, 5, 6));
      chip.run(12);
      // Events of steps 0 to 8 are due at 3 to 11, two a step: nine times 6 on core 1. Core 2 drops
      // those due at 5, and those that were emitted at 4 and would be due at 7.
      assertThat(chip.read("cell", "v")).containsExactly(54, 54, 54, 42, 42, 42);
      assertThat(chip.count(Counter.EVENTS_DROPPED)).isEqualTo(2 * 2);
    }
  }

  @Test
  void aCoreThatIsDeadForEverNeverHoldsUpTheOthers() {
    var options = ChipOptions.reference().withThreads(2).alwaysShared();
    try (var chip = driven(1).load(options)) {
      chip.inject(List.of(new DeadCore(1, 0, Fault.FOREVER), new DeadCore(0, 3, Fault.FOREVER)));
      chip.run(200);
      assertThat(chip.timestep()).isEqualTo(200);
      assertThat(chip.read("cell", "steps")).containsExactly(0, 0, 0, 200, 200, 200);
      // The source emits in steps 0, 1, 2 only.
      assertThat(chip.read("cell", "v")).containsExactly(0, 0, 0, 18, 18, 18);
      assertThat(chip.stream("source", "spike").count()).isZero();
    }
  }

  @Test
  void aDeadCoreCostsNothing() {
    try (var chip = driven(1).load();
        var well = driven(1).load()) {
      chip.inject(new DeadCore(2, 0, Fault.FOREVER));
      chip.run(10);
      well.run(10);
      var cost = chip.cost();
      assertThat(cost.coreCycles()[2]).containsOnly(0);
      assertThat(cost.coreCycles()[1]).isEqualTo(well.cost().coreCycles()[1]);
      assertThat(cost.linkFlits()).isEqualTo(well.cost().linkFlits());
      assertThat(cost.count(Counter.NEURONS_UPDATED)).isEqualTo(10 * 5);
    }
  }

  private static final String NOISY =
      """
      .program neuron noisy
      .acc    in : s16
      .field  v  : s16
      .stream spike
              ld    r0, in
              ld    r1, v
              shr   r1, r1, 1, stochastic
              add   r1, r1, r0
              st    v, r1
              add   r0, r0, 60
              bern  p1, r0, 8
        (p1)  emit  spike
      """;

  /// @param joined core 5, which holds b, sends and gets events
  private static TestImage ring(boolean joined) {
    var test = new TestImage().seed(3);
    for (var name : List.of("a", "b", "c")) {
      test.population(name, 20, NOISY, 4 + name.charAt(0) - 'a');
    }
    for (var ends : List.of("ab", "bc", "ca", "ac")) {
      var random = new Random(ends.hashCode());
      var weights = new Integer[20][20];
      for (var row : weights) {
        for (int i = 0; i < row.length; i++) {
          int weight = random.nextInt(41) - 20;
          row[i] = joined || !ends.contains("b") ? weight : 0;
        }
      }
      test.projection(ends, ends.substring(0, 1), ends.substring(1), "in", weights);
    }
    return test;
  }

  @Test
  void toTheOthersItIsAsIfItsProjectionsWereNotThere() {
    try (var chip = ring(true).load();
        var without = ring(false).load();
        var well = ring(true).load()) {
      chip.inject(new DeadCore(5, 0, Fault.FOREVER));
      for (int step = 0; step < 60; step++) {
        chip.step();
        without.step();
        well.step();
        for (var population : List.of("a", "c")) {
          assertThat(chip.read(population, "v")).isEqualTo(without.read(population, "v"));
        }
      }
      assertThat(chip.read("c", "v")).isNotEqualTo(well.read("c", "v"));
      assertThat(chip.read("b", "v")).containsOnly(0);
    }
  }

  @Test
  void theHostStillReachesTheMemoryOfADeadCore() {
    try (var chip = driven(1).load()) {
      chip.inject(new DeadCore(2, 0, Fault.FOREVER));
      chip.run(3);
      chip.write("cell", "v", 5, -7);
      chip.run(3);
      assertThat(chip.read("cell", "v")).containsExactly(30, 30, 30, 0, 0, -7);
    }
  }

  private static final String LEARN =
      """
      .program synapse learn
      .trigger came = pre
              ld    r0, w
              st    w, r0
      """;

  @Test
  void anEngineLeavesADeadCoreOut() {
    var test = new TestImage().external("host", 1);
    var registers =
        """
        .program neuron cell
        .acc    in  : s16
        .global sum : u1
        .stream spike
                ld    r0, in
        """;
    int learn = test.compile(LEARN);
    for (int i = 0; i < 3; i++) {
      int weight = 10 + i;
      test.population("cell" + i, 2, registers, 1 + i);
      test.projection(
          "p" + i, "host", "cell" + i, "in", TestImage.weights(1, 2, weight), p -> p.learn = learn);
    }
    test.sequencer(new Sequencer.Reduce(0, "w", List.of(0, 1, 2)));
    try (var chip = test.load()) {
      chip.inject(new DeadCore(2, 0, 2));
      chip.setRegister("sum", 1);
      chip.step();
      chip.setRegister("sum", 0);
      assertThat(chip.weights("p0")).containsExactly(22, 22);
      assertThat(chip.weights("p1")).containsExactly(11, 11);
      assertThat(chip.weights("p2")).containsExactly(22, 22);
      chip.run(2);
      chip.setRegister("sum", 1);
      chip.step();
      assertThat(chip.weights("p1")).containsExactly(55, 55);
    }
  }

  @Test
  void aResetBringsTheDeadTimeBackAndClearingEndsIt() {
    try (var chip = driven(1).load()) {
      chip.inject(new DeadCore(2, 1, 3));
      for (int round = 0; round < 2; round++) {
        chip.run(4);
        assertThat(chip.read("cell", "steps")).containsExactly(4, 4, 4, 2, 2, 2);
        chip.reset();
      }
      chip.run(1);
      chip.clearFaults();
      assertThat(chip.faults()).isEmpty();
      chip.run(3);
      assertThat(chip.read("cell", "steps")).containsOnly(4);
    }
  }

  @Test
  void aCoreThatThereIsNotIsRefusedAndSoIsATimeThatIsOver() {
    try (var chip = driven(1).load()) {
      int cores = chip.preset().spec().mesh().cores();
      assertThatThrownBy(() -> chip.inject(new DeadCore(cores, 0, 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("core: %d (expected: < %d)".formatted(cores, cores));
      chip.run(5);
      assertThatThrownBy(() -> chip.inject(new DeadCore(1, 0, 5)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("until: 5 (expected: more than 5, the step that comes next)");
      chip.inject(new DeadCore(1, 0, 6));
      assertThatThrownBy(() -> chip.inject(Collections.nCopies(4_096, new DeadCore(1, 0, 9))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("faults: 4097 (expected: at most 4096)");
      assertThat(chip.faults()).containsExactly(new DeadCore(1, 0, 6));
    }
    assertThatThrownBy(() -> new DeadCore(-1, 0, 1)).hasMessage("core: -1 (expected: at least 0)");
    assertThatThrownBy(() -> new DeadCore(1, 3, 3))
        .hasMessage("until: 3 (expected: more than 3, the first step of the fault)");
    assertThatThrownBy(() -> new DeadCore(1, -3, 3)).hasMessage("from: -3 (expected: at least 0)");
  }
}
