package engram.isa.compile;

/// A symbol at an age: what a load reads or a store writes.
///
/// @param slot of the symbol
/// @param age in steps; 0 where a register holds it
/// @param ageSlot slot of the global register that holds the age, or `CONSTANT_AGE`
/// @param wide all 64 bits of it
record Cell(int slot, int age, int ageSlot, boolean wide) {
  static final int CONSTANT_AGE = -1;

  /// A symbol in the present step, 32 bits of it.
  static Cell present(int slot) {
    return new Cell(slot, 0, CONSTANT_AGE, false);
  }
}
