package engram.cli.train;

import engram.chip.ChipCost;
import engram.chip.SamplePlayer;
import engram.cli.common.Median;
import engram.cli.data.DataStore;
import engram.firmware.data.LabelledImages;
import engram.firmware.recipe.SampleOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// A training run: epochs of samples on a chip, a look at the test images after each, a full
/// evaluation at the end. The chip learns by itself; this only shows it samples and counts votes.
final class Training {
  /// Test images of the look after each epoch; the final evaluation takes all.
  static final int GLANCE = 1_000;

  /// Sample numbers of tests start here, so that no test meets the chance of a training sample.
  static final int TEST_NUMBERS = 1 << 30;

  private static final int UNITY_RATE = 1 << 16;

  /// Follows a run.
  interface Listener {
    /// @param state as it stands after some more samples
    /// @param total samples of an epoch
    void trained(
        TrainingState state, int total, double samplesPerSecond, double error, double events);

    void looked(int epoch, double testAccuracy, double runningAccuracy);

    /// @param done test images of the final evaluation
    void evaluated(int done, int total);
  }

  /// A point of the learning curve.
  record Epoch(
      int number, double runningAccuracy, double glanceAccuracy, double samplesPerSecond) {}

  /// What an evaluation found.
  ///
  /// @param confusion samples by label and answer
  record Evaluation(double accuracy, int[][] confusion, ChipCost cost) {}

  private final Trainee trainee;
  private final DataStore.Loaded data;
  private final int testSamples;
  private final Listener listener;
  private final BooleanSupplier interrupted;
  private final List<Epoch> epochs = new ArrayList<>();
  private TrainingState state;
  private ChipCost trainCost;
  private double trainSeconds;

  /// @param interrupted asked at every sample boundary
  Training(
      Trainee trainee,
      DataStore.Loaded data,
      TrainingState state,
      int testSamples,
      Listener listener,
      BooleanSupplier interrupted) {
    this.trainee = trainee;
    this.data = data;
    this.state = state;
    this.testSamples = testSamples;
    this.listener = listener;
    this.interrupted = interrupted;
  }

  TrainingState state() {
    return state;
  }

  List<Epoch> epochs() {
    return epochs;
  }

  /// What training has cost the chip; null before it has begun.
  ChipCost trainCost() {
    return trainCost;
  }

  /// Wall seconds inside training epochs.
  double trainSeconds() {
    return trainSeconds;
  }

  /// Trains until the recipe's last epoch; false if it was interrupted.
  boolean train() {
    while (state.epoch() < state.recipe().epochs()) {
      if (!trainEpoch()) {
        return false;
      }
    }
    return true;
  }

  private boolean trainEpoch() {
    int epoch = state.epoch();
    int total = state.trainSamples();
    int[] order = SampleOrder.of(state.seed(), epoch, total);
    int[] values = new int[data.train().size()];
    var tally = new Tally(data.train(), order, state.sample());
    int rate =
        (int) Math.max(1, Math.round(UNITY_RATE * Math.pow(state.recipe().rateDecay(), epoch)));
    int first = state.sample();
    int number = Math.floorMod((long) epoch * total + first, TEST_NUMBERS);
    long start = System.nanoTime();
    var show = trainee.teach(state.recipe().steps(), number, rate, tally);
    for (int i = first; i < total; i++) {
      if (interrupted.getAsBoolean()) {
        var shown = show.stop();
        state = state.at(epoch, first + shown.samples());
        add(shown.cost());
        return false;
      }
      int image = order[i];
      data.train().pixels(image, values);
      show.present(values, data.train().label(image));
      double seconds = (System.nanoTime() - start) * 1e-9;
      listener.trained(
          state.at(epoch, i + 1),
          total,
          (i + 1 - first) / seconds,
          1 - tally.accuracy(),
          show.eventsPerStep());
    }
    var shown = show.finish();
    double seconds = (System.nanoTime() - start) * 1e-9;
    trainSeconds += seconds;
    add(shown.cost());
    state = state.at(epoch + 1, 0);
    int glance = Math.min(GLANCE, testSamples);
    double accuracy =
        glance == 0 ? 0 : evaluate(data.test(), glance, state.recipe().steps(), false).accuracy();
    epochs.add(new Epoch(epoch + 1, tally.accuracy(), accuracy, (total - first) / seconds));
    listener.looked(epoch + 1, accuracy, tally.accuracy());
    return true;
  }

  private void add(ChipCost cost) {
    trainCost = trainCost == null ? cost : trainCost.plus(cost);
  }

  /// Counts right answers. They may come from another thread than the one that asks.
  private static final class Tally implements Trainee.AnswerListener {
    private final LabelledImages images;
    private final int[] order;
    private final int first;
    private volatile int answered;
    private volatile int right;

    Tally(LabelledImages images, int[] order, int first) {
      this.images = images;
      this.order = order;
      this.first = first;
    }

    @Override
    public void answered(int index, int answer) {
      int now = right + (images.label(order[first + index]) == answer ? 1 : 0);
      right = now;
      answered = index + 1;
    }

    /// Share of right answers; 0 before the first.
    double accuracy() {
      int all = answered;
      return all == 0 ? 0 : (double) right / all;
    }
  }

  /// Evaluates all test images with the final weights, learning off, on a fork of the chip.
  Evaluation evaluate() {
    var evaluation = evaluate(data.test(), testSamples, state.recipe().testSteps(), true);
    if (trainCost == null) {
      // Without epochs training has cost nothing.
      trainCost = evaluation.cost().since(evaluation.cost());
    }
    return evaluation;
  }

  private Evaluation evaluate(LabelledImages images, int count, int steps, boolean report) {
    int classes = data.classes();
    int[][] confusion = new int[classes][classes];
    var show =
        trainee.examine(
            steps, TEST_NUMBERS, (image, answer) -> confusion[images.label(image)][answer]++);
    int[] values = new int[images.size()];
    for (int image = 0; image < count && !interrupted.getAsBoolean(); image++) {
      images.pixels(image, values);
      show.present(values, SamplePlayer.UNLABELLED);
      if (report) {
        listener.evaluated(image + 1, count);
      }
    }
    var cost = show.finish().cost();
    int right = 0;
    for (int i = 0; i < classes; i++) {
      right += confusion[i][i];
    }
    return new Evaluation((double) right / Math.max(1, count), confusion, cost);
  }

  /// Training samples a second: the median of the epochs after the first, or of the only one.
  double samplesPerSecond() {
    return epochs.isEmpty()
        ? 0
        : Median.of(
            epochs.stream().skip(epochs.size() > 1 ? 1 : 0).mapToDouble(Epoch::samplesPerSecond));
  }
}
