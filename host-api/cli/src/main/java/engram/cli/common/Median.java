package engram.cli.common;

import java.util.stream.DoubleStream;

/// The middle of some numbers.
public final class Median {
  private Median() {}

  /// The middle one, or the mean of the two in the middle; NaN of none.
  public static double of(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    if (sorted.length == 0) {
      return Double.NaN;
    }
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  public static double of(double... values) {
    return of(DoubleStream.of(values));
  }
}
