package engram.client;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Injects batch after batch into one population. A batch that fits into the window is sent at
/// once; otherwise the caller waits until an earlier one is on the chip. A refused batch makes the
/// next call fail, and `flush`; batches behind it have been sent by then and count on their own.
public final class Injector implements AutoCloseable {
  /// Batches that may be on their way.
  public static final int DEFAULT_WINDOW = 16;

  private static final short[] ALL_ONE = {};
  private static final long[] NEXT = {};

  private final RemoteChip chip;
  private final Link link;
  private final String population;
  private final LatePolicy late;
  private final int window;
  private final Duration timeout;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int outstanding;
  private long accepted;
  private long lateEvents;
  private long dropped;
  private long step;
  private EngramException failure;

  Injector(
      RemoteChip chip,
      Link link,
      String population,
      LatePolicy late,
      int window,
      Duration timeout) {
    if (window < 1) {
      throw new IllegalArgumentException("window: %d (expected: 1 or more)".formatted(window));
    }
    this.chip = chip;
    this.link = link;
    this.population = population;
    this.late = late;
    this.window = window;
    this.timeout = timeout;
  }

  /// Plain spikes in the step that comes next.
  public void inject(int[] neurons) {
    inject(neurons, neurons.length, ALL_ONE, NEXT);
  }

  /// Plain spikes, each at its step.
  public void inject(int[] neurons, long[] steps) {
    inject(neurons, neurons.length, ALL_ONE, steps);
  }

  /// The arrays are copied before the call returns.
  ///
  /// @param count events; what the arrays hold beyond is left out
  /// @param payloads empty: all 1
  /// @param steps at which they are due, ascending; empty: the step that comes next
  public void inject(int[] neurons, int count, short[] payloads, long[] steps) {
    link.requireOtherThread();
    link.unsent().awaitRoom(timeout);
    lock.lock();
    try {
      while (outstanding >= window && failure == null) {
        changed.await();
      }
      requireGood();
      outstanding++;
    } catch (InterruptedException e) {
      throw Interrupted.of(e);
    } finally {
      lock.unlock();
    }
    Call<InjectResult> call;
    try {
      call = chip.injectCall(population, neurons, count, payloads, steps, late);
    } catch (RuntimeException e) {
      answered(null, null);
      throw e;
    }
    call.whenComplete(this::answered);
  }

  private void answered(InjectResult result, Throwable failed) {
    lock.lock();
    try {
      outstanding--;
      if (result != null) {
        accepted += result.accepted();
        lateEvents += result.late();
        dropped += result.dropped();
        step = Math.max(step, result.step());
      }
      if (failure == null && failed instanceof EngramException refused) {
        failure = refused;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void requireGood() {
    if (failure != null) {
      var first = failure;
      failure = null;
      throw first.here();
    }
  }

  /// Waits until all batches are on the chip.
  ///
  /// @return what became of all events since the injector was made
  public InjectResult flush() {
    link.requireOtherThread();
    lock.lock();
    try {
      while (outstanding > 0) {
        changed.await();
      }
      requireGood();
      return new InjectResult(accepted, lateEvents, dropped, step);
    } catch (InterruptedException e) {
      throw Interrupted.of(e);
    } finally {
      lock.unlock();
    }
  }

  /// Waits as `flush` does.
  @Override
  public void close() {
    flush();
  }
}
