package engram.chip;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Runs the cores of a chip through a step on several threads, with one barrier at its end. Threads
/// spin for a moment before they park, since the next step usually follows at once.
final class CorePool implements AutoCloseable {
  /// Looks before a waiting thread gives its processor away, and before it parks.
  private static final int SPINS = 2_000;

  private static final int YIELDS = 50;

  private final Core[] cores;
  private final Thread[] workers;
  private final boolean timed;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger working = new AtomicInteger();
  private volatile long generation;
  private volatile long step;
  private volatile boolean open;
  private volatile boolean closed;
  private volatile Throwable failure;

  /// @param threads the caller's included
  /// @param timed measure the phases
  CorePool(Core[] cores, int threads, boolean timed) {
    this.cores = cores;
    this.timed = timed;
    workers = new Thread[Math.min(threads, cores.length) - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = Thread.ofPlatform().daemon().name("engram-core-" + (i + 1)).start(this::work);
    }
  }

  /// Runs all cores through a step; returns when the last is done.
  ///
  /// @param openFirst the cores must make the step the present first
  void run(long step, boolean openFirst) {
    if (workers.length == 0) {
      for (var core : cores) {
        run(core, step, openFirst);
      }
      return;
    }
    this.step = step;
    this.open = openFirst;
    next.set(0);
    working.set(workers.length);
    generation++;
    for (var worker : workers) {
      LockSupport.unpark(worker);
    }
    try {
      take();
    } finally {
      for (int spins = 0; working.get() != 0; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else {
          Thread.yield();
        }
      }
    }
    if (failure != null) {
      throw new IllegalStateException("a core failed", failure);
    }
  }

  private void take() {
    long now = step;
    for (int i = next.getAndIncrement(); i < cores.length; i = next.getAndIncrement()) {
      run(cores[i], now, open);
    }
  }

  private void run(Core core, long now, boolean openFirst) {
    if (openFirst) {
      core.open(now);
    }
    if (timed) {
      core.runTimed(now);
    } else {
      core.run(now);
    }
  }

  private void work() {
    long seen = 0;
    while (!closed) {
      int spins = 0;
      while (generation == seen && !closed) {
        spins++;
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else if (spins < SPINS + YIELDS) {
          Thread.yield();
        } else {
          LockSupport.park(this);
        }
      }
      if (closed) {
        return;
      }
      seen++;
      try {
        take();
      } catch (RuntimeException | Error e) {
        failure = e;
      } finally {
        working.decrementAndGet();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    for (var worker : workers) {
      LockSupport.unpark(worker);
    }
  }
}
