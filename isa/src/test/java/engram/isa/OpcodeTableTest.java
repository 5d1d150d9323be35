package engram.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What must hold between the rows of the opcode table and the fields of the instruction word.
final class OpcodeTableTest {
  @Test
  void codesAreUniqueAndFitTheirField() {
    var codes = new HashSet<Integer>();
    for (var opcode : Opcode.values()) {
      assertThat(codes.add(opcode.code())).as(opcode.mnemonic()).isTrue();
      assertThat(Opcode.byCode(opcode.code())).isEqualTo(opcode);
      assertThat(opcode.code()).isBetween(1, (1 << InstructionField.OPCODE.bits()) - 1);
    }
    long named =
        IntStream.range(0, 1 << InstructionField.OPCODE.bits())
            .filter(code -> Opcode.byCode(code) != null)
            .count();
    assertThat(named).isEqualTo(Opcode.values().length);
  }

  /// A word of zeros, as memory has it that nobody wrote, is no instruction.
  @Test
  void theZeroWordIsNoInstruction() {
    assertThat(new Instruction(0).faults()).containsExactly("opcode: 0 (expected: one of the set)");
  }

  @Test
  void mnemonicsAreUniqueAndReadable() {
    assertThat(Arrays.stream(Opcode.values()).map(Opcode::mnemonic))
        .doesNotHaveDuplicates()
        .allMatch(m -> m.matches("[a-z]+"));
  }

  /// Two instructions never have a word in common: the bits that both fix differ somewhere.
  @Test
  void encodingsDoNotOverlap() {
    for (var a : Opcode.values()) {
      for (var b : Opcode.values()) {
        long fixedByBoth = ~(operandBits(a) | operandBits(b));
        boolean differ = ((Instruction.of(a).word() ^ Instruction.of(b).word()) & fixedByBoth) != 0;
        assertThat(differ).as("%s and %s", a, b).isEqualTo(a != b);
      }
    }
  }

  /// The bits of a word in which instructions of one opcode differ.
  static long operandBits(Opcode opcode) {
    long bits = bits(InstructionField.NOT) | bits(InstructionField.PREDICATE);
    for (var operand : opcode.format().operands()) {
      bits |=
          switch (operand) {
            case RD, PD -> bits(InstructionField.D);
            case RA, PA -> bits(InstructionField.A);
            case PB -> bits(InstructionField.B);
            case B, PAYLOAD ->
                bits(InstructionField.B)
                    | bits(InstructionField.CONSTANT)
                    | bits(InstructionField.IMMEDIATE);
            case SYMBOL, TABLE, TRIGGER, BITS, SHIFT -> bits(InstructionField.SHIFT);
            case AGED_SYMBOL ->
                bits(InstructionField.SHIFT)
                    | bits(InstructionField.CONSTANT)
                    | bits(InstructionField.IMMEDIATE);
            case REDUCER, ROUNDING -> bits(InstructionField.ROUNDING);
            case FRACTION -> bits(InstructionField.IMMEDIATE);
          };
    }
    return bits;
  }

  private static long bits(InstructionField field) {
    return field.set(0, -1 >>> (32 - field.bits()));
  }

  @Test
  void fieldsCoverTheWordWithoutOverlap() {
    long covered = 0;
    for (var field : InstructionField.values()) {
      assertThat(covered & bits(field)).as(field.name()).isZero();
      covered |= bits(field);
    }
    assertThat(covered).isEqualTo(-1L);
  }

  @ParameterizedTest
  @EnumSource(InstructionField.class)
  void aFieldGivesBackWhatWasSetAndLeavesTheOthers(InstructionField field) {
    for (long word : new long[] {0, -1, 0x0123_4567_89ab_cdefL}) {
      int most = -1 >>> (32 - field.bits());
      for (int value : new int[] {0, 1, most, most / 3}) {
        long set = field.set(word, value);
        assertThat(field.get(set)).isEqualTo(value);
        assertThat((set ^ word) & ~bits(field)).isZero();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = InstructionField.class, mode = EnumSource.Mode.EXCLUDE, names = "IMMEDIATE")
  void aFieldRefusesWhatItCannotHold(InstructionField field) {
    int tooLarge = 1 << field.bits();
    assertThatThrownBy(() -> field.set(0, tooLarge))
        .hasMessage("%s: %d (expected: 0 to %d)", field, tooLarge, tooLarge - 1);
    assertThatThrownBy(() -> field.set(0, -1)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(Opcode.class)
  void everyRowIsComplete(Opcode opcode) {
    assertThat(opcode.cycles()).isPositive();
    assertThat(opcode.effect()).isNotBlank();
    assertThat(opcode.kinds()).isNotEmpty();
    assertThat(opcode.unit()).isNotNull();
  }

  /// Two operands of one format never claim the same bits of a word.
  @ParameterizedTest
  @EnumSource(Opcode.class)
  void operandsOfOneInstructionDoNotShareBits(Opcode opcode) {
    int bits = 0;
    for (var operand : opcode.format().operands()) {
      bits +=
          switch (operand) {
            case RD, PD, RA, PA, PB -> 4;
            case B, PAYLOAD -> 4 + 1 + 32;
            case SYMBOL, TABLE, TRIGGER, BITS, SHIFT -> 6;
            case AGED_SYMBOL -> 6 + 1 + 32;
            case REDUCER, ROUNDING -> 2;
            case FRACTION -> 32;
          };
    }
    assertThat(Long.bitCount(operandBits(opcode))).isEqualTo(bits + 4);
  }
}
