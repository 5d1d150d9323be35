package engram.client;

/// Why a run ended.
public enum RunEnd {
  /// What it ran for is done.
  DONE,
  /// Stopped, by the client or its deadline.
  CANCELLED,
  /// The most steps that it was allowed have gone by.
  MOST_STEPS,
  /// The lease ended, or the server went down.
  RELEASED;

  static RunEnd of(engram.protocol.v1.RunEnd end) {
    return switch (end) {
      case RUN_END_DONE -> DONE;
      case RUN_END_CANCELLED -> CANCELLED;
      case RUN_END_MOST_STEPS -> MOST_STEPS;
      case RUN_END_RELEASED -> RELEASED;
      case RUN_END_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("end of a run: " + end);
    };
  }
}
