package engram.isa;

/// How a number is held: `s24 q(10)` is signed, 24 bits wide, 10 of them behind the binary point.
/// The fraction is an annotation: it tells people and hosts what 1.0 is and changes no arithmetic.
///
/// @param bits 1 to 32; an unsigned format has at most 31, so that registers hold all of it
public record NumberFormat(boolean signed, int bits, int fraction) {
  /// The widest format.
  public static final NumberFormat S32 = new NumberFormat(true, 32, 0);

  /// One bit: 0 or 1.
  public static final NumberFormat BIT = new NumberFormat(false, 1, 0);

  public NumberFormat {
    int most = signed ? 32 : 31;
    if (bits < 1 || bits > most) {
      throw new IllegalArgumentException(
          (signed ? "s" : "u") + " width: " + bits + " (expected: 1 to " + most + ")");
    }
    if (fraction < 0 || fraction > 31) {
      throw new IllegalArgumentException("fraction bits: " + fraction + " (expected: 0 to 31)");
    }
  }

  public static NumberFormat signed(int bits) {
    return new NumberFormat(true, bits, 0);
  }

  public static NumberFormat unsigned(int bits) {
    return new NumberFormat(false, bits, 0);
  }

  public int min() {
    return signed ? -1 << (bits - 1) : 0;
  }

  public int max() {
    return (int) ((1L << (signed ? bits - 1 : bits)) - 1);
  }

  public boolean holds(long value) {
    return min() <= value && value <= max();
  }

  public int saturate(long value) {
    return (int) Fixed.clip(value, min(), max());
  }

  public int wrap(long value) {
    int unused = 64 - bits;
    return (int) (signed ? value << unused >> unused : value << unused >>> unused);
  }

  /// The real number that a stored integer stands for.
  public double toReal(int value) {
    return Math.scalb((double) value, -fraction);
  }

  @Override
  public String toString() {
    return (signed ? "s" : "u") + bits + (fraction == 0 ? "" : " q(" + fraction + ")");
  }
}
