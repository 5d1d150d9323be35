package engram.cli.report;

import java.util.Locale;

/// Counts where there is little room.
final class Amount {
  private static final String[] UNITS = {"", "k", "M", "G", "T", "P"};

  private Amount() {}

  /// A count in three digits: 950, 12.3k, 4.6M.
  static String of(double count) {
    double left = count;
    int unit = 0;
    while (left >= 999.5 && unit < UNITS.length - 1) {
      left /= 1000;
      unit++;
    }
    boolean whole = left >= 99.95 || left == Math.rint(left);
    return String.format(Locale.ROOT, whole ? "%.0f%s" : "%.1f%s", left, UNITS[unit]);
  }
}
