package engram.isa.testing;

import engram.isa.NumberFormat;
import engram.isa.Overflow;
import engram.isa.Rounding;
import java.math.BigInteger;
import java.util.stream.IntStream;

/// The arithmetic of the machine in unbounded integers, from the words of the manual: exact result,
/// round, narrow.
public final class Exact {
  private static final BigInteger[] POWERS =
      IntStream.rangeClosed(0, 64).mapToObj(BigInteger.TWO::pow).toArray(BigInteger[]::new);

  private Exact() {}

  public static BigInteger of(long x) {
    return BigInteger.valueOf(x);
  }

  /// 2^n.
  public static BigInteger power(int n) {
    return POWERS[n];
  }

  /// The nearest signed value of so many bits.
  public static BigInteger saturate(BigInteger x, int bits) {
    var limit = power(bits - 1);
    return x.max(limit.negate()).min(limit.subtract(BigInteger.ONE));
  }

  /// The signed value of the low bits.
  public static BigInteger wrap(BigInteger x, int bits) {
    var limit = power(bits - 1);
    return x.add(limit).mod(power(bits)).subtract(limit);
  }

  /// `x / 2^n`, rounded.
  ///
  /// @param random 32 random bits, for stochastic rounding
  public static BigInteger shift(BigInteger x, int n, Rounding rounding, BigInteger random) {
    return switch (rounding) {
      case DOWN -> floor(x, power(n));
      case TOWARD_ZERO -> x.divide(power(n));
      case NEAREST -> floor(x.shiftLeft(1).add(power(n)), power(n + 1));
      // The random fraction has n bits, as many as are dropped, but no more than 32 of them.
      case STOCHASTIC -> floor(x.add(random.multiply(power(n)).divide(power(32))), power(n));
    };
  }

  /// The table at `x / 2^fraction`, a straight line between entries.
  public static BigInteger interpolate(int[] table, BigInteger x, int fraction) {
    var unit = power(fraction);
    var last = unit.multiply(of(table.length - 1));
    var at = x.max(BigInteger.ZERO).min(last);
    int index = at.divide(unit).intValueExact();
    int next = Math.min(index + 1, table.length - 1);
    var part = at.mod(unit);
    // In units of 2^-fraction; then to the nearest integer.
    var between =
        of(table[index]).multiply(unit.subtract(part)).add(of(table[next]).multiply(part));
    return shift(between, fraction, Rounding.NEAREST, null);
  }

  /// A value as a field of a format holds it.
  public static BigInteger narrow(BigInteger x, NumberFormat format, Overflow overflow) {
    var low = format.signed() ? power(format.bits() - 1).negate() : BigInteger.ZERO;
    var span = power(format.bits());
    var high = low.add(span).subtract(BigInteger.ONE);
    return switch (overflow) {
      case SATURATE -> x.max(low).min(high);
      case WRAP -> x.subtract(low).mod(span).add(low);
      case STOP -> {
        if (x.compareTo(low) < 0 || x.compareTo(high) > 0) {
          throw new ArithmeticException("stop");
        }
        yield x;
      }
    };
  }

  private static BigInteger floor(BigInteger x, BigInteger by) {
    return x.subtract(x.mod(by)).divide(by);
  }
}
