package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.chip.fault.BitFlip;
import engram.chip.fault.Fault;
import engram.chip.fault.FaultMemory;
import engram.chip.fault.RandomFlips;
import engram.chip.preset.Counter;
import engram.isa.NumberFormat;
import engram.isa.compile.CompiledEngine;
import engram.isa.exec.Engine;
import engram.isa.exec.Interpreter;
import engram.isa.image.SynapseFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// One stored bit turns over, and nothing else.
final class BitFlipTest {
  private static final String SUM =
      """
      .program neuron sum
      .acc    in : s24
      .field  v  : s12
      .field  n  : u5
      .param  k  : u7 = 3
      .stream spike
              ld    r0, in
              ld    r1, v
              add   r0, r0, r1
              st    v, r0
      """;

  private static final String LEARN =
      """
      .program synapse learn
      .tag    t : s5
      .tag    c : u3
      .trigger came = pre
              ld    r0, w
              st    w, r0
              ld    r1, t
              st    t, r1
              ld    r2, c
              st    c, r2
      """;

  private static BitFlip flip(FaultMemory memory, long index, int bit) {
    return new BitFlip(memory, index, bit, Fault.AT_ONCE);
  }

  private static FaultMemory field(String name) {
    return new FaultMemory.Field("cell", name);
  }

  private static final FaultMemory WEIGHTS = new FaultMemory.Weights("p");

  /// Three sources, seven neurons on two cores.
  private static TestImage network(NumberFormat type, SynapseFormat format, boolean learns) {
    var test = new TestImage().external("host", 3).population("cell", 7, SUM, 0, 1);
    int learn = test.compile(LEARN);
    var weights = new Integer[3][7];
    for (int i = 0; i < 21; i++) {
      boolean there = format == SynapseFormat.DENSE || i % 3 != 1;
      weights[i / 7][i % 7] = there ? (i % 2 == 0 ? 0 : 1) * (type.max() > 0 ? 1 : -1) : null;
    }
    return test.projection(
        "p",
        "host",
        "cell",
        "in",
        weights,
        p -> {
          p.type = type;
          p.format = format;
          p.learn = learns ? learn : p.learn;
        });
  }

  private static TestImage dense() {
    return network(NumberFormat.signed(8), SynapseFormat.DENSE, true);
  }

  @ParameterizedTest
  @CsvSource({
    // field, before, bit, behind
    "v, 5, 0, 4",
    "v, 5, 3, 13",
    "v, 5, 11, -2043",
    "v, -1, 11, 2047",
    "v, 0, 11, -2048",
    "n, 0, 4, 16",
    "n, 31, 4, 15",
    "k, 3, 6, 67",
    "k, 3, 1, 1"
  })
  void turnsOverOneBitOfAField(String field, int before, int bit, int behind) {
    try (var chip = dense().load()) {
      for (int neuron : new int[] {0, 3, 6}) {
        chip.write("cell", field, neuron, before);
        int[] expected = chip.read("cell", field);
        expected[neuron] = behind;
        chip.inject(flip(field(field), neuron, bit));
        assertThat(chip.read("cell", field)).isEqualTo(expected);
        chip.step();
        assertThat(chip.read("cell", field)).isEqualTo(expected);
      }
      assertThat(chip.count(Counter.BITS_FLIPPED)).isEqualTo(3);
      assertThat(chip.faults()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"t, 0, 0, 1", "t, 0, 4, -16", "c, 0, 2, 4"})
  void turnsOverOneBitOfATag(String tag, int before, int bit, int behind) {
    try (var chip = dense().load()) {
      chip.inject(flip(new FaultMemory.Tag("p", tag), 7 + 5, bit));
      int[] expected = new int[21];
      Arrays.fill(expected, before);
      expected[7 + 5] = behind;
      assertThat(chip.tags("p", tag)).isEqualTo(expected);
    }
  }

  /// Every width and format, packed ones too; what is next to the bit stays.
  @ParameterizedTest
  @EnumSource(SynapseFormat.class)
  void turnsOverOneBitOfAWeightOfAnyWidth(SynapseFormat format) {
    for (int bits = 1; bits <= 16; bits++) {
      var type = bits == 1 ? NumberFormat.BIT : NumberFormat.signed(bits);
      boolean[] both = {false, true};
      boolean[] fixed = {false};
      for (boolean learns : format == SynapseFormat.SHARED ? fixed : both) {
        try (var chip = network(type, format, learns).load()) {
          for (int index : new int[] {0, 8, 9, 20}) {
            if (format != SynapseFormat.DENSE && index % 3 == 1) {
              continue;
            }
            for (int bit = 0; bit < bits; bit++) {
              int[] expected = chip.weights("p");
              expected[index] = type.wrap(expected[index] & (1 << bits) - 1 ^ 1 << bit);
              chip.inject(flip(WEIGHTS, index, bit));
              assertThat(chip.weights("p")).as("%s, bit %d", type, bit).isEqualTo(expected);
            }
          }
        }
      }
    }
  }

  @Test
  void theNextStepSeesIt() {
    try (var chip = dense().load()) {
      // Weights of source 0 are 0 1 0 1 0 1 0.
      chip.inject(flip(WEIGHTS, 2, 6));
      chip.inject(flip(field("v"), 2, 1));
      chip.inject("host", 0, 1);
      chip.run(2);
      assertThat(chip.read("cell", "v")).containsExactly(0, 1, 66, 1, 0, 1, 0);
    }
  }

  @Test
  void takesPlaceBeforeItsStepAndAgainAfterAReset() {
    try (var chip = dense().load()) {
      var later = new BitFlip(field("v"), 4, 10, 3);
      chip.inject(List.of(later, new BitFlip(field("n"), 0, 0, 1)));
      for (int round = 0; round < 2; round++) {
        chip.run(3);
        assertThat(chip.read("cell", "v")[4]).isZero();
        assertThat(chip.read("cell", "n")[0]).isEqualTo(1);
        chip.step();
        assertThat(chip.read("cell", "v")[4]).isEqualTo(1024);
        chip.step();
        assertThat(chip.read("cell", "v")[4]).isEqualTo(1024);
        assertThat(chip.faults()).contains(later).hasSize(2);
        chip.reset();
        assertThat(chip.read("cell", "v")[4]).isZero();
      }
      assertThat(chip.count(Counter.BITS_FLIPPED)).isEqualTo(4);
      chip.clearFaults();
      chip.run(5);
      assertThat(chip.read("cell", "v")[4]).isZero();
    }
  }

  /// The lowest value of a signed weight, which no program stores, adds up like any other.
  @Test
  void theLowestWeightAddsUpExactly() {
    for (Engine engine :
        new Engine[] {new Interpreter(), new CompiledEngine(false), new CompiledEngine()}) {
      for (int bits : new int[] {2, 4, 8, 16}) {
        for (boolean learns : new boolean[] {false, true}) {
          int rows = 300;
          var type = NumberFormat.signed(bits);
          var test = new TestImage().external("host", rows).population("cell", 40, LOOK, 0);
          int learn = test.compile(LEARN);
          test.projection(
              "p",
              "host",
              "cell",
              "in",
              TestImage.weights(rows, 40, 0),
              p -> {
                p.type = type;
                p.learn = learns ? learn : p.learn;
              });
          try (var chip =
              test.load(new ChipOptions(engine, 1, ChipOptions.reference().noc(), false))) {
            for (int i = 0; i < rows * 40; i++) {
              if (i % 40 != 7) {
                chip.inject(flip(WEIGHTS, i, bits - 1));
              }
            }
            for (int row = 0; row < rows; row++) {
              chip.inject("host", row, 1);
            }
            chip.run(2);
            int[] expected = new int[40];
            Arrays.fill(expected, rows * type.min());
            expected[7] = 0;
            assertThat(chip.read("cell", "v"))
                .as("%s, %s", engine.name(), type)
                .isEqualTo(expected);
          }
        }
      }
    }
  }

  private static final String LOOK =
      """
      .program neuron look
      .acc    in : s26
      .field  v  : s26
      .stream spike
              ld    r0, in
              ld    r1, v
              add   r0, r0, r1
              st    v, r0
      """;

  private static int differingBitsOfFive(int[] a, int[] b) {
    int bits = 0;
    for (int i = 0; i < a.length; i++) {
      bits += Integer.bitCount((a[i] ^ b[i]) & 31);
    }
    return bits;
  }

  @ParameterizedTest
  @EnumSource(SynapseFormat.class)
  void drawsAsManyBitsAsAskedForNoneTwice(SynapseFormat format) {
    var type = NumberFormat.signed(5);
    try (var chip = network(type, format, false).load()) {
      int synapses = format == SynapseFormat.DENSE ? 21 : 14;
      int[] before = chip.weights("p");
      for (int count : new int[] {1, 7, 33, 5 * synapses}) {
        for (long seed = 0; seed < 20; seed++) {
          chip.inject(new RandomFlips(WEIGHTS, count, seed, Fault.AT_ONCE));
          int[] behind = chip.weights("p");
          assertThat(differingBitsOfFive(before, behind)).as("seed %d", seed).isEqualTo(count);
          before = behind;
        }
      }
      assertThatThrownBy(
              () -> chip.inject(new RandomFlips(WEIGHTS, 5 * synapses + 1, 1, Fault.AT_ONCE)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "count: %d (expected: at most %d, the bits of weights of p)"
                  .formatted(5 * synapses + 1, 5 * synapses));
    }
  }

  @Test
  void drawnBitsSpreadEvenlyOverTheMemory() {
    int[] hits = new int[12 * 7];
    try (var chip = dense().load()) {
      for (long seed = 0; seed < 4_200; seed++) {
        hit(chip, seed, hits);
      }
    }
    // 2 of 84 bits, 4,200 times: 100 each on average, with a standard deviation of 9.9.
    for (int bit = 0; bit < hits.length; bit++) {
      assertThat(hits[bit]).as("bit %d", bit).isBetween(55, 145);
    }
  }

  private static void hit(Chip chip, long seed, int[] hits) {
    int[] before = chip.read("cell", "v");
    chip.inject(new RandomFlips(field("v"), 2, seed, Fault.AT_ONCE));
    int[] behind = chip.read("cell", "v");
    for (int i = 0; i < hits.length; i++) {
      hits[i] += (before[i / 12] ^ behind[i / 12]) >> i % 12 & 1;
    }
  }

  @Test
  void drawnPlacesDependOnSeedStepAndMemoryNotOnThePlacement() {
    var flips = new RandomFlips(field("v"), 9, 42, Fault.AT_ONCE);
    int[] here;
    try (var chip = dense().load()) {
      chip.inject(flips);
      here = chip.read("cell", "v");
      chip.inject(flips);
      assertThat(chip.read("cell", "v")).containsOnly(0);
      chip.step();
      chip.inject(flips);
      assertThat(chip.read("cell", "v")).isNotEqualTo(here);
    }
    var elsewhere = new TestImage().external("host", 3).population("cell", 7, SUM, 5, 3, 9);
    try (var chip = elsewhere.load()) {
      chip.inject(flips);
      assertThat(chip.read("cell", "v")).isEqualTo(here);
    }
    try (var chip = dense().load()) {
      chip.inject(new RandomFlips(field("v"), 9, 43, Fault.AT_ONCE));
      assertThat(chip.read("cell", "v")).isNotEqualTo(here);
    }
  }

  /// Whatever is flipped: the chip runs on, and its state is one that can be restored.
  @Test
  void noFlipIsAnException() {
    for (long seed = 0; seed < 40; seed++) {
      var random = new Random(seed);
      try (var chip = dense().load()) {
        for (int step = 0; step < 12; step++) {
          chip.inject("host", random.nextInt(3), 1);
          var memory =
              List.of(
                      WEIGHTS,
                      field("v"),
                      field("n"),
                      field("k"),
                      new FaultMemory.Tag("p", "t"),
                      new FaultMemory.Tag("p", "c"))
                  .get(random.nextInt(6));
          chip.inject(new RandomFlips(memory, 1 + random.nextInt(20), seed, step));
          chip.step();
          try (var fork = chip.fork()) {
            assertThat(fork.stateDigest()).as("seed %d", seed).isEqualTo(chip.stateDigest());
          }
        }
      }
    }
  }

  private static void refused(Fault fault, String message) {
    try (var chip = network(NumberFormat.signed(8), SynapseFormat.SPARSE, true).load()) {
      String before = chip.stateDigest();
      var good = flip(field("v"), 0, 0);
      assertThatThrownBy(() -> chip.inject(List.of(good, fault)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(message);
      assertThat(chip.stateDigest()).isEqualTo(before);
      assertThat(chip.faults()).isEmpty();
    }
  }

  @Test
  void whatIsNotThereIsRefusedByNameAndNothingChanges() {
    refused(flip(field("v"), 7, 0), "index: 7 (expected: < 7, the words in v of cell)");
    refused(flip(field("v"), 6, 12), "bit: 12 (expected: < 12, the width of v of cell)");
    refused(flip(field("n"), 6, 5), "bit: 5 (expected: < 5, the width of n of cell)");
    refused(flip(WEIGHTS, 21, 0), "index: 21 (expected: < 21, the words in weights of p)");
    refused(flip(WEIGHTS, 0, 8), "bit: 8 (expected: < 8, the width of weights of p)");
    refused(
        flip(WEIGHTS, 8 + 2, 0),
        "index in p: 10 (expected: that of a synapse; none leads from 1 to 3)");
    refused(
        flip(new FaultMemory.Tag("p", "t"), 0, 5), "bit: 5 (expected: < 5, the width of t of p)");
    refused(flip(new FaultMemory.Tag("p", "w"), 0, 0), "projection p has no tag w");
    refused(flip(new FaultMemory.Tag("p", "came"), 0, 0), "projection p has no tag came");
    refused(flip(new FaultMemory.Field("host", "v"), 0, 0), "population host is external: no v");
    refused(flip(new FaultMemory.Weights("q"), 0, 0), "projection: q (expected: one of p)");
    refused(
        flip(new FaultMemory.Field("cell", "in"), 0, 0),
        "field of cell: in (expected: one of v, n, k)");
  }

  @Test
  void aStepThatIsOverIsRefused() {
    try (var chip = dense().load()) {
      chip.run(4);
      assertThatThrownBy(() -> chip.inject(new BitFlip(field("v"), 0, 0, 3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("at: 3 (expected: at least 4, the step that comes next)");
      chip.inject(new BitFlip(field("v"), 0, 0, 4));
      chip.step();
      assertThat(chip.read("cell", "v")[0]).isEqualTo(1);
    }
    assertThatThrownBy(() -> new BitFlip(WEIGHTS, -1, 0, 0))
        .hasMessage("index: -1 (expected: at least 0)");
    assertThatThrownBy(() -> new BitFlip(WEIGHTS, 0, -1, 0))
        .hasMessage("bit: -1 (expected: at least 0)");
    assertThatThrownBy(() -> new RandomFlips(WEIGHTS, 0, 0, 0))
        .hasMessage("count: 0 (expected: 1 to 1048576)");
  }
}
