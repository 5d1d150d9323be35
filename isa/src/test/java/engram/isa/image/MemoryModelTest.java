package engram.isa.image;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.NumberFormat;
import engram.isa.assembler.Assembler;
import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseLayout;
import engram.isa.program.Program;
import engram.isa.verify.Verifier;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Words of memory, counted by hand.
final class MemoryModelTest {
  private static Program program(String source) {
    return Assembler.assemble("m.s", source, Map.of()).program();
  }

  @ParameterizedTest
  @CsvSource({
    "12, 5, 1", // 5 values of 12 bits to a word
    "12, 6, 2",
    "12, 128, 26",
    "1, 64, 1",
    "1, 65, 2",
    "16, 4, 1",
    "17, 4, 2", // 3 to a word
    "32, 7, 4",
    "33, 3, 3",
    "64, 3, 3",
    "8, 0, 0",
  })
  void valuesOfOneWidthLieSideBySide(int bits, long count, long words) {
    assertThat(MemoryModel.words(bits, count)).isEqualTo(words);
  }

  @Test
  void neuronsTakeTheirSymbolsWithHistory() {
    var program =
        program(
            """
            .program neuron n
            .field  v : s24 history 3
            .param  k : u8
            .acc    in : s12
            .stream spike history 2
            .stream value graded
            .global learn : u1
            .group  pool
            .table  t : s8 = 1, 2, 3
                    mov r0, 0
            """);
    // 100 lanes: v 3 * 50, k 13, in 20, spike 2 * 2, value 25.
    assertThat(MemoryModel.neuronWords(program, 100)).isEqualTo(150 + 13 + 20 + 4 + 25);
    assertThat(program.memoryWords()).as("a word of code, a word of table").isEqualTo(2);
  }

  @Test
  void rowsTakeTheirSymbolsAndTheArrivalsThatAreLookedBackAt() {
    var program =
        program(
            """
            .program row r
            .field  x : u16
            .acc    sum : s32
            .stream out sums sum
            .trigger each = step
                    mov r0, 0
            """);
    // 10 rows: x 3, sum 2 * 5 for the step that fills and the one that reads, out 1.
    assertThat(MemoryModel.rowWords(program, -1, 10)).isEqualTo(3 + 10 + 1);
    // Arrivals of 16 bits, of the present and two steps before: 3 * 3.
    assertThat(MemoryModel.rowWords(program, 2, 10)).isEqualTo(14 + 9);
    assertThat(MemoryModel.rowWords(null, 0, 10)).isEqualTo(3);
    assertThat(MemoryModel.rowWords(null, -1, 10)).isZero();
  }

  @Test
  void registersAreKeptAsFarBackAsTheyAreSeen() {
    var verified =
        Verifier.verify(
            program(
                """
                .program neuron n
                .field  v : s8 history 8
                .global reward : s16
                .global age : u3
                .origin 4
                        ld r0, reward@5
                        ld r0, v@age
                """));
    // Clock: 1 + 4 words of 64 bits. reward: 6 values, 4 to a word. age: 1 value.
    assertThat(MemoryModel.registerWords(verified, 0)).isEqualTo(5 + 2 + 1);
    // Three steps later: clock 8, reward 9 values, age 4 values.
    assertThat(MemoryModel.registerWords(verified, 3)).isEqualTo(8 + 3 + 1);
  }

  @Test
  void denseRowsStartAtANewWord() {
    var layout = new SynapseLayout.Dense(7, 11, null);
    // 11 weights of 12 bits: 3 words a row.
    assertThat(MemoryModel.rowSynapseWords(layout, 0, 12)).isEqualTo(3);
    assertThat(MemoryModel.blockWords(layout, NumberFormat.signed(12), null)).isEqualTo(21);
  }

  @Test
  void tagsTakeRowsOfTheirOwn() {
    var rule =
        program(".program synapse s\n.tag a : s20\n.tag b : u1\n.trigger each = step\nmov r0, 0\n");
    var layout = new SynapseLayout.Dense(7, 11, null);
    // 11 tags of 20 bits: 4 words; of 1 bit: 1 word.
    assertThat(MemoryModel.blockWords(layout, NumberFormat.signed(12), rule))
        .isEqualTo(7 * (3 + 4 + 1));
  }

  @Test
  void aMaskTakesABitForEachPlace() {
    var layout = new SynapseLayout.Dense(7, 70, new long[14]);
    // 70 weights of 8 bits: 9 words; mask: 2 words a row.
    assertThat(MemoryModel.blockWords(layout, NumberFormat.signed(8), null)).isEqualTo(7 * (9 + 2));
  }

  @Test
  void aSparseRowHoldsIndexAndWeight() {
    var layout =
        SparseRows.of(3, 100, new int[] {0, 4, 4, 9}, new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
    // Index of 7 bits and weight of 8: 4 to a word. Rows of 4, 0 and 5; a word a row says where.
    assertThat(MemoryModel.synapseBits(layout, 8)).isEqualTo(15);
    assertThat(MemoryModel.blockWords(layout, NumberFormat.signed(8), null))
        .isEqualTo(1 + 0 + 2 + 3);
  }

  @Test
  void sharedPatternsAreHeldOnceWithTheirWeights() {
    // A pattern of 3 and one of 1, of 5 weights, for 6 rows.
    var layout =
        new SynapseLayout.Shared(
            6,
            30,
            5,
            new int[6],
            new int[] {0, 1, 0, 0, 1, -1},
            new int[] {0, 3, 4},
            new int[] {0, 1, 2, 0},
            new int[] {4, 3, 2, 1});
    // Rows: a word each. Weights: 5 of 8 bits. Entries: 5 bits of lane and 3 of weight, 8 to a
    // word.
    assertThat(MemoryModel.blockWords(layout, NumberFormat.signed(8), null))
        .isEqualTo(6 + 1 + 1 + 1);
    // To go through a row: its weights and its pattern.
    assertThat(MemoryModel.rowSynapseWords(layout, 0, 8)).isEqualTo(1 + 1);
    assertThat(MemoryModel.rowSynapseWords(layout, 5, 8)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 2", "64, 6", "65, 7", "1024, 10"})
  void indicesHaveAsManyBitsAsTheyNeed(int lanes, int bits) {
    assertThat(MemoryModel.indexBits(lanes)).isEqualTo(bits);
  }

  @Test
  void aCoreIsChargedByOwner() {
    var draft = new ImageDraft();
    var checked = draft.check();
    var usage = checked.report().cores().get(0);
    assertThat(usage.used(Memory.NEURONS)).isEqualTo(6);
    // cell, trace and rule: 6, 3 and 3 words of code.
    assertThat(usage.used(Memory.PROGRAM)).isEqualTo(12);
    assertThat(usage.used(Memory.AXON)).isEqualTo(23);
    // a.spike to five blocks, b.spike to one, rows of masked to two.
    assertThat(usage.used(Memory.ROUTE)).isEqualTo(8);
    // a: in 2, v 1, k 1, spike 2, clock 1, learn 1. b: in 1, v 1, k 1, spike 2, clock 3, learn 1.
    // dense (lag 2): clock 3, learn 1. mirror (lag 0): clock 1, learn 1. Rows of masked (lag 2):
    // clock 3.
    assertThat(usage.used(Memory.STATE)).isEqualTo(8 + 9 + 4 + 2 + 3);
    // in 3; dense 4, arrivals of two steps 2; mirror 4 and 2; masked 4, mask 4, x 1, sum 4, out 1,
    // arrivals 1; sparse rows of 2, 0, 1, 2 with 10 bits: 3, starts 4; sums 4.
    assertThat(usage.used(Memory.SYNAPSE)).isEqualTo(3 + 6 + 6 + 15 + 7 + 4);
    assertThat(usage.worst(Memory.SYNAPSE)).isEqualTo(new Charge(Memory.SYNAPSE, "masked", 15));
  }
}
