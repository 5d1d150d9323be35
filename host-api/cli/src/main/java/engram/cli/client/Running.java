package engram.cli.client;

import engram.cli.common.CommandException;
import engram.client.Code;
import engram.client.EngramException;
import engram.client.RemoteChip;
import engram.client.Run;
import engram.client.RunOptions;
import engram.client.RunResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A run of a chip that was loaded and at rest. It can be stopped at any time, even before it has
/// begun; a terminal shows how far it is.
final class Running {
  private static final long PAUSE_MILLIS = 500;

  /// Columns of the line that is drawn anew.
  private static final int WIDTH = 40;

  private final CompletableFuture<Run> begun = new CompletableFuture<>();

  Run start(RemoteChip chip, RunOptions options) {
    var run = chip.runAsync(options);
    begun.complete(run);
    return run;
  }

  /// Ends the run after the step that it is in; from any thread.
  void stop() {
    begun.thenAccept(Run::stop);
  }

  /// Waits for the end of the run, which has begun.
  RunResult await(RemoteChip chip) {
    var run = begun.join();
    boolean shows = Integer.getInteger("engram.columns", 0) > 0;
    try {
      while (shows && !isOver(run)) {
        draw("step " + chip.describe().getStep());
      }
      return run.result();
    } catch (EngramException e) {
      // Nothing else was in the way of the run: the chip has stopped by its own rules.
      throw e.code() == Code.FAILED_PRECONDITION ? CommandException.refused(e.getMessage()) : e;
    } finally {
      if (shows) {
        draw("");
      }
    }
  }

  /// Waits for a while. How the run has ended is told elsewhere.
  private static boolean isOver(Run run) {
    try {
      run.get(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static void draw(String line) {
    System.err.print("\r" + line + " ".repeat(WIDTH - line.length()) + "\r" + line);
    System.err.flush();
  }
}
