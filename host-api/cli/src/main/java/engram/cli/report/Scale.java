package engram.cli.report;

import java.util.Locale;

/// How numbers become places along an axis. Its ends are round numbers, and so is the step between
/// its marks.
///
/// @param low number at the place `from`
/// @param high number at the place `to`
/// @param step between two marks
record Scale(double low, double high, double step, double from, double to) {
  /// An axis around some numbers.
  ///
  /// @param marks about as many
  static Scale around(double least, double most, int marks, double from, double to) {
    double span = most > least ? most - least : Math.max(1, Math.abs(most));
    double rough = span / marks;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double step = power * 10;
    for (int factor : new int[] {5, 2, 1}) {
      if (power * factor >= rough) {
        step = power * factor;
      }
    }
    double low = Math.floor(least / step + 1e-9) * step;
    double high = Math.ceil(most / step - 1e-9) * step;
    return new Scale(low, high > low ? high : low + step, step, from, to);
  }

  double at(double value) {
    return from + (value - low) / (high - low) * (to - from);
  }

  int marks() {
    return (int) Math.round((high - low) / step) + 1;
  }

  double mark(int i) {
    return low + i * step;
  }

  /// A mark's number, with as many decimals as tell it from its neighbours.
  String label(int i) {
    int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
    return String.format(Locale.ROOT, "%." + decimals + "f", mark(i));
  }

  /// A count in three digits: 950, 12.3k, 4.6M.
  static String amount(double value) {
    String[] units = {"", "k", "M", "G", "T", "P"};
    double left = value;
    int unit = 0;
    while (left >= 999.5 && unit < units.length - 1) {
      left /= 1000;
      unit++;
    }
    boolean whole = left >= 99.95 || left == Math.rint(left);
    return String.format(Locale.ROOT, whole ? "%.0f%s" : "%.1f%s", left, units[unit]);
  }
}
