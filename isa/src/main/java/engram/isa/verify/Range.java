package engram.isa.verify;

import engram.isa.Fixed;
import engram.isa.NumberFormat;
import engram.isa.Rounding;

/// The values that a register can have: all integers from low to high, and perhaps the knowledge
/// that it is what a symbol held before the program ran.
///
/// @param symbol slot of that symbol, or -1
record Range(long low, long high, int symbol) {
  static final Range ZERO = of(0);
  static final Range ANY = new Range(Integer.MIN_VALUE, Integer.MAX_VALUE);
  static final Range ANY_LONG = new Range(Long.MIN_VALUE, Long.MAX_VALUE);

  Range(long low, long high) {
    this(low, high, -1);
  }

  static Range of(long value) {
    return new Range(value, value);
  }

  static Range of(NumberFormat format) {
    return new Range(format.min(), format.max());
  }

  Range from(int slot) {
    return new Range(low, high, slot);
  }

  boolean isConstant() {
    return low == high;
  }

  boolean is(long value) {
    return low == value && high == value;
  }

  Range join(Range other) {
    return new Range(
        Math.min(low, other.low), Math.max(high, other.high), symbol == other.symbol ? symbol : -1);
  }

  Range saturated() {
    return new Range(Fixed.saturate(low), Fixed.saturate(high));
  }

  /// Exact if it fits 32 bits, else anything: a wrapping operation.
  Range wrapped() {
    return (int) low == low && (int) high == high ? new Range(low, high) : ANY;
  }

  Range plus(Range b) {
    return new Range(Fixed.accumulate(low, b.low), Fixed.accumulate(high, b.high));
  }

  Range minus(Range b) {
    return new Range(Fixed.decumulate(low, b.high), Fixed.decumulate(high, b.low));
  }

  /// Product of two 32-bit ranges.
  Range times(Range b) {
    long p = low * b.low;
    long q = low * b.high;
    long r = high * b.low;
    long s = high * b.high;
    return new Range(
        Math.min(Math.min(p, q), Math.min(r, s)), Math.max(Math.max(p, q), Math.max(r, s)));
  }

  Range shiftedRight(int n, Rounding rounding) {
    if (rounding == Rounding.STOCHASTIC) {
      long up = Fixed.roundShift(high, n, Rounding.DOWN, 0);
      return new Range(Fixed.roundShift(low, n, Rounding.DOWN, 0), (up << n) == high ? up : up + 1);
    }
    return new Range(Fixed.roundShift(low, n, rounding, 0), Fixed.roundShift(high, n, rounding, 0));
  }
}
