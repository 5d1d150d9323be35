package engram.isa.verify;

import engram.isa.Fixed;
import engram.isa.NumberFormat;
import engram.isa.Rounding;

/// The values that a register can have: all integers from low to high, and perhaps the knowledge
/// that it is what a symbol held before the program ran.
///
/// @param symbol slot of that symbol, or -1
public record Range(long low, long high, int symbol) {
  public static final Range ZERO = of(0);
  public static final Range ANY = new Range(Integer.MIN_VALUE, Integer.MAX_VALUE);
  public static final Range ANY_LONG = new Range(Long.MIN_VALUE, Long.MAX_VALUE);

  public Range(long low, long high) {
    this(low, high, -1);
  }

  public static Range of(long value) {
    return new Range(value, value);
  }

  public static Range of(NumberFormat format) {
    return new Range(format.min(), format.max());
  }

  public Range from(int slot) {
    return new Range(low, high, slot);
  }

  public boolean isConstant() {
    return low == high;
  }

  public boolean is(long value) {
    return low == value && high == value;
  }

  public Range join(Range other) {
    return new Range(
        Math.min(low, other.low), Math.max(high, other.high), symbol == other.symbol ? symbol : -1);
  }

  public Range saturated() {
    return new Range(Fixed.saturate(low), Fixed.saturate(high));
  }

  /// Exact if it fits 32 bits, else anything: a wrapping operation.
  public Range wrapped() {
    return (int) low == low && (int) high == high ? new Range(low, high) : ANY;
  }

  public Range plus(Range b) {
    return new Range(Fixed.accumulate(low, b.low), Fixed.accumulate(high, b.high));
  }

  public Range minus(Range b) {
    return new Range(Fixed.decumulate(low, b.high), Fixed.decumulate(high, b.low));
  }

  /// Product of two 32-bit ranges.
  public Range times(Range b) {
    long p = low * b.low;
    long q = low * b.high;
    long r = high * b.low;
    long s = high * b.high;
    return new Range(
        Math.min(Math.min(p, q), Math.min(r, s)), Math.max(Math.max(p, q), Math.max(r, s)));
  }

  public Range shiftedRight(int n, Rounding rounding) {
    if (rounding == Rounding.STOCHASTIC) {
      long up = Fixed.roundShift(high, n, Rounding.DOWN, 0);
      return new Range(Fixed.roundShift(low, n, Rounding.DOWN, 0), (up << n) == high ? up : up + 1);
    }
    return new Range(Fixed.roundShift(low, n, rounding, 0), Fixed.roundShift(high, n, rounding, 0));
  }
}
