package engram.cli.train;

import engram.chip.Chip;
import engram.chip.ChipCost;
import engram.chip.SamplePlayer;
import engram.chip.preset.Counter;
import engram.cli.data.DataStore;
import engram.firmware.data.LabelledImages;
import engram.firmware.recipe.SampleOrder;
import engram.firmware.ssnn.SsnnNetwork;
import java.util.ArrayList;
import java.util.Arrays;
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

  private final Chip chip;
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
      Chip chip,
      DataStore.Loaded data,
      TrainingState state,
      int testSamples,
      Listener listener,
      BooleanSupplier interrupted) {
    this.chip = chip;
    this.data = data;
    this.state = state;
    this.testSamples = testSamples;
    this.listener = listener;
    this.interrupted = interrupted;
    this.trainCost = chip.cost();
  }

  TrainingState state() {
    return state;
  }

  List<Epoch> epochs() {
    return epochs;
  }

  /// What training has cost the chip.
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
    int[] right = {0};
    int[] answered = {0};
    var player =
        new SamplePlayer(
            chip,
            (label, votes) -> {
              answered[0]++;
              right[0] += best(votes) == label ? 1 : 0;
            });
    int rate =
        (int) Math.max(1, Math.round(UNITY_RATE * Math.pow(state.recipe().rateDecay(), epoch)));
    chip.setRegister(SsnnNetwork.RATE, rate);
    long start = System.nanoTime();
    int first = state.sample();
    long eventsBefore = chip.count(Counter.EVENTS_EMITTED);
    long stepsBefore = chip.count(Counter.STEPS);
    for (int i = first; i < total; i++) {
      if (interrupted.getAsBoolean()) {
        state = state.at(epoch, i);
        trainCost = chip.cost();
        return false;
      }
      int image = order[i];
      int label = data.train().label(image);
      data.train().pixels(image, values);
      int number = Math.floorMod((long) epoch * total + i, TEST_NUMBERS);
      player.present(values, label, true, number, label, state.recipe().steps());
      double seconds = (System.nanoTime() - start) * 1e-9;
      listener.trained(
          state.at(epoch, i + 1),
          total,
          (i + 1 - first) / seconds,
          answered[0] == 0 ? 1 : 1 - (double) right[0] / answered[0],
          (double) (chip.count(Counter.EVENTS_EMITTED) - eventsBefore)
              / (chip.count(Counter.STEPS) - stepsBefore));
    }
    player.drain();
    double seconds = (System.nanoTime() - start) * 1e-9;
    trainSeconds += seconds;
    trainCost = chip.cost();
    state = state.at(epoch + 1, 0);
    double running = (double) right[0] / Math.max(1, answered[0]);
    int glance = Math.min(GLANCE, testSamples);
    double accuracy =
        glance == 0 ? 0 : evaluate(data.test(), glance, state.recipe().steps(), false).accuracy();
    epochs.add(new Epoch(epoch + 1, running, accuracy, (total - first) / seconds));
    listener.looked(epoch + 1, accuracy, running);
    return true;
  }

  /// Evaluates all test images with the final weights, learning off, on a fork of the chip.
  Evaluation evaluate() {
    return evaluate(data.test(), testSamples, state.recipe().testSteps(), true);
  }

  private Evaluation evaluate(LabelledImages images, int count, int steps, boolean report) {
    int classes = data.classes();
    int[][] confusion = new int[classes][classes];
    int[] right = {0};
    try (var fork = chip.fork()) {
      var player =
          new SamplePlayer(
              fork,
              (image, votes) -> {
                int label = images.label((int) image);
                int answer = best(votes);
                confusion[label][answer]++;
                right[0] += answer == label ? 1 : 0;
              });
      int[] values = new int[images.size()];
      for (int image = 0; image < count && !interrupted.getAsBoolean(); image++) {
        images.pixels(image, values);
        player.present(values, SamplePlayer.UNLABELLED, false, TEST_NUMBERS + image, image, steps);
        if (report) {
          listener.evaluated(image + 1, count);
        }
      }
      player.drain();
      return new Evaluation((double) right[0] / Math.max(1, count), confusion, fork.cost());
    }
  }

  /// The class with most votes, the lowest of equals.
  static int best(int[] votes) {
    int best = 0;
    for (int i = 1; i < votes.length; i++) {
      if (votes[i] > votes[best]) {
        best = i;
      }
    }
    return best;
  }

  /// Training samples a second: the median of the epochs after the first, or of the only one.
  double samplesPerSecond() {
    double[] speeds =
        epochs.stream()
            .skip(epochs.size() > 1 ? 1 : 0)
            .mapToDouble(Epoch::samplesPerSecond)
            .sorted()
            .toArray();
    if (speeds.length == 0) {
      return 0;
    }
    int middle = speeds.length / 2;
    return speeds.length % 2 == 1
        ? speeds[middle]
        : Arrays.stream(speeds, middle - 1, middle + 1).average().orElseThrow();
  }
}
