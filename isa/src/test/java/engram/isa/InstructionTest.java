package engram.isa;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.testing.Universe;
import engram.isa.testing.Words;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Which words are instructions.
final class InstructionTest {
  private static Instruction random(Opcode opcode, Random random) {
    var universe = Universe.of(opcode.kinds().iterator().next());
    if (opcode == Opcode.LDACC) {
      universe = Universe.of(ProgramKind.ROW);
    }
    return Words.random(opcode, random, universe);
  }

  @ParameterizedTest
  @EnumSource(Opcode.class)
  void legalWordsHaveNoFault(Opcode opcode) {
    var random = new Random(opcode.code());
    for (int i = 0; i < 50; i++) {
      assertThat(random(opcode, random).faults()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Opcode.class)
  void refusesEveryBitThatTheFormatLeavesOut(Opcode opcode) {
    var random = new Random(opcode.code());
    long used = OpcodeTableTest.operandBits(opcode) | 0x7fL << InstructionField.OPCODE.low();
    for (int bit = 0; bit < 64; bit++) {
      if ((used >>> bit & 1) == 0) {
        var word = new Instruction(random(opcode, random).word() | 1L << bit);
        assertThat(word.faults())
            .containsExactly(
                "unused bits: %016x (expected: 0, by %s)".formatted(1L << bit, opcode.mnemonic()));
      }
    }
  }

  @Test
  void refusesARegisterNumberBesideAConstant() {
    var word =
        Instruction.of(Opcode.MOV)
            .with(InstructionField.CONSTANT, 1)
            .with(InstructionField.IMMEDIATE, 7)
            .with(InstructionField.B, 1);
    assertThat(word.faults())
        .containsExactly("unused bits: 0000020000000000 (expected: 0, by mov)");
  }

  @Test
  void refusesAConstantBesideARegister() {
    var word = Instruction.of(Opcode.MOV).with(InstructionField.IMMEDIATE, 7);
    assertThat(word.faults())
        .containsExactly("unused bits: 0000000000000007 (expected: 0, by mov)");
  }

  @Test
  void refusesUnknownCodes() {
    int codes = 0;
    for (int code = 0; code < 128; code++) {
      var word = new Instruction(InstructionField.OPCODE.set(0, code));
      if (Opcode.byCode(code) == null) {
        assertThat(word.faults())
            .containsExactly("opcode: " + code + " (expected: one of the set)");
        codes++;
      }
    }
    assertThat(codes).isEqualTo(128 - Opcode.values().length);
  }

  @Test
  void refusesAPredicateThatIsNeverTrue() {
    assertThat(Instruction.of(Opcode.KILL).with(InstructionField.NOT, 1).faults())
        .containsExactly("predicate: !p0 (expected: a predicate that can be true)");
  }

  @Test
  void refusesToWriteTheTruePredicate() {
    assertThat(Instruction.of(Opcode.CMPEQ).faults())
        .containsExactly("destination predicate: 0 (expected: 1 to 7)");
    assertThat(Instruction.of(Opcode.CMPEQ).with(InstructionField.D, 8).faults())
        .containsExactly("destination predicate: 8 (expected: 1 to 7)");
  }

  @Test
  void refusesPredicatesThatDoNotExist() {
    var word =
        Instruction.of(Opcode.PAND)
            .with(InstructionField.D, 1)
            .with(InstructionField.A, 8)
            .with(InstructionField.B, 15);
    assertThat(word.faults())
        .containsExactly("predicate: 8 (expected: 0 to 7)", "predicate: 15 (expected: 0 to 7)");
  }

  @Test
  void refusesNumbersOutOfRange() {
    assertThat(Instruction.of(Opcode.DRAW).faults()).containsExactly("bits: 0 (expected: 1 to 31)");
    assertThat(
            Instruction.of(Opcode.BERN)
                .with(InstructionField.D, 1)
                .with(InstructionField.SHIFT, 32)
                .faults())
        .containsExactly("bits: 32 (expected: 1 to 31)");
    assertThat(Instruction.of(Opcode.LERP).with(InstructionField.IMMEDIATE, 17).faults())
        .containsExactly("fraction bits: 17 (expected: 0 to 16)");
    assertThat(Instruction.of(Opcode.LD).with(InstructionField.IMMEDIATE, 64).faults())
        .containsExactly("age: 64 (expected: 0 to 63)");
    assertThat(
            Instruction.of(Opcode.LD)
                .with(InstructionField.IMMEDIATE, -1)
                .with(InstructionField.CONSTANT, 1)
                .faults())
        .containsExactly("slot of the age register: -1 (expected: 0 to 63)");
  }

  @Test
  void everyStochasticRoundingAndEveryDrawIsASite() {
    for (var opcode : Opcode.values()) {
      var word = Instruction.of(opcode);
      boolean draws = opcode == Opcode.DRAW || opcode == Opcode.BERN;
      assertThat(word.draws()).as(opcode.mnemonic()).isEqualTo(draws);
      boolean rounds = opcode.format().has(Operand.ROUNDING);
      var stochastic = word.with(InstructionField.ROUNDING, Rounding.STOCHASTIC.ordinal());
      assertThat(stochastic.draws()).as(opcode.mnemonic()).isEqualTo(draws || rounds);
    }
  }
}
