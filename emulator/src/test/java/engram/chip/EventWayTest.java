package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.chip.preset.Presets;
import engram.isa.NumberFormat;
import engram.isa.image.ProjectionImage.Line;
import engram.isa.image.SynapseFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The way of an event, to the bit: delivery, delays, signs, sums, policies, lag.
final class EventWayTest {
  /// Emits its input, as a graded event, in the step in which it gets it.
  private static final String RELAY =
      """
      .program neuron relay
      .acc    in : s32
      .stream spike
      .stream value graded
      .field  seen : s32
              ld    r0, in
              st    seen, r0
              cmpne p1, r0, 0
        (p1)  emit  spike
        (p1)  emit  value, r0
      """;

  @Test
  void anInjectedEventIsDeliveredAndIntegratedInTheStepThatComesNext() {
    try (var chip =
        new TestImage()
            .external("host", 3)
            .population("cell", 2, RELAY)
            .projection("w", "host", "cell", "in", new Integer[][] {{1, 2}, {10, 20}, {100, 200}})
            .load()) {
      chip.inject("host", 0, 1);
      chip.inject("host", 2, 1);
      chip.step();
      assertThat(chip.read("cell", "seen")).containsExactly(101, 202);
      assertThat(chip.read("cell", "in")).containsExactly(101, 202);
      chip.step();
      assertThat(chip.read("cell", "in")).containsExactly(0, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 62, 63})
  void aDelayOfSoManyStepsIsDeliveredSoManyStepsLater(int delay) {
    try (var chip =
        new TestImage()
            .external("host", 1)
            .population("relay", 1, RELAY, 4)
            .population("cell", 1, RELAY, 5)
            .projection(
                "now",
                "host",
                "relay",
                "in",
                new Integer[][] {{1}},
                p -> p.lines = List.of(new Line("spike", 1, delay)))
            .projection(
                "w",
                "relay",
                "cell",
                "in",
                new Integer[][] {{9}},
                p -> p.lines = List.of(new Line("spike", 1, delay)))
            .load()) {
      chip.run(3);
      chip.inject("host", 0, 1);
      // With a delay of 1, what is injected for step 3 is delivered in it.
      assertThat(stepsOfInput(chip, "relay", 3 + delay)).containsExactly(3L + delay - 1);
      assertThat(stepsOfInput(chip, "cell", 140)).containsExactly(3L + delay - 1 + delay);
    }
  }

  /// The steps until before `end` in which a neuron got something.
  private static List<Long> stepsOfInput(Chip chip, String population, long end) {
    var seen = new ArrayList<Long>();
    while (chip.timestep() < end) {
      chip.step();
      if (chip.read(population, "seen")[0] != 0) {
        seen.add(chip.timestep() - 1);
      }
    }
    return seen;
  }

  @Test
  void eventsForOneRowAddUpWithTheSignOfTheirAxon() {
    try (var chip =
        new TestImage()
            .external("host", 1)
            .population("a", 1, RELAY)
            .population("b", 1, RELAY)
            .projection("in", "host", "a", "in", new Integer[][] {{5}})
            .projection(
                "w",
                "a",
                "b",
                "in",
                new Integer[][] {{3}},
                p -> p.lines = List.of(new Line("value", 1, 1), new Line("spike", -1, 1)))
            .load()) {
      chip.inject("host", 0, 4);
      chip.run(2); // a gets 20 and emits 20 and 1; b gets (20 - 1) * 3
      assertThat(chip.read("b", "seen")).containsExactly(57);
    }
  }

  @Test
  void gradedPayloadsSaturateAtSixteenBits() {
    try (var chip =
        new TestImage()
            .external("host", 1)
            .population("a", 1, RELAY)
            .population("b", 1, RELAY)
            .projection("in", "host", "a", "in", new Integer[][] {{32767}})
            .projection(
                "w",
                "a",
                "b",
                "in",
                new Integer[][] {{1}},
                p -> p.lines = List.of(new Line("value", 1, 1)))
            .load()) {
      chip.inject("host", 0, -30000);
      chip.step();
      assertThat(chip.read("a", "seen")).containsExactly(-30000 * 32767);
      chip.step();
      assertThat(chip.read("b", "seen")).containsExactly(Short.MIN_VALUE);
    }
  }

  @Test
  void accumulationIsExactBeyondThirtyTwoBitsBeforeThePolicyIsApplied() {
    // 40 rows of +32767 * 32767 and 40 of the opposite: the sum is 7, whatever the order.
    int rows = 81;
    var weights = new Integer[rows][1];
    for (int row = 0; row < rows; row++) {
      weights[row][0] = row == 80 ? 7 : row % 2 == 0 ? 32767 : -32767;
    }
    try (var chip =
        new TestImage()
            .external("host", rows)
            .population("cell", 1, RELAY)
            .projection("w", "host", "cell", "in", weights)
            .load()) {
      for (int row = 0; row < 80; row++) {
        chip.inject("host", row, 32767);
      }
      chip.inject("host", 80, 1);
      chip.step();
      assertThat(chip.read("cell", "seen")).containsExactly(7);
    }
  }

  @Test
  void theDeclaredWidthSaturatesWrapsOrStops() {
    assertThat(overflowing("s8", "")).isEqualTo(127);
    assertThat(overflowing("s8", "wrap")).isEqualTo((byte) 300);
    assertThat(overflowing("u8", "")).isEqualTo(255);
    assertThatThrownBy(() -> overflowing("s8", "stop"))
        .isInstanceOf(ChipStop.class)
        .hasMessageContaining("core 3, step 0")
        .hasMessageContaining("in: 300 (expected: -128 to 127");
  }

  private static int overflowing(String type, String policy) {
    String cell =
        """
        .program neuron cell
        .acc   in : %s %s
        .field seen : s32
                ld r0, in
                st seen, r0
        """
            .formatted(type, policy);
    try (var chip =
        new TestImage()
            .external("host", 1)
            .population("cell", 1, cell, 3)
            .projection("w", "host", "cell", "in", new Integer[][] {{300}})
            .load()) {
      chip.inject("host", 0, 1);
      chip.step();
      return chip.read("cell", "seen")[0];
    }
  }

  @Test
  void aStoppedChipStaysStoppedUntilItIsReset() {
    String cell = ".program neuron cell\n.acc in : s8 stop\nmov r0, 0\n";
    try (var chip =
        new TestImage()
            .external("host", 1)
            .population("cell", 1, cell)
            .projection("w", "host", "cell", "in", new Integer[][] {{300}})
            .load()) {
      chip.inject("host", 0, 1);
      assertThatThrownBy(chip::step).isInstanceOf(ChipStop.class);
      assertThatThrownBy(chip::step).isInstanceOf(ChipStop.class);
      chip.reset();
      chip.run(3);
      assertThat(chip.timestep()).isEqualTo(3);
    }
  }

  @Test
  void afterAResetAStepCarriesItsNewEventsNotThoseThatItCarriedBefore() {
    try (var chip =
        new TestImage()
            .external("host", 2)
            .population("relay", 2, RELAY)
            .population("cell", 1, RELAY)
            .projection("in", "host", "relay", "in", new Integer[][] {{1, 0}, {0, 1}})
            .projection("w", "relay", "cell", "in", new Integer[][] {{10}, {20}})
            .load()) {
      chip.inject("host", 0, 1);
      chip.run(2);
      assertThat(chip.read("cell", "seen")).containsExactly(10);
      chip.reset();
      chip.inject("host", 1, 1);
      chip.run(2);
      assertThat(chip.read("cell", "seen")).containsExactly(20);
    }
  }

  @Test
  void aHeldAccumulatorKeepsItsSum() {
    String cell =
        """
        .program neuron cell
        .acc   on : s8 hold
        .field seen : s32
                ld r0, on
                st seen, r0
        """;
    try (var chip =
        new TestImage()
            .external("host", 1)
            .population("cell", 1, cell)
            .projection("w", "host", "cell", "on", new Integer[][] {{1}})
            .load()) {
      chip.inject("host", 0, 1);
      chip.run(6);
      assertThat(chip.read("cell", "seen")).containsExactly(1);
      chip.inject("host", 0, -1);
      chip.step();
      assertThat(chip.read("cell", "seen")).containsExactly(0);
    }
  }

  @Test
  void aFullInboxStopsTheRunAndNamesCoreAndStep() {
    int rows = 8000;
    try (var chip =
        new TestImage()
            .external("host", rows)
            .population("cell", 1, RELAY, 2)
            .projection(
                "w",
                "host",
                "cell",
                "in",
                TestImage.weights(rows, 1, 1),
                p -> p.lines = List.of(new Line("spike", 1, 20)))
            .load()) {
      assertThatThrownBy(
              () -> {
                for (int step = 0; step < 10; step++) {
                  for (int row = 0; row < rows; row++) {
                    chip.inject("host", row, 1);
                  }
                  chip.step();
                }
              })
          .isInstanceOf(ChipStop.class)
          .hasMessage("core 2, step 4: inbox: 40000 events (expected: at most 32768)");
    }
  }

  @ParameterizedTest
  @EnumSource(SynapseFormat.class)
  void allSynapseFormatsGiveTheSameSums(SynapseFormat format) {
    Integer[][] weights = {
      {1, null, 3, null, 5}, {null, null, null, null, null}, {7, 8, 9, 10, -11}
    };
    if (format == SynapseFormat.DENSE) {
      weights = new Integer[][] {{1, 0, 3, 0, 5}, {0, 0, 0, 0, 0}, {7, 8, 9, 10, -11}};
    }
    try (var chip =
        new TestImage()
            .external("host", 3)
            .population("cell", 5, RELAY, 0, 1)
            .projection("w", "host", "cell", "in", weights, p -> p.format = format)
            .load()) {
      chip.inject("host", 0, 2);
      chip.inject("host", 1, 50);
      chip.inject("host", 2, -1);
      chip.step();
      assertThat(chip.read("cell", "seen")).containsExactly(-5, -8, -3, -10, 21);
    }
  }

  @Test
  void oneBitWeightsAreZeroOrOne() {
    try (var chip =
        new TestImage()
            .external("host", 2)
            .population("cell", 3, RELAY)
            .projection(
                "w",
                "host",
                "cell",
                "in",
                new Integer[][] {{1, 0, 1}, {1, 1, 0}},
                p -> p.type = NumberFormat.BIT)
            .load()) {
      chip.inject("host", 0, 1);
      chip.inject("host", 1, 1);
      chip.step();
      assertThat(chip.read("cell", "seen")).containsExactly(2, 1, 1);
    }
  }

  @Test
  void aPopulationSeesRegistersAndClockItsLagLater() {
    String probe =
        """
        .program neuron probe
        .global mode : s16 = 3
        .field  seen : s32
        .field  old  : s32
        .field  at   : s32
                ld r0, mode
                st seen, r0
                ld r0, mode@2
                st old, r0
                ld r0, step
                st at, r0
        """;
    try (var chip =
        new TestImage()
            .population("near", 1, probe)
            .population("far", 1, probe, 5, Map.of(), 1)
            .load()) {
      chip.run(2);
      chip.setRegister("mode", -7);
      chip.setClock(9L << 32);
      var near = new ArrayList<Integer>();
      var old = new ArrayList<Integer>();
      var far = new ArrayList<Integer>();
      var at = new ArrayList<Integer>();
      for (int i = 0; i < 8; i++) {
        chip.step();
        near.add(chip.read("near", "seen")[0]);
        old.add(chip.read("near", "old")[0]);
        far.add(chip.read("far", "seen")[0]);
        at.add(chip.read("far", "at")[0]);
      }
      assertThat(near).containsExactly(-7, -7, -7, -7, -7, -7, -7, -7);
      assertThat(old).containsExactly(3, 3, -7, -7, -7, -7, -7, -7);
      assertThat(far).containsExactly(3, 3, 3, 3, 3, -7, -7, -7);
      assertThat(at).containsExactly(-3, -2, -1, 0, 1, 0, 1, 2);
    }
  }

  @Test
  void thePhaseCountsTheTimestepsOfAFrame() {
    String probe = ".program neuron probe\n.field p : u8\n ld r0, phase\n st p, r0\n";
    try (var chip = new TestImage().frame(3).population("a", 1, probe).load()) {
      var phases = new ArrayList<Integer>();
      for (int i = 0; i < 7; i++) {
        chip.step();
        phases.add(chip.read("a", "p")[0]);
      }
      assertThat(phases).containsExactly(0, 1, 2, 0, 1, 2, 0);
    }
  }

  @Test
  void hostWritesTakeEffectInTheNextStepAndLeaveThePastAlone() {
    String memory =
        """
        .program neuron memory
        .field v : s16 history 3
        .field past : s16
                ld r0, v@1
                st past, r0
        """;
    try (var chip = new TestImage().population("a", 2, memory).load()) {
      chip.write("a", "v", 0, 5, 6);
      chip.step();
      assertThat(chip.read("a", "past")).containsExactly(0, 0);
      chip.write("a", "v", 1, 9);
      chip.step();
      assertThat(chip.read("a", "past")).containsExactly(5, 6);
      assertThat(chip.read("a", "v")).containsExactly(5, 9);
      chip.step();
      assertThat(chip.read("a", "past")).containsExactly(5, 9);
    }
  }

  @Test
  void refusesWritesThatDoNotFitAndNamesBothNumbers() {
    try (var chip = new TestImage().external("host", 4).population("cell", 2, RELAY).load()) {
      assertThatThrownBy(() -> chip.write("cell", "seen", 1, 1, 2))
          .hasMessage("neurons for seen: 1 to 3 (expected: within 0 to 2)");
      assertThatThrownBy(() -> chip.write("cell", "sen", 0, 1))
          .hasMessage("field of cell: sen (expected: one of seen)");
      assertThatThrownBy(() -> chip.inject("host", 4, 1))
          .hasMessage("neuron of host: 4 (expected: 0 to 3)");
      assertThatThrownBy(() -> chip.inject("host", 0, 40000))
          .hasMessage("payload: 40000 (expected: -32768 to 32767)");
      assertThatThrownBy(() -> chip.inject("cell", 0, 1))
          .hasMessage("population cell is not external");
      assertThatThrownBy(() -> chip.read("sell", "seen"))
          .hasMessage("population: sell (expected: one of host, cell)");
      assertThatThrownBy(() -> chip.setRegister("rate", 1))
          .hasMessage("register: rate (expected: one of )");
    }
  }

  @Test
  void aSilentChipCostsOnlyScansAndBarriers() {
    String quiet =
        """
        .program neuron quiet
        .acc   in : s16
        .field v : s16
        .active touched or v
                ld r0, v
                ld r1, in
                add r0, r0, r1
                st v, r0
        """;
    try (var chip =
        new TestImage()
            .external("host", 1)
            .population("cells", 640, quiet)
            .projection("w", "host", "cells", "in", TestImage.weights(1, 640, 0))
            .load()) {
      chip.run(10);
      var cost = chip.cost();
      assertThat(cost.count(engram.chip.preset.Counter.NEURONS_UPDATED)).isZero();
      assertThat(cost.count(engram.chip.preset.Counter.NEURONS_IDLE)).isEqualTo(6400);
      assertThat(cost.cycles()).isEqualTo(10 * (10 + 32));
    }
  }

  @Test
  void aChipWithATickWaitsForItAndOverrunsItWithTooMuchWork() {
    var image =
        new TestImage()
            .external("host", 256)
            .population("cells", 256, ".program neuron cell\n.acc in : s16\nmov r0, 0\n")
            .projection(
                "w",
                "host",
                "cells",
                "in",
                TestImage.weights(256, 256, 1),
                p -> p.type = NumberFormat.BIT)
            .image();
    var preset = Presets.named("truenorth");
    try (var chip = Chip.load(preset, image, ChipOptions.reference())) {
      chip.run(3);
      assertThat(chip.cost().cycles()).isEqualTo(3 * preset.deadlineCycles());
      for (int row = 0; row < 256; row++) {
        chip.inject("host", row, 1);
      }
      var before = chip.cost();
      chip.step();
      var cost = chip.cost().since(before);
      assertThat(cost.cycles() - cost.networkCycles())
          .isEqualTo(256L * 256 * preset.timing().synapse() + 256L * preset.timing().neuron())
          .isGreaterThan(preset.deadlineCycles());
    }
  }
}
