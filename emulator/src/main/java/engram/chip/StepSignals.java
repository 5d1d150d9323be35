package engram.chip;

import engram.isa.exec.Padding;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLongArray;

/// What the threads of a chip tell each other of a step: the caller that it begins, each worker how
/// it ended. Who waits for word looks at one cache line, and no two threads write into the same.
///
/// To begin a step is a plain store that may take a while to arrive: the caller goes on with its
/// own cores meanwhile. So it looks once more, behind a fence, whether a worker went to sleep
/// before the word came.
final class StepSignals {
  /// How a step ended: the cycles of the cores, or one of these.
  static final long STOPPED = -1;

  static final long FAILED = -2;

  private static final int APART = Padding.APART / 2;

  // The caller's line.
  private static final int BEGUN = 0;
  private static final int STEP = 1;
  private static final int TIMED = 2;

  // A worker's line.
  private static final int DONE = 0;
  private static final int OUTCOME = 1;
  private static final int NANOS = 2;
  private static final int PARKED = 3;

  private final AtomicLongArray words;

  StepSignals(int workers) {
    words = new AtomicLongArray((workers + 2) * APART);
  }

  /// @param thread 0 for the caller, else the worker's number
  private static int at(int thread, int word) {
    return (thread + 1) * APART + word;
  }

  /// Begins a step.
  ///
  /// @param generation one more than that of the step before
  /// @param timed workers must say how long it takes them
  void begin(long generation, long step, boolean timed) {
    words.setPlain(at(0, STEP), step);
    words.setPlain(at(0, TIMED), timed ? 1 : 0);
    words.setRelease(at(0, BEGUN), generation);
  }

  /// Generation of the step that was begun last.
  long begun() {
    return words.get(at(0, BEGUN));
  }

  long step() {
    return words.getPlain(at(0, STEP));
  }

  boolean timed() {
    return words.getPlain(at(0, TIMED)) != 0;
  }

  /// A worker is through with a step.
  ///
  /// @param nanos that it took; only where it is timed
  void end(int worker, long generation, long outcome, long nanos) {
    words.setPlain(at(worker, NANOS), nanos);
    words.setPlain(at(worker, OUTCOME), outcome);
    words.setRelease(at(worker, DONE), generation);
  }

  /// Generation of the last step that a worker is through with.
  long done(int worker) {
    return words.getAcquire(at(worker, DONE));
  }

  /// How that step ended.
  long outcome(int worker) {
    return words.getPlain(at(worker, OUTCOME));
  }

  /// Nanoseconds that it took the worker.
  long nanos(int worker) {
    return words.getPlain(at(worker, NANOS));
  }

  /// A worker goes to sleep, unless `begun` says otherwise, or is awake again.
  void park(int worker, boolean asleep) {
    words.set(at(worker, PARKED), asleep ? 1 : 0);
  }

  /// True if a worker may be asleep; it may have become so after the last step was begun.
  boolean parked(int worker) {
    return words.getPlain(at(worker, PARKED)) != 0;
  }

  /// Makes sure that a worker knows of the step which was begun, or that `parked` knows of the
  /// worker.
  static void arrive() {
    VarHandle.fullFence();
  }
}
