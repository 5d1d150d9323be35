package engram.isa.compile;

/// In what kind of Java array the values of a cell lie.
enum Storage {
  /// `int[]`: fields, accumulators, staged copies of anything.
  INTS,
  /// `long[]`, one bit a lane: a stream.
  BITS,
  /// `long[]` bits with an `int[]` of payloads beside them: a graded stream.
  GRADED,
  /// `byte[]`: synapse words of up to 8 bits.
  BYTES,
  /// `short[]`: synapse words of up to 16 bits.
  SHORTS,
  /// `long[]`: 64-bit sums.
  LONGS
}
