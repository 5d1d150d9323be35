package engram.cli.train;

import engram.chip.Chip;
import engram.chip.ChipCost;
import java.io.IOException;

/// A chip that samples are shown to: in this process, or behind a socket.
interface Trainee {
  /// Takes answers, in the order of the samples.
  @FunctionalInterface
  interface AnswerListener {
    /// @param index of the sample within its show
    /// @param answer class with most votes, the lowest of equals
    void answered(int index, int answer);
  }

  /// What a show has cost.
  ///
  /// @param samples that were shown
  record Shown(int samples, ChipCost cost) {}

  /// Samples on their way to the chip, back to back.
  interface Show {
    /// @param label class, or `SamplePlayer.UNLABELLED`
    void present(int[] values, int label);

    /// Events a step that the chip's neurons have emitted so far.
    double eventsPerStep();

    /// Waits for all answers and all learning.
    Shown finish();

    /// Ends at a sample boundary; what is on its way in the chip stays on its way.
    Shown stop();
  }

  /// Shows samples that teach.
  ///
  /// @param firstNumber of the first sample, in the key of its draws; the next ones follow
  /// @param rate learning rate, 1 << 16 for the full one
  Show teach(int steps, int firstNumber, int rate, AnswerListener listener);

  /// Shows samples to a copy of the chip, which itself stays as it is.
  Show examine(int steps, int firstNumber, AnswerListener listener);

  /// The chip in its present state, to be looked at.
  Chip chip() throws IOException;

  /// Digest of the chip's state.
  String stateDigest();

  /// Digest of what the chip has cost.
  String costDigest();
}
