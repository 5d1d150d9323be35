package engram.chip;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/// Runs the cores of a chip through a step on several threads, with one barrier at its end.
///
/// Each thread has cores of its own, dealt out anew now and then by the work that they had. Whether
/// several threads are faster than the caller's alone depends on the work of a step, and on what
/// else the machine does at the time. So that is tried: as long as blocks of steps take less time
/// together than one took alone, it stays that way; otherwise the next trial waits, each time twice
/// as long. Results do not depend on it.
final class CorePool implements AutoCloseable {
  /// Looks before a waiting thread gives its processor away, and before it parks.
  private static final int SPINS = 2_000;

  private static final int YIELDS = 50;

  /// Steps of a block.
  private static final int BLOCK = 32;

  /// Blocks together before one is run alone, to compare.
  private static final int ROUND = 128;

  /// Blocks alone before the next trial, at least and at most.
  private static final int LEAST_WAIT = 8;

  private static final int MOST_WAIT = 4_096;

  private final Core[] cores;
  private final boolean always;
  private final boolean timed;
  private final Worker[] workers;

  /// What each thread has, the caller first.
  private final Hand[] hands;

  private final long[] workBefore;
  private final long[] work;

  /// Numbers of cores by work, the most first.
  private final int[] order;

  private boolean together;
  private int steps;
  private int blocks;
  private int wait = LEAST_WAIT;
  private long blockStart;
  private long aloneNanos;

  private volatile long generation;
  private volatile boolean closed;
  private long step;
  private boolean open;

  /// @param threads the caller's included
  /// @param always share every step, whether that pays or not
  /// @param timed measure the phases
  CorePool(Core[] cores, int threads, boolean always, boolean timed) {
    this.cores = cores;
    this.always = always;
    this.timed = timed;
    workBefore = new long[cores.length];
    work = new long[cores.length];
    order = new int[cores.length];
    hands = new Hand[Math.min(threads, cores.length)];
    Arrays.setAll(hands, _ -> new Hand(cores.length));
    workers = new Worker[hands.length - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(hands[i + 1]);
      workers[i].thread =
          Thread.ofPlatform().daemon().name("engram-core-" + (i + 1)).start(workers[i]);
    }
    if (always && workers.length > 0) {
      deal();
      together = true;
    }
  }

  /// Runs all cores through a step; returns when the last is done.
  ///
  /// @param openFirst the cores must make the step the present first
  void run(long step, boolean openFirst) {
    if (closed) {
      throw new IllegalStateException("the chip is closed");
    }
    if (workers.length > 0 && steps++ == BLOCK) {
      plan();
    }
    if (together) {
      runTogether(step, openFirst);
    } else {
      run(cores, cores.length, step, openFirst);
    }
  }

  /// Decides how the coming block runs.
  private void plan() {
    if (always) {
      steps = 1;
      deal();
      return;
    }
    long now = System.nanoTime();
    long nanos = now - blockStart;
    blockStart = now;
    steps = 1;
    blocks++;
    if (!together) {
      aloneNanos = nanos;
      if (blocks >= wait) {
        deal();
        together = true;
        blocks = 0;
      }
      return;
    }
    // The first block together also wakes the threads.
    boolean lost = nanos >= (blocks == 1 ? 4 * aloneNanos : aloneNanos);
    if (lost) {
      wait = blocks > ROUND / 2 ? LEAST_WAIT : Math.min(2 * wait, MOST_WAIT);
    } else if (blocks == ROUND) {
      wait = 1;
    }
    if (lost || blocks == ROUND) {
      together = false;
      blocks = 0;
    }
  }

  /// Deals the cores out: the one with most work to the thread that has least so far.
  private void deal() {
    for (int c = 0; c < cores.length; c++) {
      long all = 0;
      for (long spent : cores[c].cycles) {
        all += spent;
      }
      work[c] = all - workBefore[c] + 1;
      workBefore[c] = all;
      int place = c;
      for (; place > 0 && work[order[place - 1]] < work[c]; place--) {
        order[place] = order[place - 1];
      }
      order[place] = c;
    }
    for (var hand : hands) {
      hand.clear();
    }
    for (int c : order) {
      var least = hands[0];
      for (var hand : hands) {
        least = hand.work < least.work ? hand : least;
      }
      least.take(cores[c], work[c]);
    }
  }

  /// The cores of a thread.
  private static final class Hand {
    private final Core[] cores;
    private int count;
    private long work;

    Hand(int most) {
      cores = new Core[most];
    }

    void clear() {
      count = 0;
      work = 0;
    }

    void take(Core core, long itsWork) {
      cores[count++] = core;
      work += itsWork;
    }
  }

  private void runTogether(long step, boolean openFirst) {
    this.step = step;
    open = openFirst;
    long next = generation + 1;
    generation = next;
    for (var worker : workers) {
      if (worker.parked) {
        LockSupport.unpark(worker.thread);
      }
    }
    try {
      run(hands[0].cores, hands[0].count, step, openFirst);
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

  private void run(Core[] some, int count, long now, boolean openFirst) {
    for (int i = 0; i < count; i++) {
      var core = some[i];
      if (openFirst) {
        core.open(now);
      }
      if (timed) {
        core.runTimed(now, together ? 1 + workers.length : 1);
      } else {
        core.run(now);
      }
    }
  }

  /// A thread beside the caller's.
  private final class Worker implements Runnable {
    private final Hand hand;
    private Thread thread;

    /// The last step, by `generation`, that its cores are through.
    private volatile long done;

    private volatile boolean parked;
    private Throwable failure;

    Worker(Hand hand) {
      this.hand = hand;
    }

    @Override
    public void run() {
      long seen = 0;
      while (awaitStep(seen)) {
        seen++;
        try {
          CorePool.this.run(hand.cores, hand.count, step, open);
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

  @Override
  public void close() {
    closed = true;
    for (var worker : workers) {
      LockSupport.unpark(worker.thread);
    }
  }
}
