package engram.client;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Counts the bytes that were handed over and are not on the wire yet, so that who has much to send
/// can wait. Netty counts only what its own thread has seen; what waits for that thread counts
/// here.
final class Unsent {
  private final long limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long bytes;
  private EngramException failure;

  /// @param limit bytes from which on senders wait
  Unsent(long limit) {
    this.limit = limit;
  }

  void add(long more) {
    lock.lock();
    try {
      bytes += more;
    } finally {
      lock.unlock();
    }
  }

  void remove(long sent) {
    lock.lock();
    try {
      bytes -= sent;
      if (bytes < limit) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /// Fails without waiting if there is no room.
  void requireRoom() {
    lock.lock();
    try {
      if (failure == null && bytes >= limit) {
        throw new EngramException(
            Code.RESOURCE_EXHAUSTED,
            "unsent bytes: %d (expected: fewer than %d)".formatted(bytes, limit));
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits for room.
  ///
  /// @param most time to wait; zero: for ever
  void awaitRoom(Duration most) {
    lock.lock();
    try {
      long left = most.toNanos();
      while (bytes >= limit && failure == null) {
        if (most.isZero()) {
          changed.await();
        } else if (left <= 0) {
          throw new EngramException(
              Code.DEADLINE_EXCEEDED,
              "unsent bytes: %d after %s (expected: fewer than %d)".formatted(bytes, most, limit));
        } else {
          left = changed.awaitNanos(left);
        }
      }
      if (failure != null) {
        throw failure.here();
      }
    } catch (InterruptedException e) {
      throw Interrupted.of(e);
    } finally {
      lock.unlock();
    }
  }

  /// Nothing will be sent any more.
  void close(EngramException reason) {
    lock.lock();
    try {
      failure = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
