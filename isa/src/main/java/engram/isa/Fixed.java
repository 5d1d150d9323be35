package engram.isa;

/// The arithmetic of the machine, each operation once and by name; interpreter and compiler both
/// call it. 32-bit two's complement values, 64-bit accumulators. "Narrow" is: exact result, round,
/// then saturate.
public final class Fixed {
  private Fixed() {}

  /// The nearest 32-bit value.
  public static int saturate(long x) {
    int low = (int) x;
    return low == x ? low : x < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
  }

  /// The nearest value in `low..high`.
  public static long clip(long x, long low, long high) {
    return Math.min(Math.max(x, low), high);
  }

  public static int addSaturating(int a, int b) {
    int sum = a + b;
    return ((a ^ sum) & (b ^ sum)) < 0 ? (a >> 31) ^ Integer.MAX_VALUE : sum;
  }

  public static int subtractSaturating(int a, int b) {
    int difference = a - b;
    return ((a ^ b) & (a ^ difference)) < 0 ? (a >> 31) ^ Integer.MAX_VALUE : difference;
  }

  public static int negateSaturating(int a) {
    return a == Integer.MIN_VALUE ? Integer.MAX_VALUE : -a;
  }

  public static int absSaturating(int a) {
    return a < 0 ? negateSaturating(a) : a;
  }

  public static int sign(int a) {
    return Integer.signum(a);
  }

  /// A shift amount from a register: clipped to 0..31.
  public static int shiftAmount(int n) {
    return Math.min(Math.max(n, 0), 31);
  }

  /// `a * 2^n`, saturated; n is 0 to 31.
  public static int shiftLeftSaturating(int a, int n) {
    return saturate((long) a << n);
  }

  /// `a / 2^n`, rounded; n is 0 to 31. `random` is used by stochastic rounding alone.
  public static int shiftRight(int a, int n, Rounding rounding, int random) {
    return (int) roundShift(a, n, rounding, random);
  }

  /// `a * b / 2^n`, rounded, saturated; n is 0 to 63.
  public static int multiply(int a, int b, int n, Rounding rounding, int random) {
    return saturate(roundShift((long) a * b, n, rounding, random));
  }

  /// `acc / 2^n`, rounded, saturated to 32 bits; n is 0 to 63.
  public static int narrow(long acc, int n, Rounding rounding, int random) {
    return saturate(roundShift(acc, n, rounding, random));
  }

  /// `acc + x`, saturated at 64 bits.
  public static long accumulate(long acc, long x) {
    long sum = acc + x;
    return ((acc ^ sum) & (x ^ sum)) < 0 ? (acc >> 63) ^ Long.MAX_VALUE : sum;
  }

  /// `acc - x`, saturated at 64 bits.
  public static long decumulate(long acc, long x) {
    long difference = acc - x;
    return ((acc ^ x) & (acc ^ difference)) < 0 ? (acc >> 63) ^ Long.MAX_VALUE : difference;
  }

  /// `x / 2^n`, rounded; n is 0 to 63. Stochastic rounding adds the top n of the 32 random bits
  /// (for n over 32: all of them, with zeros below) to the n bits that are dropped.
  public static long roundShift(long x, int n, Rounding rounding, int random) {
    if (n == 0) {
      return x;
    }
    long down = x >> n;
    return switch (rounding) {
      case DOWN -> down;
      case TOWARD_ZERO -> x < 0 && (down << n) != x ? down + 1 : down;
      case NEAREST -> down + ((x >>> (n - 1)) & 1);
      case STOCHASTIC -> {
        long dropped = x - (down << n);
        long bits = random & 0xffff_ffffL;
        long threshold = n <= 32 ? bits >>> (32 - n) : bits << (n - 32);
        yield down + ((dropped + threshold) >>> n);
      }
    };
  }

  /// The entry at `index`, clipped to the table.
  public static int lookUp(int[] table, int index) {
    return table[Math.min(Math.max(index, 0), table.length - 1)];
  }

  /// The table at `x / 2^fraction`, a straight line between entries, rounded to nearest; clipped to
  /// the table. Fraction is 0 to 16.
  public static int interpolate(int[] table, int x, int fraction) {
    int index = x >> fraction;
    if (index < 0) {
      return table[0];
    }
    if (index >= table.length - 1) {
      return table[table.length - 1];
    }
    long slope = (long) table[index + 1] - table[index];
    long part = x & ((1 << fraction) - 1);
    return (int) (table[index] + roundShift(slope * part, fraction, Rounding.NEAREST, 0));
  }
}
