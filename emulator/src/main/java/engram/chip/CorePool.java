package engram.chip;

import java.util.concurrent.locks.LockSupport;

/// Runs the cores of a chip through a step on several threads, with one barrier at its end.
///
/// Each thread has cores of its own, dealt out by the time that they took when the caller's thread
/// last ran all of them. `Sharing` decides which steps the threads share. Results do not depend on
/// it.
final class CorePool implements AutoCloseable {
  /// Looks before a waiting thread gives its processor away, and before it parks.
  private static final int SPINS = 2_000;

  private static final int YIELDS = 50;

  /// Steps after which the threads of a test change their cores.
  private static final int TURN = 32;

  private final Core[] cores;
  private final Runnable beside;
  private final boolean always;
  private final boolean timed;
  private final Worker[] workers;
  private final CoreDeal deal;
  private final Sharing sharing = new Sharing();

  private boolean together;
  private long besideNanos;

  private volatile long generation;
  private volatile boolean closed;
  private long step;
  private boolean open;

  /// @param beside what the caller's thread does in each step before its cores, while other threads
  ///   run theirs
  /// @param threads the caller's included
  /// @param always share every step, whether that pays or not, and change cores now and then
  /// @param timed measure the phases
  CorePool(Core[] cores, Runnable beside, int threads, boolean always, boolean timed) {
    this.cores = cores;
    this.beside = beside;
    this.always = always;
    this.timed = timed;
    int hands = Math.max(1, Math.min(threads, cores.length));
    deal = new CoreDeal(cores.length, hands);
    workers = new Worker[hands - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].thread =
          Thread.ofPlatform().daemon().name("engram-core-" + (i + 1)).start(workers[i]);
    }
  }

  /// Runs all cores through a step; returns when the last is done.
  ///
  /// @param openFirst the cores must make the step the present first
  void run(long step, boolean openFirst) {
    if (closed) {
      throw new IllegalStateException("the chip is closed");
    }
    this.step = step;
    open = openFirst;
    if (workers.length == 0) {
      runAlone();
    } else if (always) {
      if (step % TURN == 0) {
        deal.turn();
      }
      together = true;
      runTogether();
    } else {
      runWherePays();
    }
  }

  private void runWherePays() {
    switch (sharing.next()) {
      case PLAIN -> runEither();
      case TIMED -> {
        long start = System.nanoTime();
        runEither();
        sharing.took(System.nanoTime() - start, stepCycles());
        if (sharing.together() && !together) {
          deal.improve();
        }
        together = sharing.together();
      }
      case CORES_TIMED -> {
        long before = System.nanoTime();
        runBeside();
        long now = System.nanoTime();
        deal.tookBeside(now - before);
        for (int c = 0; c < cores.length; c++) {
          before = now;
          run(cores[c], 0);
          now = System.nanoTime();
          deal.took(c, now - before);
        }
      }
    }
  }

  private long stepCycles() {
    long all = 0;
    for (var core : cores) {
      all += core.stepCycles(step);
    }
    return all;
  }

  private void runEither() {
    if (together) {
      runTogether();
    } else {
      runAlone();
    }
  }

  private void runAlone() {
    runBeside();
    for (var core : cores) {
      run(core, 0);
    }
  }

  private void runTogether() {
    long next = generation + 1;
    generation = next;
    for (var worker : workers) {
      if (worker.parked) {
        LockSupport.unpark(worker.thread);
      }
    }
    try {
      runBeside();
      runHand(0);
    } finally {
      for (var worker : workers) {
        for (int spins = 0; worker.done != next; spins++) {
          if (spins < SPINS) {
            Thread.onSpinWait();
          } else {
            Thread.yield();
          }
        }
      }
    }
    for (var worker : workers) {
      if (worker.failure != null) {
        throw new IllegalStateException("a core failed", worker.failure);
      }
    }
  }

  private void runBeside() {
    if (timed) {
      long start = System.nanoTime();
      beside.run();
      besideNanos += (System.nanoTime() - start) / threads();
    } else {
      beside.run();
    }
  }

  /// The share of the run's wall time that went into what the caller does beside the cores; only
  /// where phases are measured.
  long besideNanos() {
    return besideNanos;
  }

  /// Threads that work at the same time.
  private int threads() {
    return together ? 1 + workers.length : 1;
  }

  private void runHand(int hand) {
    int[] own = deal.cores(hand);
    for (int i = 0; i < deal.count(hand); i++) {
      run(cores[own[i]], hand);
    }
  }

  private void run(Core core, int hand) {
    if (open) {
      core.open(step);
    }
    if (timed) {
      core.runTimed(step, hand, threads());
    } else {
      core.run(step, hand);
    }
  }

  /// A thread beside the caller's.
  private final class Worker implements Runnable {
    private final int hand;
    private Thread thread;

    /// The last step, by `generation`, that its cores are through.
    private volatile long done;

    private volatile boolean parked;
    private Throwable failure;

    Worker(int hand) {
      this.hand = hand;
    }

    @Override
    public void run() {
      long seen = 0;
      while (awaitStep(seen)) {
        seen++;
        try {
          runHand(hand);
        } catch (RuntimeException | Error e) {
          failure = e;
        } finally {
          done = seen;
        }
      }
    }

    /// Waits for the step behind one; false if there will be none.
    private boolean awaitStep(long seen) {
      int spins = 0;
      while (generation == seen && !closed) {
        spins++;
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else if (spins < SPINS + YIELDS) {
          Thread.yield();
        } else {
          parked = true;
          if (generation == seen && !closed) {
            LockSupport.park(CorePool.this);
          }
          parked = false;
        }
      }
      return !closed;
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
