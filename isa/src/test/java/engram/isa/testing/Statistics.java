package engram.isa.testing;

import java.util.function.IntUnaryOperator;

/// Test statistics of 32-bit draws, each as a number of standard deviations from what even,
/// independent bits would give.
public final class Statistics {
  private Statistics() {}

  /// Chi-square of counts against equal chances, by the approximation of Wilson and Hilferty.
  public static double chiSquare(int[] counts, long draws) {
    double expected = (double) draws / counts.length;
    double sum = 0;
    for (int count : counts) {
      sum += (count - expected) * (count - expected) / expected;
    }
    double degrees = counts.length - 1;
    double spread = 2 / (9 * degrees);
    return (Math.cbrt(sum / degrees) - (1 - spread)) / Math.sqrt(spread);
  }

  /// How often each value of a byte occurs, the byte at `shift`.
  public static int[] bytes(IntUnaryOperator draw, int count, int shift) {
    int[] counts = new int[256];
    for (int i = 0; i < count; i++) {
      counts[draw.applyAsInt(i) >>> shift & 0xff]++;
    }
    return counts;
  }

  /// Correlation of each draw with the one `lag` later.
  public static double serial(IntUnaryOperator draw, int count, int lag) {
    return correlation(draw, i -> draw.applyAsInt(i + lag), count);
  }

  /// Correlation of two series. Of even draws in -0.5..0.5 a product has variance 1/144.
  public static double correlation(IntUnaryOperator a, IntUnaryOperator b, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += centred(a.applyAsInt(i)) * centred(b.applyAsInt(i));
    }
    return sum * 12 / Math.sqrt(count);
  }

  private static double centred(int bits) {
    return (bits + 0.5) * 0x1p-32;
  }

  /// The most uneven of the 32 bits.
  public static double bitBalance(IntUnaryOperator draw, int count) {
    int[] ones = new int[32];
    for (int i = 0; i < count; i++) {
      addBits(ones, draw.applyAsInt(i));
    }
    return worst(ones, count);
  }

  /// Adds every bit of a word to its counter.
  public static void addBits(int[] ones, int word) {
    for (int bit = 0; bit < 32; bit++) {
      ones[bit] += word >>> bit & 1;
    }
  }

  /// The counter that is furthest from half.
  public static double worst(int[] ones, int count) {
    double worst = 0;
    for (int bit : ones) {
      double deviation = (bit - count / 2.0) / (Math.sqrt(count) / 2);
      worst = Math.abs(deviation) > Math.abs(worst) ? deviation : worst;
    }
    return worst;
  }

  /// Chi-square of pairs of neighbours, 4 bits of each: 256 boxes, pairs that do not overlap.
  public static double pairs(IntUnaryOperator draw, int count, int shift) {
    int[] counts = new int[256];
    for (int i = 0; i + 1 < count; i += 2) {
      int first = draw.applyAsInt(i) >>> shift & 0xf;
      int second = draw.applyAsInt(i + 1) >>> shift & 0xf;
      counts[first << 4 | second]++;
    }
    return chiSquare(counts, count / 2);
  }
}
