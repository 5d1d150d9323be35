package engram.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.LockSupport;

/// Tells that a thread has come to where it must wait.
final class Waiting {
  private Waiting() {}

  /// Returns once the thread waits; fails if it ends instead.
  static void await(Thread thread) {
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      assertThat(thread.isAlive()).as("thread that should wait").isTrue();
      LockSupport.parkNanos(100_000);
    }
  }
}
