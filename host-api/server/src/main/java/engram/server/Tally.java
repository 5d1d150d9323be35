package engram.server;

import engram.protocol.v1.ActivityResponse;

/// What has happened on a chip since its lease began, of the chip's own thread.
final class Tally {
  private static final int NANOS = 1000;

  private long pacedSteps;
  private long missed;
  private long latenessNanos;
  private long worstNanos;
  private long busyNanos;
  private long lost;

  /// A paced run begins.
  void paced() {
    worstNanos = 0;
  }

  /// A step of a paced run begins.
  void began(long lateness, boolean missedIt) {
    pacedSteps++;
    missed += missedIt ? 1 : 0;
    latenessNanos += Math.max(0, lateness);
    worstNanos = Math.max(worstNanos, lateness);
  }

  /// A step of a paced run has ended.
  void took(long nanos) {
    busyNanos += nanos;
  }

  /// Streams have dropped something.
  void lose(long units) {
    lost += units;
  }

  long lost() {
    return lost;
  }

  /// @param stepUs of the run that is on its way; 0: none is paced
  ActivityResponse.Pace pace(int stepUs) {
    return ActivityResponse.Pace.newBuilder()
        .setStepUs(stepUs)
        .setSteps(pacedSteps)
        .setMissedDeadlines(missed)
        .setLatenessUs(latenessNanos / NANOS)
        .setWorstLatenessUs(worstNanos / NANOS)
        .setBusyUs(busyNanos / NANOS)
        .build();
  }
}
