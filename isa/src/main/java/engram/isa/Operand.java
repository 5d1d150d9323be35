package engram.isa;

/// One operand of an instruction, as it stands in assembly, left to right.
public enum Operand {
  /// Destination register, `r0` to `r15`.
  RD,
  /// First source register.
  RA,
  /// Second source: a register or a 32-bit constant.
  B,
  /// Destination predicate, `p1` to `p7`.
  PD,
  /// First source predicate, `p0` (always true) to `p7`.
  PA,
  /// Second source predicate.
  PB,
  /// A named value of the program.
  SYMBOL,
  /// A named value at an age: `v`, `v@2`, or `v@age` with the name of a global register.
  AGED_SYMBOL,
  /// A table of the program.
  TABLE,
  /// A trigger of the program.
  TRIGGER,
  /// What a barrier computes, and the group it computes it over.
  REDUCER,
  /// A number of random bits, 1 to 31.
  BITS,
  /// A shift to the right, 0 to 63.
  SHIFT,
  /// Fraction bits of a table index, 0 to 16.
  FRACTION,
  /// Rounding mode; left out it is `down`.
  ROUNDING,
  /// The payload of an event: a register or a constant; left out it is 1.
  PAYLOAD
}
