package engram.cli.bench.host;

import java.util.Arrays;

/// Medians and other quantiles.
final class Figures {
  private Figures() {}

  static double median(double[] values) {
    return quantile(values, 0.5);
  }

  /// The smallest value that a share of all do not exceed.
  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[Math.clamp((int) Math.ceil(share * sorted.length) - 1, 0, sorted.length - 1)];
  }
}
