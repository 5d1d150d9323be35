package engram.cli.common;

import java.util.concurrent.CountDownLatch;

/// Ctrl-C as a wish that the work itself fulfils: the process ends only when the work has come to
/// an end of its own and has saved what it wanted to.
public final class Interruption implements AutoCloseable {
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::wish, "engram-interrupt");
  private final Runnable stop;
  private volatile boolean wished;

  /// For work that asks for the wish itself.
  public Interruption() {
    this(() -> {});
  }

  /// @param stop tells the work of the wish, from another thread
  public Interruption(Runnable stop) {
    this.stop = stop;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void wish() {
    wished = true;
    stop.run();
    try {
      finished.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public boolean wished() {
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
