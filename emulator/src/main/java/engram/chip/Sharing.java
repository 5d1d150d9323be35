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

  /// Steps alone from one whose cores are timed to the next.
  private static final int CORES_APART = 7;

  /// Timed steps of a round, and nanoseconds, at least.
  private static final int ROUND = 8;

  private static final long ROUND_NANOS = 2_000_000;

  /// Steps behind a change of the way that do not count: threads wake, caches change.
  private static final int WARM_UP = 16;

  /// A trial is over at a step that takes so many times what it would have taken alone.
  private static final int HOPELESS = 8;

  /// Share of the time alone that several threads must stay below.
  private static final double WORTH = 0.97;

  /// Rounds until a trial, at least and at most.
  private static final int LEAST_WAIT = 2;

  private static final int MOST_WAIT = 256;

  private boolean together;

  // Nanoseconds a cycle, when last measured.
  private double costAlone = Double.POSITIVE_INFINITY;
  private double costTogether = Double.POSITIVE_INFINITY;

  private int untimed;
  private int untilCores = CORES_APART;

  // The present round.
  private boolean trial;
  private int warmUp;
  private int steps;
  private long nanos;
  private long cycles;

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
  /// @param counted cycles of all its cores
  void took(long time, long counted) {
    untimed = !together && time < SHORT_NANOS ? UNTIMED : 0;
    if (warmUp > 0) {
      warmUp--;
      return;
    }
    boolean hopeless = trial && together && time > HOPELESS * costAlone * (counted + 1);
    steps++;
    nanos += time;
    cycles += counted + 1;
    if (hopeless || steps >= ROUND && nanos >= ROUND_NANOS) {
      endRound();
    }
  }

  private void endRound() {
    double cost = (double) nanos / cycles;
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
    nanos = 0;
    cycles = 0;
  }

  private void begin(boolean way, boolean asTrial) {
    warmUp = way == together ? 0 : WARM_UP;
    together = way;
    trial = asTrial;
    rounds = 0;
  }
}
