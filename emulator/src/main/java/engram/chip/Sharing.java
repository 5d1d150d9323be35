package engram.chip;

/// Decides whether the threads of a chip share its steps. That depends on the work of a step, and
/// on what else the machine does at the time, so both ways are tried again and again: rounds of
/// steps one way, then a round the other way. What loses its trial waits for the next, each time
/// twice as long.
///
/// Steps differ in their work, so their time is judged by the cycles that the chip counted in them.
final class Sharing {
  /// What a step is run for, beside its results.
  enum Step {
    PLAIN,

    /// The time that it takes: `took` wants to know.
    TIMED,

    /// The time of each core, on the caller's thread.
    CORES_TIMED
  }

  /// A step below this is not worth two looks at the clock, nor a second thread: most go untimed.
  private static final long SHORT_NANOS = 1_000;

  private static final int UNTIMED = 15;

  /// Shared steps from one that is timed to the next: no divisor of the steps that a sample often
  /// has. In a trial every one is, to end it soon.
  private static final int SHARED_APART = 3;

  /// Steps alone from one whose cores are timed to the next.
  private static final int CORES_APART = 7;

  /// Timed steps of a round, and nanoseconds, at least.
  private static final int ROUND = 8;

  private static final long ROUND_NANOS = 2_000_000;

  /// Steps behind a change of the way that do not count, and nanoseconds, at least: threads wake,
  /// caches fill.
  private static final int WARM_UP = 16;

  private static final long WARM_UP_NANOS = 500_000;

  /// A trial that has taken as long as a round is over if that is so many times what its steps
  /// would have taken alone.
  private static final int HOPELESS = 8;

  /// A step counts for so many times what it would have taken alone at most: what interrupts a
  /// thread once may not decide.
  private static final int MOST = 4;

  /// Share of the time alone that several threads must stay below.
  private static final double WORTH = 0.97;

  /// Rounds until a trial, at least and at most.
  private static final int LEAST_WAIT = 2;

  private static final int MOST_WAIT = 64;

  private boolean together;

  // Nanoseconds a cycle, when last measured.
  private double costAlone = Double.POSITIVE_INFINITY;
  private double costTogether = Double.POSITIVE_INFINITY;

  private int untimed;
  private int untilCores = CORES_APART;

  // The present round: what counts of it, and all of it.
  private boolean trial;
  private int steps;
  private long cycles;
  private double nanos;
  private int allSteps;
  private long allCycles;
  private long allNanos;
  private boolean warm = true;

  private int rounds;
  private int wait = LEAST_WAIT;

  /// True if the next step is to be shared.
  boolean together() {
    return together;
  }

  /// What the next step is run for.
  Step next() {
    if (untimed > 0) {
      untimed--;
      return Step.PLAIN;
    }
    if (!together && --untilCores == 0) {
      untilCores = CORES_APART;
      return Step.CORES_TIMED;
    }
    return Step.TIMED;
  }

  /// A step took some time.
  ///
  /// @param counted cycles of all its cores; less than 0 if one of them stopped in it: what the
  ///   step took says nothing then
  void took(long time, long counted) {
    if (counted < 0) {
      return;
    }
    untimed = untimed(time);
    allSteps++;
    allCycles += counted + 1;
    allNanos += time;
    if (warm) {
      count(time, counted + 1);
    } else {
      warm = allSteps >= WARM_UP && allNanos >= WARM_UP_NANOS;
    }
    boolean hopeless =
        trial && together && allNanos >= ROUND_NANOS && allNanos > HOPELESS * costAlone * allCycles;
    if (hopeless) {
      count(time, counted + 1);
      endRound();
    } else if (steps >= ROUND && allNanos >= ROUND_NANOS) {
      endRound();
    }
  }

  private void count(long time, long worked) {
    steps++;
    cycles += worked;
    nanos += Math.min(time, MOST * costAlone * worked);
  }

  /// Steps behind one that took some time which are not worth to be timed.
  private int untimed(long time) {
    if (together) {
      return trial ? 0 : SHARED_APART - 1;
    }
    return time < SHORT_NANOS ? UNTIMED : 0;
  }

  private void endRound() {
    double cost = nanos / cycles;
    if (together) {
      costTogether = cost;
    } else {
      costAlone = cost;
    }
    boolean pays = costTogether < WORTH * costAlone;
    if (pays != together) {
      wait = trial ? Math.min(2 * wait, MOST_WAIT) : LEAST_WAIT;
      begin(pays, false);
    } else if (trial) {
      wait = LEAST_WAIT;
      begin(pays, false);
    } else if (++rounds >= wait) {
      begin(!together, true);
    }
    steps = 0;
    cycles = 0;
    nanos = 0;
    allSteps = 0;
    allCycles = 0;
    allNanos = 0;
  }

  private void begin(boolean way, boolean asTrial) {
    warm = way == together;
    together = way;
    trial = asTrial;
    rounds = 0;
  }
}
