package engram.isa.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.isa.Instruction;
import engram.isa.InstructionField;
import engram.isa.Opcode;
import engram.isa.ProgramKind;
import engram.isa.program.Program;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Each reason for which an instruction is refused, with the instruction that it is about.
final class VerifierTest {
  private static final String NEURON =
      """
      .program neuron n
      .field  v : s24 history 3
      .param  k : u16
      .acc    in : s24 history 2
      .stream spike history 2
      .stream value graded
      .global age : u3
      .global one : u1
      .global wide : u7
      .global signed : s3
      .group  pool
      .table  t : s8 = 1, 2, 3
      """;

  private static final String ROW =
      """
      .program row r
      .field  x : s24 history 3
      .acc    back : s32
      .stream out sums back
      .global age : u3
      .trigger each = step
      """;

  private static final String SYNAPSE =
      """
      .program synapse s
      .tag    e : s16
      .row    x
      .rowacc back
      .post   v
      .global age : u3
      .trigger each = step
      """;

  private static String source(String kind) {
    return switch (kind) {
      case "neuron" -> NEURON;
      case "row" -> ROW;
      default -> SYNAPSE;
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        // Names of the wrong sort.
        "neuron # ld r0, pool # 0: a neuron program can't read pool",
        "neuron # ld r0, source # 0: a neuron program can't read source",
        "neuron # ld r0, w # 0: a neuron program can't read w",
        "neuron # ld r0, payload # 0: a neuron program can't read payload",
        "row # ld r0, back # 0: a row program can't read back",
        "row # ld r0, w # 0: a row program can't read w",
        "row # ld r0, target # 0: a row program can't read target",
        "row # ld r0, winner # 0: a row program can't read winner",
        "synapse # ld r0, back # 0: a synapse program can't read back",
        "synapse # ld r0, index # 0: a synapse program can't read index",
        "synapse # ld r0, reduced # 0: a synapse program can't read reduced",
        "neuron # st k, 1 # 0: a neuron program can't write k",
        "neuron # st in, 1 # 0: a neuron program can't write in",
        "neuron # st spike, 1 # 0: a neuron program can't write spike",
        "neuron # st age, 1 # 0: a neuron program can't write age",
        "neuron # st w, 1 # 0: a neuron program can't write w",
        "neuron # st step, 1 # 0: a neuron program can't write step",
        "row # st back, 1 # 0: a row program can't write back",
        "row # st w, 1 # 0: a row program can't write w",
        "synapse # st x, 1 # 0: a synapse program can't write x",
        "synapse # st v, 1 # 0: a synapse program can't write v",
        "synapse # st back, 1 # 0: a synapse program can't write back",
        "neuron # emit v # 0: v: field (expected: stream)",
        "neuron # emit pool # 0: pool: group (expected: stream)",
        "neuron # bid 1;reduce sum, v # 1: v: field (expected: group)",
        "neuron # ldacc in # 0: in: accumulator (expected: reduced)",
        "row # ldacc x # 0: x: field (expected: accumulator)",
        "row # ldacc reduced # 0: reduced: reduced (expected: accumulator)",
        "synapse # mov r0, 1;rowadd x, r0, 1 # 1: x: row (expected: row accumulator)",
        "neuron # mov r0, 5;emit spike, r0 # 1: payload on stream spike, which is not graded",
        "neuron # emit spike, 2 # 0: payload on stream spike, which is not graded",
        // Ages.
        "neuron # ld r0, v@3 # 0: age of v: 3 (expected: less than its history of 3)",
        "neuron # ld r0, in@2 # 0: age of in: 2 (expected: less than its history of 2)",
        "neuron # ld r0, spike@2 # 0: age of spike: 2 (expected: less than its history of 2)",
        "neuron # ld r0, value@1 # 0: age of value: 1 (expected: less than its history of 1)",
        "neuron # ld r0, v@age # 0: age of v: 7 (expected: less than its history of 3)",
        "neuron # ld r0, k@1 # 0: age of k: 1 (expected: 0)",
        "neuron # ld r0, index@1 # 0: age of index: 1 (expected: 0)",
        "neuron # ld r0, phase@one # 0: age of phase: 1 (expected: 0)",
        "synapse # ld r0, e@1 # 0: age of e: 1 (expected: 0)",
        "synapse # ld r0, w@1 # 0: age of w: 1 (expected: 0)",
        "synapse # ld r0, source@1 # 0: age of source: 1 (expected: 0)",
        "neuron # ld r0, v@wide # 0: age wide (expected: a global register of type u1 to u6)",
        "neuron # ld r0, v@signed # 0: age signed (expected: a global register of type u1 to u6)",
        // What is read must have been written.
        "neuron # add r0, r1, 1 # 0: r1 is read before it is written in this section",
        "neuron # mov r0, r9 # 0: r9 is read before it is written in this section",
        "neuron # emit value, r3 # 0: r3 is read before it is written in this section",
        "neuron # mov r0, 1;(p1) mov r0, 2 # 1: p1 is used before it is set in this section",
        "neuron # (!p4) emit spike # 0: p4 is used before it is set in this section",
        "neuron # pnot p1, p2 # 0: p2 is read before it is set in this section",
        "neuron # pand p1, p0, p3 # 0: p3 is read before it is set in this section",
        "neuron # nar r0, 4 # 0: acc is used before it is set in this section",
        "neuron # mov r0, 1;mac r0, r0 # 1: acc is used before it is set in this section",
        "neuron # mov r0, 1;mas r0, r0 # 1: acc is used before it is set in this section",
        "neuron # mov r0, 1;bid r0;reduce sum, pool;mov r1, r0"
            + " # 3: r0 is read before it is written in this section",
        "neuron # cmpeq p1, r0, 0 # 0: r0 is read before it is written in this section",
        // Barriers.
        "neuron # reduce sum, pool # 0: nobody bids before this barrier",
        "neuron # bid 1;reduce sum, pool;reduce max, pool # 2: nobody bids before this barrier",
        "neuron # bid 1;mov r0, 1 # 0: a bid without a barrier behind it",
        "neuron # ld r0, reduced # 0: no barrier before this",
        "neuron # ldacc reduced # 0: no barrier before this",
        "neuron # ld r0, winner # 0: the barrier before this is no argmax",
        "neuron # bid 1;reduce max, pool;ld r0, winner # 2: the barrier before this is no argmax",
        "neuron # bid 1;reduce argmax, pool;ld r0, winner;bid r0;reduce sum, pool;ld r0, winner"
            + " # 5: the barrier before this is no argmax",
        "neuron # cmpeq p1, r0, r0;bid 1;(p1) reduce sum, pool"
            + " # 0: r0 is read before it is written in this section",
        "neuron # ld r0, k;cmpeq p1, r0, 0;bid 1;(p1) reduce sum, pool"
            + " # 3: a barrier can't be predicated",
        // One word, one write.
        "synapse # st w, 1;mov r0, 1;st w, r0"
            + " # 2: the weight is written twice (first by instruction 0)",
      })
  void refusesWithTheReasonAndTheInstruction(String kind, String code, String fault) {
    String all = source(kind) + code.replace(";", "\n") + "\n";
    assertThat(Sources.faults(all)).contains(fault);
    assertThat(Sources.faults(all)).hasSizeLessThanOrEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "neuron # ld r0, v@2;ld r0, in@1;ld r0, spike@1;ld r0, v@one;ld r0, k;ld r0, value",
        "neuron # ld r0, index;ld r0, step@63;ld r0, phase;ld r0, age@63;ld r0, wide@age",
        "neuron # bid 1;reduce argmax, pool;ld r0, winner;ld r1, reduced;ldacc reduced;nar r2, 3",
        "neuron # mov r0, 1;cmpeq p1, r0, 1;(p1) add r1, r0, 1;st v, r1",
        "neuron # bid 1;bid 2;reduce any, pool;bid 3;reduce max, pool;mov r0, 0",
        "neuron # lut r0, t, r0",
        "row # ldacc back;nar r0, 0;st x, r0;emit out;ld r1, payload@63;cause p1, each",
        "synapse # ld r0, v@63;ld r0, x@63;ld r0, payload@7;ld r1, w;rowadd back, r0, r1;st w, r1",
        "synapse # st e, 1;st e, 2;kill;cause p1, each;ld r0, source;ld r0, target",
      })
  void passesWhatHasAMeaning(String kind, String code) {
    String ready = code.contains("lut") ? "mov r0, 1\n" : "";
    assertThat(Sources.faults(source(kind) + ready + code.replace(";", "\n") + "\n")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Opcode.class)
  void refusesAnOpcodeInTheWrongKindOfProgram(Opcode opcode) {
    for (var kind : ProgramKind.values()) {
      var header = Sources.program(source(kind.keyword()));
      var word = Instruction.of(opcode);
      if (word.faults().isEmpty() && !opcode.kinds().contains(kind)) {
        assertThat(Sources.faults(with(header, word.word())))
            .contains(
                "0: %s does not go with a %s program".formatted(opcode.mnemonic(), kind.keyword()));
      }
    }
  }

  private static Program with(Program header, long... words) {
    return new Program(
        header.kind(),
        header.name(),
        header.symbols(),
        header.tables(),
        header.triggers(),
        header.activity(),
        header.originAge(),
        words);
  }

  private static Program neuron(Instruction... words) {
    return with(
        Sources.program(NEURON), Arrays.stream(words).mapToLong(Instruction::word).toArray());
  }

  @Test
  void refusesWordsThatAreNoInstruction() {
    assertThat(Sources.faults(neuron(new Instruction(0), Instruction.of(Opcode.DRAW))))
        .containsExactly(
            "0: opcode: 0 (expected: one of the set)", "1: bits: 0 (expected: 1 to 31)");
  }

  @Test
  void refusesSlotsOfNothing() {
    var load = Instruction.of(Opcode.LD);
    assertThat(Sources.faults(neuron(load.with(InstructionField.SHIFT, 10))))
        .containsExactly("0: symbol: slot 10 (expected: a declared or built-in one)");
    assertThat(Sources.faults(neuron(load.with(InstructionField.SHIFT, 63))))
        .containsExactly("0: symbol: slot 63 (expected: a declared or built-in one)");
    assertThat(
            Sources.faults(
                neuron(
                    load.with(InstructionField.CONSTANT, 1).with(InstructionField.IMMEDIATE, 20))))
        .containsExactly("0: age register: slot 20 (expected: a declared or built-in one)");
    assertThat(
            Sources.faults(
                neuron(
                    Instruction.of(Opcode.MOV).with(InstructionField.CONSTANT, 1),
                    Instruction.of(Opcode.LUT).with(InstructionField.SHIFT, 1))))
        .containsExactly("1: table: 1 (expected: less than 1)");
    var cause = Instruction.of(Opcode.CAUSE).with(InstructionField.D, 1);
    assertThat(
            Sources.faults(
                with(Sources.program(SYNAPSE), cause.with(InstructionField.SHIFT, 5).word())))
        .containsExactly("0: trigger: 5 (expected: less than 1)");
  }

  @Test
  void countsSections() {
    String barrier = "bid 1\nreduce sum, pool\n";
    assertThat(Sources.faults(NEURON + barrier.repeat(7) + "mov r0, 0\n")).isEmpty();
    assertThat(Sources.faults(NEURON + barrier.repeat(8) + "mov r0, 0\n"))
        .containsExactly("-1: sections: 9 (expected: at most 8)");
  }

  @Test
  void countsDrawingInstructions() {
    String draws = "draw r0, 1\nbern p1, r0, 2\nmul r0, r0, 3, 1, stochastic\nmov r0, 1\n";
    assertThat(Sources.faults(NEURON + draws.repeat(21) + "draw r0, 3\n")).isEmpty();
    assertThat(Sources.faults(NEURON + draws.repeat(21) + "draw r0, 3\ndraw r0, 3\n"))
        .containsExactly("-1: drawing instructions: 65 (expected: at most 64)");
  }

  @Test
  void reportsEveryFaultOfAProgram() {
    assertThat(Sources.faults(NEURON + "add r0, r1, r2\nst k, r0\n(p1) nar r0, 1\n"))
        .containsExactly(
            "0: r1 is read before it is written in this section",
            "0: r2 is read before it is written in this section",
            "1: a neuron program can't write k",
            "2: p1 is used before it is set in this section",
            "2: acc is used before it is set in this section");
  }

  @Test
  void theMessageNamesProgramInstructionAndReason() {
    assertThatThrownBy(() -> Sources.verified(NEURON + "mov r0, 0\nld r1, v@9\n"))
        .isInstanceOf(VerificationException.class)
        .hasMessage(
            "neuron program n, instruction 1 (ld     r1, v@9): age of v: 9 (expected: less than its"
                + " history of 3)");
    assertThatThrownBy(() -> Sources.verified(NEURON))
        .hasMessage("neuron program n: no instructions");
    assertThatThrownBy(() -> Verifier.verify(neuron(new Instruction(-1))))
        .hasMessageStartingWith("neuron program n, instruction 0 (ffffffffffffffff): opcode: 127");
    assertThatThrownBy(() ->
            Verifier.verify(neuron(Instruction.of(Opcode.LD).with(InstructionField.SHIFT, 20))))
        .hasMessageStartingWith("neuron program n, instruction 0 (0400001400000000): symbol: slot");
  }
}
