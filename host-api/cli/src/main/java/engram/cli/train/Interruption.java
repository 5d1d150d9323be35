package engram.cli.train;

import java.util.concurrent.CountDownLatch;

/// Ctrl-C as a wish that the work itself fulfils: it is asked for at every sample boundary, and the
/// process ends only when the work has saved what it wanted to.
final class Interruption implements AutoCloseable {
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::wish, "engram-interrupt");
  private volatile boolean wished;

  Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void wish() {
    wished = true;
    try {
      finished.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean wished() {
    return wished;
  }

  /// Lets the process end.
  @Override
  public void close() {
    finished.countDown();
    if (!wished) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The signal came just now, too late for the work: the process ends by it.
      }
    }
  }
}
