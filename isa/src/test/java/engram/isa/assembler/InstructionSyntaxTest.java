package engram.isa.assembler;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.Instruction;
import engram.isa.InstructionField;
import engram.isa.Opcode;
import engram.isa.Reducer;
import engram.isa.Rounding;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How instructions are written, and how they fail.
final class InstructionSyntaxTest {
  private static final String NEURON =
      """
      .program neuron n
      .const  K = 3
      .field  v : s24 history 5
      .stream spike
      .stream value graded
      .global age : u2
      .group  pool
      .table  t : s8 = 1, 2, 3
      """;

  private static Instruction one(String instruction) {
    return Sources.program(NEURON + instruction + "\n").instruction(0);
  }

  private static String fault(String instruction) {
    return Sources.fault(NEURON + instruction + "\n").substring(2);
  }

  private static Instruction of(Opcode opcode) {
    return Instruction.of(opcode);
  }

  @Test
  void registersAndConstants() {
    assertThat(one("add r15, r14, r13"))
        .isEqualTo(
            of(Opcode.ADD)
                .with(InstructionField.D, 15)
                .with(InstructionField.A, 14)
                .with(InstructionField.B, 13));
    assertThat(one("add r0, r1, K * 2 - 7"))
        .isEqualTo(
            of(Opcode.ADD)
                .with(InstructionField.A, 1)
                .with(InstructionField.CONSTANT, 1)
                .with(InstructionField.IMMEDIATE, -1));
  }

  @Test
  void predicates() {
    assertThat(one("(p3) mov r0, r0"))
        .isEqualTo(of(Opcode.MOV).with(InstructionField.PREDICATE, 3));
    assertThat(one("( ! p7 ) mov r0, r0"))
        .isEqualTo(
            of(Opcode.MOV).with(InstructionField.PREDICATE, 7).with(InstructionField.NOT, 1));
    assertThat(one("(p0) mov r0, r0")).isEqualTo(of(Opcode.MOV));
    assertThat(one("pxor p1, p2, p0"))
        .isEqualTo(of(Opcode.PXOR).with(InstructionField.D, 1).with(InstructionField.A, 2));
  }

  @Test
  void roundingMayBeLeftOut() {
    var mul = of(Opcode.MUL).with(InstructionField.B, 1).with(InstructionField.SHIFT, 12);
    assertThat(one("mul r0, r0, r1, 12")).isEqualTo(mul);
    for (var rounding : Rounding.values()) {
      assertThat(one("mul r0, r0, r1, 12, " + rounding.keyword()))
          .isEqualTo(mul.with(InstructionField.ROUNDING, rounding.ordinal()));
    }
    assertThat(one("nar r3, 63, zero"))
        .isEqualTo(
            of(Opcode.NAR)
                .with(InstructionField.D, 3)
                .with(InstructionField.SHIFT, 63)
                .with(InstructionField.ROUNDING, 1));
  }

  @Test
  void agesAreConstantsOrRegisters() {
    var load = of(Opcode.LD).with(InstructionField.D, 2);
    assertThat(one("ld r2, v")).isEqualTo(load);
    assertThat(one("ld r2, v@K + 1")).isEqualTo(load.with(InstructionField.IMMEDIATE, 4));
    assertThat(one("ld r2, v@age"))
        .isEqualTo(load.with(InstructionField.CONSTANT, 1).with(InstructionField.IMMEDIATE, 3));
    assertThat(one("ld r2, index"))
        .isEqualTo(load.with(InstructionField.SHIFT, Symbol.slotOf(SymbolRole.INDEX)));
  }

  @Test
  void theOtherOperands() {
    assertThat(one("lerp r1, t, r2, 16"))
        .isEqualTo(
            of(Opcode.LERP)
                .with(InstructionField.D, 1)
                .with(InstructionField.A, 2)
                .with(InstructionField.IMMEDIATE, 16));
    assertThat(one("draw r1, 31"))
        .isEqualTo(of(Opcode.DRAW).with(InstructionField.D, 1).with(InstructionField.SHIFT, 31));
    assertThat(one("reduce argmax, pool"))
        .isEqualTo(
            of(Opcode.REDUCE)
                .with(InstructionField.ROUNDING, Reducer.ARGMAX.ordinal())
                .with(InstructionField.SHIFT, 4));
    assertThat(one("st v, 0x10"))
        .isEqualTo(
            of(Opcode.ST).with(InstructionField.CONSTANT, 1).with(InstructionField.IMMEDIATE, 16));
  }

  @Test
  void thePayloadLeftOutIsOne() {
    var plain =
        of(Opcode.EMIT)
            .with(InstructionField.SHIFT, 1)
            .with(InstructionField.CONSTANT, 1)
            .with(InstructionField.IMMEDIATE, 1);
    assertThat(one("emit spike")).isEqualTo(plain);
    assertThat(one("emit spike, 1")).isEqualTo(plain);
    assertThat(one("emit value, r4"))
        .isEqualTo(of(Opcode.EMIT).with(InstructionField.SHIFT, 2).with(InstructionField.B, 4));
  }

  @Test
  void anInstructionMayGoOnBehindAComma() {
    assertThat(one("add r0, ; first\n  r1,\n  2")).isEqualTo(one("add r0, r1, 2"));
  }

  @Test
  void anAssemblyKnowsTheLineOfEachInstruction() {
    var assembly =
        Assembler.assemble(
            "n.s", NEURON + "\n  mov r0,\n  1\n\n; nothing\n  mov r1, 2\n", Map.of());
    assertThat(assembly.lineOf()).containsExactly(10, 14);
    assertThat(assembly.at(1, "no")).hasToString("n.s:14:3: no\n  mov r1, 2\n  ^");
    assertThat(assembly.at(-1, "no")).hasToString("n.s:1:1: no\n.program neuron n\n^");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "mov; 4: end of line (expected: r0 to r15)",
        "mov r16, 1; 5: 'r16' (expected: r0 to r15)",
        "mov r01, 1; 5: 'r01' (expected: r0 to r15)",
        "mov r1000000000000, 1; 5: 'r1000000000000' (expected: r0 to r15)",
        "mov p1, 1; 5: 'p1' (expected: r0 to r15)",
        "mov r0; 7: end of line (expected: ',')",
        "mov r0 1; 8: '1' (expected: ',')",
        "mov r0, 1, 2; 10: ',' (expected: end of line)",
        "mov r0, r16; 9: 'r16' (expected: r0 to r15)",
        "add r0, 1, r1; 9: '1' (expected: r0 to r15)",
        "cmpeq p0, r0, 1; 7: 'p0' (expected: p1 to p7)",
        "pnot p1, p8; 10: 'p8' (expected: p0 to p7)",
        "(p8) mov r0, 1; 2: 'p8' (expected: p0 to p7)",
        "(!p0) mov r0, 1; 3: 'p0' (expected: p1 to p7)",
        "(p1 mov r0, 1; 5: 'mov' (expected: ')')",
        "(p1); 5: end of line (expected: an instruction)",
        "MOV r0, 1; 1: unknown instruction: MOV",
        "12; 1: '12' (expected: an instruction)",
        "ld r0, u; 8: unknown symbol: u (declared: v, spike, value, age, pool)",
        "ld r0, v@v; 10: unknown constant: v (declared: K)",
        "ld r0, v@-1; 10: age: -1 (expected: 0 to 63)",
        "lut r0, v, r1; 9: unknown table: v (declared: t)",
        "lut r0, t, 1; 12: '1' (expected: r0 to r15)",
        "lerp r0, t, r0, 17; 17: fraction bits: 17 (expected: 0 to 16)",
        "draw r0, 32; 10: bits: 32 (expected: 1 to 31)",
        "draw r0, 0; 10: bits: 0 (expected: 1 to 31)",
        "bern p1, r0, 0; 14: bits: 0 (expected: 1 to 31)",
        "mul r0, r0, r0; 15: end of line (expected: ',')",
        "mul r0, r0, r0, 64; 17: shift: 64 (expected: 0 to 63)",
        "shr r0, r0, 1, up; 16: 'up' (expected: down, zero, nearest or stochastic)",
        "reduce min, pool; 8: 'min' (expected: sum, max, any or argmax)",
        "cause p1, each; 11: unknown trigger: each (none is declared)",
        "emit spike,; 12: end of line (expected: a number)",
        "kill 1; 6: '1' (expected: end of line)",
      })
  void failsWithTheReason(String instruction, String fault) {
    assertThat(fault(instruction)).isEqualTo(fault);
  }
}
