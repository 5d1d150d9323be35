package engram.cli.bench;

/// How measurements are taken.
///
/// @param quick sizes that say nothing about speed and take no time
/// @param threads of the runs on several threads; 1 for none
/// @param rounds in which the things that are compared take turns
/// @param scale factor on the neurons of the large networks
record Setting(boolean quick, int threads, int rounds, double scale) {
  /// A size: the one to measure, or the quick one.
  int size(int full, int small) {
    return quick ? small : full;
  }

  /// A size of a large network.
  int scaled(int full, int small) {
    return quick ? small : (int) Math.max(1, Math.round(full * scale));
  }
}
