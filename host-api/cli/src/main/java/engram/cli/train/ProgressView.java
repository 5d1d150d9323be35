package engram.cli.train;

import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// Progress for people, on standard error: a bar on a terminal, a line an epoch elsewhere.
final class ProgressView implements Training.Listener, AutoCloseable {
  private static final int UPDATE_MILLIS = 250;

  private final PrintStream err;
  private final boolean terminal;
  private final int epochs;
  private final int glance;
  private ProgressBar bar;
  private int shownEpoch = -1;

  /// @param glance test images of the look after each epoch
  ProgressView(PrintStream err, int epochs, int glance) {
    this.err = err;
    this.epochs = epochs;
    this.glance = glance;
    terminal = System.console() != null && System.console().isTerminal();
  }

  @Override
  public void trained(
      TrainingState state, int total, double samplesPerSecond, double error, double events) {
    if (!terminal) {
      return;
    }
    if (bar == null || shownEpoch != state.epoch()) {
      end();
      shownEpoch = state.epoch();
      bar = bar("epoch %d/%d".formatted(state.epoch() + 1, epochs), total);
    }
    bar.setExtraMessage(
        " %.0f samples/s, error %.2f %%, %.0f spikes/step"
            .formatted(samplesPerSecond, 100 * error, events));
    bar.stepTo(state.sample());
  }

  private ProgressBar bar(String task, int total) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(total)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .setConsumer(new me.tongfei.progressbar.ConsoleProgressBarConsumer(err))
        .build();
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
    if (!terminal) {
      return;
    }
    if (bar == null) {
      bar = bar("test", total);
    }
    bar.stepTo(done);
  }

  @Override
  public void close() {
    end();
  }

  /// Ends the bar that is on the screen, if one is.
  void end() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
