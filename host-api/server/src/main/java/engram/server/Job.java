package engram.server;

import engram.protocol.v1.Code;

/// What a chip is doing: a run or a play. All methods are called by the chip's own thread.
interface Job {
  /// False if the job waits for somebody: for samples, for credit.
  boolean isReady();

  /// Nanoseconds until the job wants to go on; 0 or less: now.
  default long waitNanos() {
    return 0;
  }

  /// Microseconds of the wall clock a step; 0: the job is not paced.
  default int stepUs() {
    return 0;
  }

  /// Goes on for a step; true if the job is done.
  boolean advance();

  /// Answers, after the job is done.
  void finish();

  /// True if the job is told to end early, and will be done by itself soon.
  default boolean endsLater(Code why) {
    return false;
  }

  /// The job has ended early: answers.
  void end(Code why);

  /// The chip failed in the middle of the job.
  void fail(Throwable failure);
}
