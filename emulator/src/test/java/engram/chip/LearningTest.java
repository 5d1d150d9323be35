package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.chip.preset.Counter;
import engram.isa.Draw;
import engram.isa.image.ImageException;
import engram.isa.image.ProjectionImage.Line;
import engram.isa.image.Sequencer;
import engram.isa.image.SynapseFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// LEARN: which synapse programs run when, what they see, what they cost.
final class LearningTest {
  /// Fires when its input is 100 or more, and holds the rest in v.
  private static final String CELL =
      """
      .program neuron cell
      .acc    in : s24
      .field  v : s24
      .stream spike history 4
              ld    r0, in
              st    v, r0
              cmpge p1, r0, 100
        (p1)  emit  spike
      """;

  /// Counts each cause in a tag of its own.
  private static String counter(String triggers, String counting) {
    return """
    .program synapse counter
    .post   spike
    .tag    n : s16
    %s
            ld    r0, n
    %s
            st    n, r0
    """
        .formatted(triggers, counting);
  }

  private static final String COUNT_ALL = "add r0, r0, 1";

  private static TestImage pair(String synapse, SynapseFormat format) {
    var test =
        new TestImage().external("pre", 4).external("kick", 3).population("cell", 3, CELL, 0, 1, 2);
    int learn = test.compile(synapse);
    Integer[][] weights =
        format == SynapseFormat.DENSE
            ? TestImage.weights(4, 3, 1)
            : new Integer[][] {{1, null, 1}, {null, 1, 1}, {1, 1, 1}, {null, null, 1}};
    return test.projection(
            "w",
            "pre",
            "cell",
            "in",
            weights,
            p -> {
              p.format = format;
              p.learn = learn;
            })
        .projection(
            "force",
            "kick",
            "cell",
            "in",
            TestImage.oneToOne(3, 100),
            p -> p.format = SynapseFormat.SPARSE);
  }

  @Test
  void aSynapseRunsOnceHoweverManyTriggersFire() {
    try (var chip =
        pair(counter(".trigger a = pre\n.trigger b = post.spike", COUNT_ALL), SynapseFormat.DENSE)
            .load()) {
      chip.inject("pre", 1, 1);
      chip.inject("kick", 2, 1);
      chip.run(2);
      // row 1 by a, column 2 by b, (1, 2) by both
      assertThat(chip.tags("w", "n")).containsExactly(0, 0, 1, 1, 1, 1, 0, 0, 1, 0, 0, 1);
      assertThat(chip.cost().count(Counter.LEARNING_OPERATIONS)).isEqualTo(6);
    }
  }

  @Test
  void theProgramReadsWhichTriggersFired() {
    String which =
        """
                cause p1, a
                cause p2, b
          (p1)  add   r0, r0, 1
          (p2)  add   r0, r0, 10
        """;
    try (var chip =
        pair(counter(".trigger a = pre\n.trigger b = post.spike", which), SynapseFormat.DENSE)
            .load()) {
      chip.inject("pre", 1, 1);
      chip.inject("kick", 2, 1);
      chip.run(2);
      assertThat(chip.tags("w", "n")).containsExactly(0, 0, 10, 1, 1, 11, 0, 0, 10, 0, 0, 10);
    }
  }

  @Test
  void weightsThatSynapsesShareCantLearn() {
    var network =
        pair(counter(".trigger both = pre and post.spike", COUNT_ALL), SynapseFormat.SHARED);
    assertThatThrownBy(network::load)
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("projection w: weights that synapses share can't learn");
  }

  @ParameterizedTest
  @EnumSource(value = SynapseFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "SHARED")
  void aCoincidenceNeedsBothSidesAtTheirAges(SynapseFormat format) {
    String synapse = counter(".trigger both = pre@2 and post.spike@1", COUNT_ALL);
    // pre arrives at step 1 + a, the kick at step 1 + b: they meet if the spike is one step later.
    for (int lead = 0; lead < 4; lead++) {
      try (var chip = pair(synapse, format).load()) {
        for (int step = 0; step < 9; step++) {
          if (step == 2) {
            chip.inject("pre", 2, 1);
          }
          if (step == 2 + lead) {
            chip.inject("kick", 0, 1);
            chip.inject("kick", 1, 1);
          }
          chip.step();
        }
        int[] expected = new int[12];
        if (lead == 1) {
          expected[6] = 1;
          expected[7] = 1;
        }
        assertThat(chip.tags("w", "n")).as("lead " + lead).containsExactly(expected);
      }
    }
  }

  @Test
  void absentSynapsesNeverLearn() {
    for (var format : List.of(SynapseFormat.SPARSE, SynapseFormat.MASKED)) {
      try (var chip = pair(counter(".trigger each = step", COUNT_ALL), format).load()) {
        chip.run(3);
        assertThat(chip.tags("w", "n")).containsExactly(3, 0, 3, 0, 3, 3, 3, 3, 3, 0, 0, 3);
        assertThat(chip.cost().count(Counter.LEARNING_OPERATIONS)).isEqualTo(3 * 8);
      }
    }
  }

  @Test
  void aPeriodCountsStepsOfTheSample() {
    try (var chip =
        pair(counter(".trigger now = every 4 at 1", COUNT_ALL), SynapseFormat.DENSE).load()) {
      chip.run(6); // steps 1 and 5
      assertThat(chip.tags("w", "n")).containsOnly(2);
      chip.setClock(5L << 32); // a sample starts: its step 1 is next but one
      chip.run(2);
      assertThat(chip.tags("w", "n")).containsOnly(3);
    }
  }

  @Test
  void aGlobalEventStartsASweep() {
    String synapse =
        counter(".global now : s8\n.trigger sweep = now and pre", COUNT_ALL)
            + "        ld r1, now\n        add r0, r0, r1\n        st n, r0\n";
    try (var chip = pair(synapse, SynapseFormat.DENSE).load()) {
      chip.inject("pre", 0, 1);
      chip.run(2);
      assertThat(chip.tags("w", "n")).containsOnly(0);
      chip.inject("pre", 3, 1);
      chip.setRegister("now", -5);
      chip.step();
      assertThat(chip.tags("w", "n")).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, -4, -4, -4);
    }
  }

  @Test
  void aWeightThatIsWrittenIsFirstSeenInTheNextStep() {
    String synapse =
        """
        .program synapse bump
        .trigger now = pre
                ld  r0, w
                add r0, r0, 5
                st  w, r0
        """;
    try (var chip = pair(synapse, SynapseFormat.DENSE).load()) {
      chip.inject("pre", 0, 1);
      chip.step();
      assertThat(chip.read("cell", "v")).containsExactly(1, 1, 1);
      chip.inject("pre", 0, 1);
      chip.step();
      assertThat(chip.read("cell", "v")).containsExactly(6, 6, 6);
      assertThat(chip.weights("w")).startsWith(11, 11, 11, 1);
    }
  }

  @Test
  void learningIsChargedOnceForEveryWordThatItTouches() {
    // 16-bit weights, 4 to a word, 16-bit tags: 12 lanes are 3 words of each.
    String wide = CELL.replace("program neuron cell", "program neuron wide");
    var test = new TestImage().external("pre", 2).external("kick", 12).population("wide", 12, wide);
    int learn =
        test.compile(
            """
            .program synapse both
            .post   spike
            .tag    n : s16
            .trigger now = pre and post.spike
                    ld  r0, w
                    ld  r1, n
                    add r1, r1, r0
                    st  n, r1
            """);
    test.projection("w", "pre", "wide", "in", TestImage.weights(2, 12, 1), p -> p.learn = learn)
        .projection(
            "force",
            "kick",
            "wide",
            "in",
            TestImage.oneToOne(12, 100),
            p -> p.format = SynapseFormat.SPARSE);
    try (var chip = test.load()) {
      chip.inject("pre", 0, 1);
      chip.inject("kick", 0, 1);
      chip.inject("kick", 1, 1);
      chip.inject("kick", 11, 1);
      var before = chip.cost();
      chip.step();
      var cost = chip.cost().since(before);
      // INTEGRATE: one row of 3 words, three sparse rows of 1 word. LEARN: words 0 and 2 of weight
      // and tag read, of the tag written; one batch of lanes.
      assertThat(cost.count(Counter.LEARNING_OPERATIONS)).isEqualTo(3);
      assertThat(cost.count(Counter.SYNAPSE_WORDS_READ)).isEqualTo(3 + 3 + 4);
      assertThat(cost.count(Counter.SYNAPSE_WORDS_WRITTEN)).isEqualTo(2);
      assertThat(cost.coreCycles()[0][Phase.LEARN.ordinal()]).isEqualTo(4 + 2 + 4);
    }
  }

  @Test
  void theReduceEngineSumsReplicasExactlyAndNarrowsOnce() {
    var test = new TestImage();
    int learn =
        test.compile(
            """
            .program synapse plain
            .tag    g : s8 = 3
            .trigger never = every 1000000
                    ld r0, g
                    st g, r0
            """);
    Integer[][] a = {{100, -200, 30000}, {5, 6, 7}};
    Integer[][] b = {{1, -2, 30000}, {-5, 0, 1}};
    Integer[][] c = {{10, -20, -30000}, {0, 1, 1}};
    int index = 0;
    for (var weights : List.of(a, b, c)) {
      String name = "r" + index++;
      test.external("pre" + name, 2)
          .population(name, 3, CELL + "\n", index % 2 == 0 ? new int[] {0, 1} : new int[] {2})
          .projection("w" + name, "pre" + name, name, "in", weights, p -> p.learn = learn);
    }
    String trigger =
        ".program neuron t\n.global sum : u1\n.global gsum : u1\n ld r0, sum\n ld r0, gsum\n";
    test.population("t", 1, trigger)
        .sequencer(new Sequencer.Reduce(0, "w", List.of(0, 1, 2)))
        .sequencer(new Sequencer.Reduce(1, "g", List.of(0, 1, 2)));
    try (var chip = test.load()) {
      chip.step();
      assertThat(chip.weights("wr1")).containsExactly(1, -2, 30000, -5, 0, 1);
      chip.setRegister("sum", 1);
      chip.step();
      chip.setRegister("sum", 0);
      chip.setRegister("gsum", 1);
      chip.step();
      for (String name : List.of("wr0", "wr1", "wr2")) {
        assertThat(chip.weights(name)).containsExactly(111, -222, 30000, 0, 7, 9);
        assertThat(chip.tags(name, "g")).containsOnly(9);
      }
      chip.setRegister("gsum", 1);
      chip.run(4); // 9 * 3^4 saturates at 127
      assertThat(chip.tags("wr2", "g")).containsOnly(127);
    }
  }

  /// Both chips do the same but for the engine, whose register only one of them is given.
  private static ChipCost costOfTheEngine(TestImage test, String register) {
    try (var with = test.load();
        var without = test.load()) {
      with.step();
      without.step();
      with.setRegister(register, 1);
      with.step();
      without.step();
      return with.cost().since(without.cost());
    }
  }

  @Test
  void theReduceEngineTakesAsLongAsItsLargestSlice() {
    var test = new TestImage();
    // 16-bit weights, 4 to a word: a row takes 3 words on one core, 1 and 2 on two.
    test.external("prea", 3).population("a", 9, CELL, 0);
    test.external("preb", 3).population("b", 9, CELL, 1, 2);
    for (String name : List.of("a", "b")) {
      test.projection("w" + name, "pre" + name, name, "in", TestImage.weights(3, 9, 1));
    }
    test.population("t", 1, ".program neuron t\n.global sum : u1\n ld r0, sum\n")
        .sequencer(new Sequencer.Reduce(0, "w", List.of(0, 1)));
    var cost = costOfTheEngine(test, "sum");
    assertThat(cost.count(Counter.SYNAPSE_WORDS_READ)).isEqualTo(3 * (3 + 1 + 2));
    assertThat(cost.count(Counter.SYNAPSE_WORDS_WRITTEN)).isEqualTo(3 * (3 + 1 + 2));
    // A tree of depth 1, up and down, two cycles a hop; then a read and a write of each word.
    assertThat(cost.cycles()).isEqualTo(3 * 3 * (2 * 2) + 3 * 3 * 2);
  }

  @Test
  void theRewireEngineIsChargedForEachSynapseThatItMovesOnce() {
    Integer[][] weights = new Integer[8][4];
    weights[0] = new Integer[] {-1, -1, -1, -1};
    weights[1] = new Integer[] {1, -1, 1, 1};
    var test = new TestImage().external("pre", 8).population("cell", 4, CELL, 0, 1);
    int learn =
        test.compile(
            """
            .program synapse deep_r
            .global rewire : u16
            .trigger each = step
                    ld    r0, w
                    cmplt p1, r0, 0
              (p1)  kill
            """);
    test.projection(
            "w",
            "pre",
            "cell",
            "in",
            weights,
            p -> {
              p.format = SynapseFormat.MASKED;
              p.learn = learn;
            })
        .sequencer(new Sequencer.Rewire(0, 0));
    var cost = costOfTheEngine(test, "rewire");
    // 3 on one core, 2 on the other; a word is read and written where it was, and where it goes.
    int moved = 5;
    assertThat(cost.count(Counter.SYNAPSE_WORDS_READ)).isEqualTo(2 * moved);
    assertThat(cost.count(Counter.SYNAPSE_WORDS_WRITTEN)).isEqualTo(2 * moved);
    assertThat(cost.cycles()).isEqualTo(4 * moved);
  }

  /// DEEP-R's engine against a plain loop over the documented draws.
  @Test
  void theRewireEngineGivesEachNeuronAsManySynapsesAsItLost() {
    int rows = 40;
    int columns = 6;
    var random = new Random(3);
    var weights = new Integer[rows][columns];
    for (var row : weights) {
      for (int i = 0; i < columns; i++) {
        row[i] = random.nextInt(4) == 0 ? random.nextInt(9) - 4 : null;
      }
    }
    var test =
        new TestImage().seed(99).external("pre", rows).population("cell", columns, CELL, 0, 3);
    int learn =
        test.compile(
            """
            .program synapse deep_r
            .global rewire : u16
            .tag    age : s8 = 7
            .trigger each = step
                    ld    r0, w
                    cmplt p1, r0, 0
              (p1)  kill
                    ld    r1, age
                    add   r1, r1, 1
                    st    age, r1
            """);
    test.projection(
            "w",
            "pre",
            "cell",
            "in",
            weights,
            p -> {
              p.format = SynapseFormat.MASKED;
              p.learn = learn;
              p.lines = List.of(new Line("spike", 1, 1));
            })
        .sequencer(new Sequencer.Rewire(0, 0));
    try (var chip = test.load()) {
      chip.step();
      chip.setRegister("rewire", 5);
      chip.step();

      var expected = new Integer[rows][];
      for (int row = 0; row < rows; row++) {
        expected[row] = weights[row].clone();
      }
      for (int target = 0; target < columns; target++) {
        int lost = 0;
        for (var row : expected) {
          if (row[target] != null && row[target] < 0) {
            row[target] = null;
            lost++;
          }
        }
        long clocked = Draw.atClock(Draw.base(99, Draw.Kind.REWIRE, 0), 5);
        for (int attempt = 0; lost > 0; attempt++) {
          long bits = Draw.bits(Draw.atSite(clocked, attempt), target) & 0xffff_ffffL;
          int source = (int) (bits * rows / (1L << 32));
          if (expected[source][target] == null) {
            expected[source][target] = 0;
            lost--;
          }
        }
      }
      int[] flat =
          Arrays.stream(expected)
              .flatMapToInt(row -> Arrays.stream(row).mapToInt(w -> w == null ? 0 : w))
              .toArray();
      assertThat(chip.weights("w")).containsExactly(flat);
      int[] ages = chip.tags("w", "age");
      for (int i = 0; i < flat.length; i++) {
        var before = weights[i / columns][i % columns];
        var after = expected[i / columns][i % columns];
        if (after != null) {
          assertThat(ages[i]).isEqualTo(before == null || before < 0 ? 7 : 9);
        }
      }
      assertThat(chip.cost().count(Counter.LEARNING_OPERATIONS))
          .isEqualTo(
              2L * Arrays.stream(weights).flatMap(Arrays::stream).filter(w -> w != null).count());
    }
  }
}
