package engram.isa.exec;

/// A value of many lanes or rows, with a ring of past steps.
sealed interface Column permits IntColumn, LongColumn, StreamColumn {
  /// Makes `step + 1` the present.
  void advance(long step);

  /// True if a new step always finds what the last one left, without `advance`.
  boolean isConstant();
}
