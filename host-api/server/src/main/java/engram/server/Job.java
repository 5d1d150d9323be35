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

  /// Goes on for a step or a sample; true if the job is done, and answered.
  boolean advance();

  /// Ends the job early, and answers.
  void end(Code why);

  /// The chip failed in the middle of the job.
  void fail(Throwable failure);
}
