package engram.cli.train;

import java.io.PrintStream;
import java.util.function.LongSupplier;

/// Progress for people, on standard error: on a terminal one line that is drawn anew, elsewhere a
/// line an epoch.
final class ProgressView implements Training.Listener, AutoCloseable {
  /// Nanoseconds between two drawings: often enough to see it move, seldom enough to read it.
  private static final long PAUSE = 200_000_000;

  /// Wider terminals get no wider line, so that one that is made narrower still holds it.
  private static final int MOST_COLUMNS = 80;

  private static final int WIDEST_BAR = 24;
  private static final int NARROWEST_BAR = 4;

  private final PrintStream err;
  private final int columns;
  private final LongSupplier clock;
  private final int epochs;
  private final int glance;
  private int drawn;
  private long last;

  /// @param columns of the terminal, 0 if there is none
  /// @param clock in nanoseconds
  /// @param glance test images of the look after each epoch
  ProgressView(PrintStream err, int columns, LongSupplier clock, int epochs, int glance) {
    this.err = err;
    this.columns = Math.min(columns, MOST_COLUMNS);
    this.clock = clock;
    this.epochs = epochs;
    this.glance = glance;
    last = clock.getAsLong();
  }

  /// Columns of the terminal that standard error is, as the launcher tells; 0 if it is none.
  static int terminalColumns() {
    return Integer.getInteger("engram.columns", 0);
  }

  @Override
  public void trained(
      TrainingState state, int total, double samplesPerSecond, double error, double events) {
    if (isDue()) {
      long left = (long) (epochs - state.epoch()) * total - state.sample();
      draw(
          "epoch %d/%d ".formatted(state.epoch() + 1, epochs),
          (double) state.sample() / total,
          " %.0f samples/s, error %.2f %%, %.0f spikes/step, %s left"
              .formatted(samplesPerSecond, 100 * error, events, time(left / samplesPerSecond)));
    }
  }

  @Override
  public void looked(int epoch, double testAccuracy, double runningAccuracy) {
    end();
    err.printf(
        "epoch %d/%d: running accuracy %.2f %%, %d test images %.2f %%%n",
        epoch, epochs, 100 * runningAccuracy, glance, 100 * testAccuracy);
  }

  @Override
  public void evaluated(int done, int total) {
    if (isDue()) {
      draw("test ", (double) done / total, " %d of %d images".formatted(done, total));
    }
  }

  private boolean isDue() {
    long now = clock.getAsLong();
    if (columns == 0 || now - last < PAUSE) {
      return false;
    }
    last = now;
    return true;
  }

  /// Draws over what stands there, in one write, and never up to the last column, where terminals
  /// begin a new line.
  private void draw(String before, double share, String after) {
    int room = columns - 1 - before.length() - after.length() - 2;
    int bar = Math.clamp(room, NARROWEST_BAR, WIDEST_BAR);
    int full = (int) (bar * share);
    String line = before + "[" + "#".repeat(full) + ".".repeat(bar - full) + "]" + after;
    if (line.length() > columns - 1) {
      line = line.substring(0, columns - 1);
    }
    err.print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
    err.flush();
    drawn = line.length();
  }

  /// Takes the line away.
  void end() {
    if (drawn > 0) {
      err.print("\r" + " ".repeat(drawn) + "\r");
      err.flush();
      drawn = 0;
    }
  }

  private static String time(double seconds) {
    long whole = (long) Math.ceil(seconds);
    return whole < 3600
        ? "%d:%02d".formatted(whole / 60, whole % 60)
        : "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
  }

  @Override
  public void close() {
    end();
  }
}
