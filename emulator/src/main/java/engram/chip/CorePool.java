package engram.chip;

import engram.isa.exec.Registers;
import java.util.concurrent.locks.LockSupport;

/// Runs the cores of a chip through a step on several threads, with one barrier at its end.
///
/// Each thread has cores of its own, dealt out by the time that they took when the caller's thread
/// last ran all of them, and by how fast each thread is. `Sharing` decides which steps the threads
/// share. Results do not depend on it.
final class CorePool implements AutoCloseable {
  /// Looks before a waiting thread gives its processor away, and before it parks.
  private static final int SPINS = 2_000;

  private static final int YIELDS = 50;

  /// Shared steps from one in which hands are timed to the next: no divisor of the steps that a
  /// sample often has.
  private static final int HANDS_APART = 7;

  /// Timed ones from one look at the deal to the next.
  private static final int DEALS_APART = 64;

  /// Steps after which the threads of a test change their cores.
  private static final int TURN = 32;

  private final Core[] cores;
  private final Registers registers;
  private final StepLedger ledger;
  private final boolean always;
  private final boolean timed;
  private final Worker[] workers;
  private final CoreDeal deal;
  private final Sharing sharing = new Sharing();

  private final StepSignals signals;
  private volatile boolean closed;
  private boolean together;
  private long generation;
  private int untilHands = HANDS_APART;
  private int untilDeal = DEALS_APART;
  private long besideNanos;

  /// @param registers whose next step is made beside the cores of this one
  /// @param ledger that is settled there
  /// @param threads the caller's included
  /// @param always share every step, whether that pays or not, and change cores now and then
  /// @param timed measure the phases
  CorePool(
      Core[] cores,
      Registers registers,
      StepLedger ledger,
      int threads,
      boolean always,
      boolean timed) {
    this.cores = cores;
    this.registers = registers;
    this.ledger = ledger;
    this.always = always;
    this.timed = timed;
    int hands = Math.max(1, Math.min(threads, cores.length));
    deal = new CoreDeal(cores.length, hands);
    signals = new StepSignals(hands - 1);
    workers = new Worker[hands - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].thread =
          Thread.ofPlatform().daemon().name("engram-core-" + (i + 1)).start(workers[i]);
    }
  }

  /// Runs all cores through a step; returns when the last is done.
  ///
  /// @return false if a core has stopped
  boolean run(long step) {
    if (closed) {
      throw new IllegalStateException("the chip is closed");
    }
    long outcome;
    if (workers.length == 0) {
      outcome = runAlone(step);
    } else if (always) {
      if (step % TURN == 0) {
        deal.turn();
      }
      together = true;
      outcome = runTogether(step);
    } else {
      outcome = runWherePays(step);
    }
    return outcome != StepSignals.STOPPED;
  }

  private long runWherePays(long step) {
    return switch (sharing.next()) {
      case PLAIN -> runEither(step);
      case TIMED -> {
        long start = System.nanoTime();
        long outcome = runEither(step);
        sharing.took(System.nanoTime() - start, outcome);
        if (sharing.together() && !together) {
          deal.improve();
        }
        together = sharing.together();
        yield outcome;
      }
      case CORES_TIMED -> runCoresTimed(step);
    };
  }

  private long runEither(long step) {
    return together ? runTogether(step) : runAlone(step);
  }

  private long runCoresTimed(long step) {
    long before = System.nanoTime();
    runBeside(step);
    long now = System.nanoTime();
    deal.tookBeside(now - before);
    long outcome = 0;
    for (int c = 0; c < cores.length; c++) {
      before = now;
      outcome = plus(outcome, run(cores[c], step));
      now = System.nanoTime();
      deal.took(c, now - before);
    }
    return outcome;
  }

  private long runAlone(long step) {
    runBeside(step);
    long outcome = 0;
    for (var core : cores) {
      outcome = plus(outcome, run(core, step));
    }
    return outcome;
  }

  private long runTogether(long step) {
    generation++;
    boolean timeHands = isTimeOfHands();
    signals.begin(generation, step, timeHands);
    long start = timeHands ? System.nanoTime() : 0;
    for (var worker : workers) {
      worker.wake();
    }
    long outcome = StepSignals.FAILED;
    try {
      runBeside(step);
      outcome = runHand(0, step);
      if (timeHands) {
        deal.handTook(0, System.nanoTime() - start);
      }
    } finally {
      for (var worker : workers) {
        outcome = plus(outcome, worker.await(generation));
      }
    }
    if (outcome == StepSignals.FAILED) {
      throw new IllegalStateException("a core failed", failure());
    }
    if (timeHands) {
      dealAnew();
    }
    return outcome;
  }

  private boolean isTimeOfHands() {
    if (always || --untilHands > 0) {
      return false;
    }
    untilHands = HANDS_APART;
    return true;
  }

  private void dealAnew() {
    for (var worker : workers) {
      deal.handTook(worker.hand, signals.nanos(worker.hand));
    }
    if (--untilDeal == 0) {
      untilDeal = DEALS_APART;
      deal.improve();
    }
  }

  private Throwable failure() {
    for (var worker : workers) {
      if (worker.failure != null) {
        return worker.failure;
      }
    }
    return null;
  }

  /// Outcome of all cores that two outcomes are of.
  private static long plus(long outcome, long other) {
    long worse = Math.min(outcome, other);
    return worse < 0 ? worse : outcome + other;
  }

  private void runBeside(long step) {
    registers.advance(step);
    if (together) {
      fetch(0, step);
    }
    long start = timed ? System.nanoTime() : 0;
    ledger.settleDue();
    besideNanos += timed ? (System.nanoTime() - start) / threads() : 0;
  }

  /// The share of the run's wall time that went into the ledger; only where phases are measured.
  long besideNanos() {
    return besideNanos;
  }

  /// Threads that work at the same time.
  private int threads() {
    return together ? 1 + workers.length : 1;
  }

  /// Fetches the cache lines that come from other threads in a step, all at once, where a core
  /// would wait for one after the other.
  private void fetch(int hand, long step) {
    int[] own = deal.cores(hand);
    for (int i = 0; i < deal.count(hand); i++) {
      cores[own[i]].fetch(step, registers);
    }
  }

  private long runHand(int hand, long step) {
    int[] own = deal.cores(hand);
    long outcome = 0;
    for (int i = 0; i < deal.count(hand); i++) {
      outcome = plus(outcome, run(cores[own[i]], step));
    }
    return outcome;
  }

  private long run(Core core, long step) {
    if (timed) {
      core.runTimed(step, threads());
    } else {
      core.run(step);
    }
    return core.stop == null ? core.stepCycles(step) : StepSignals.STOPPED;
  }

  /// A thread beside the caller's.
  private final class Worker implements Runnable {
    private final int hand;
    private Thread thread;
    private Throwable failure;

    Worker(int hand) {
      this.hand = hand;
    }

    @Override
    public void run() {
      long seen = 0;
      while (awaitStep(seen)) {
        seen++;
        long start = signals.timed() ? System.nanoTime() : 0;
        long outcome = StepSignals.FAILED;
        try {
          fetch(hand, signals.step());
          outcome = runHand(hand, signals.step());
        } catch (RuntimeException | Error e) {
          failure = e;
        } finally {
          long nanos = signals.timed() ? System.nanoTime() - start : 0;
          signals.end(hand, seen, outcome, nanos);
        }
      }
    }

    /// Waits for the step behind one; false if there will be none.
    private boolean awaitStep(long seen) {
      int spins = 0;
      while (signals.begun() == seen && !closed) {
        spins++;
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else if (spins < SPINS + YIELDS) {
          Thread.yield();
        } else {
          signals.park(hand, true);
          if (signals.begun() == seen && !closed) {
            LockSupport.park(CorePool.this);
          }
          signals.park(hand, false);
        }
      }
      return !closed;
    }

    /// For the caller: ends the thread's sleep, if it sleeps.
    private void wake() {
      if (signals.parked(hand)) {
        LockSupport.unpark(thread);
      }
    }

    /// For the caller: waits until the thread is through with a step; returns how it ended.
    private long await(long step) {
      if (signals.done(hand) != step) {
        StepSignals.arrive();
        wake();
      }
      for (int spins = 0; signals.done(hand) != step; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else {
          Thread.yield();
        }
      }
      return signals.outcome(hand);
    }
  }

  /// Ends the threads and waits until they are gone, so that nothing of the chip is held any more.
  @Override
  public void close() {
    closed = true;
    for (var worker : workers) {
      LockSupport.unpark(worker.thread);
    }
    try {
      for (var worker : workers) {
        worker.thread.join();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
