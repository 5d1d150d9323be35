package engram.client;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Things on their way from the connection's thread to whoever takes them, and the end behind the
/// last one.
final class Mailbox<T> {
  /// Nanoseconds of a wait without end.
  static final long FOR_EVER = Long.MAX_VALUE;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<T> things = new ArrayDeque<>();
  private boolean ended;
  private EngramException failure;

  void put(T thing) {
    lock.lock();
    try {
      if (!ended) {
        things.add(thing);
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Nothing follows.
  ///
  /// @param why it ended; null: in good order
  void end(EngramException why) {
    lock.lock();
    try {
      if (!ended) {
        ended = true;
        failure = why;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Forgets what was not taken, and ends.
  void clear() {
    lock.lock();
    try {
      things.clear();
      ended = true;
      failure = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isEmpty() {
    lock.lock();
    try {
      return things.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /// Nothing is there and nothing follows.
  boolean isOver() {
    lock.lock();
    try {
      return ended && things.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /// Takes the next thing; null if none came in time or none follows.
  ///
  /// @throws EngramException if the end was a failure and all before it is taken
  T take(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (things.isEmpty() && !ended) {
        if (nanos == FOR_EVER) {
          changed.await();
        } else if (left <= 0) {
          return null;
        } else {
          left = changed.awaitNanos(left);
        }
      }
      if (things.isEmpty() && failure != null) {
        throw failure.here();
      }
      return things.poll();
    } catch (InterruptedException e) {
      throw Interrupted.of(e);
    } finally {
      lock.unlock();
    }
  }
}
