package engram.isa;

/// The bit fields of an instruction word: the only place that knows where a field lies.
///
/// | bits  | field          | meaning                                                          |
/// |-------|----------------|------------------------------------------------------------------|
/// | 63-57 | OPCODE         | which instruction                                                |
/// | 56    | NOT            | 1: run where the predicate is false                              |
/// | 55-53 | PREDICATE      | p0 to p7; p0 is always true                                      |
/// | 52-49 | D              | destination register or predicate                                |
/// | 48-45 | A              | first source register or predicate                               |
/// | 44-41 | B              | second source register or predicate                              |
/// | 40    | CONSTANT       | 1: the second source is IMMEDIATE; for an age: a global register |
/// | 39-38 | ROUNDING       | `Rounding`, or `Reducer`                                         |
/// | 37-32 | SHIFT          | shift, number of bits, or slot of a symbol, table or trigger     |
/// | 31-0  | IMMEDIATE      | constant, age, or fraction bits; signed                          |
public enum InstructionField {
  OPCODE(57, 7),
  NOT(56, 1),
  PREDICATE(53, 3),
  D(49, 4),
  A(45, 4),
  B(41, 4),
  CONSTANT(40, 1),
  ROUNDING(38, 2),
  SHIFT(32, 6),
  IMMEDIATE(0, 32);

  private final int low;
  private final int bits;

  InstructionField(int low, int bits) {
    this.low = low;
    this.bits = bits;
  }

  /// Lowest bit of the field.
  public int low() {
    return low;
  }

  /// Width in bits.
  public int bits() {
    return bits;
  }

  /// The field's value in a word; IMMEDIATE is signed, all others are not.
  public int get(long word) {
    return (int) ((word >>> low) & mask());
  }

  /// The word with this field replaced.
  public long set(long word, int value) {
    if (this != IMMEDIATE && (value & ~mask()) != 0) {
      throw new IllegalArgumentException(
          name() + ": " + value + " (expected: 0 to " + mask() + ")");
    }
    return (word & ~(mask() << low)) | ((value & mask()) << low);
  }

  private long mask() {
    return (1L << bits) - 1;
  }
}
