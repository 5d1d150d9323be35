package engram.cli.train;

import engram.chip.Chip;
import engram.chip.ChipCost;
import engram.chip.ChipOptions;
import engram.chip.Phase;
import engram.chip.Snapshot;
import engram.chip.preset.Counter;
import engram.chip.preset.Presets;
import engram.client.Play;
import engram.client.PlayOptions;
import engram.client.PlayResult;
import engram.client.PlayResults;
import engram.client.RemoteChip;
import engram.firmware.ssnn.SsnnNetwork;
import engram.protocol.v1.Cost;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/// A chip behind a socket.
final class RemoteTrainee implements Trainee {
  private static final String STATE = "trained";

  private final RemoteChip chip;
  private final ChipOptions options;

  /// @param options for the copy of the chip that is looked at here
  RemoteTrainee(RemoteChip chip, ChipOptions options) {
    this.chip = chip;
    this.options = options;
  }

  @Override
  public Show teach(int steps, int firstNumber, int rate, AnswerListener listener) {
    return new RemoteShow(
        PlayOptions.train().withRegister(SsnnNetwork.RATE, rate), steps, firstNumber, listener);
  }

  @Override
  public Show examine(int steps, int firstNumber, AnswerListener listener) {
    return new RemoteShow(PlayOptions.classify(), steps, firstNumber, listener);
  }

  private final class RemoteShow implements Show {
    private final Play play;
    private final AnswerListener listener;
    private final int steps;
    private volatile double eventsPerStep;

    RemoteShow(PlayOptions terms, int steps, int firstNumber, AnswerListener listener) {
      this.listener = listener;
      this.steps = steps;
      play = chip.play(terms.withSteps(steps).withFirstNumber(firstNumber), this::take);
    }

    private void take(PlayResults results) {
      int first = (int) results.first();
      int[] answers = results.answers();
      for (int i = 0; i < answers.length; i++) {
        listener.answered(first + i, Math.max(0, answers[i]));
      }
      eventsPerStep = (double) results.events() / ((long) (first + answers.length) * steps);
    }

    @Override
    public void present(int[] values, int label) {
      play.present(values, label);
    }

    @Override
    public double eventsPerStep() {
      return eventsPerStep;
    }

    @Override
    public Shown finish() {
      return shown(play.finish());
    }

    @Override
    public Shown stop() {
      play.cancel();
      return shown(play.finish());
    }

    private static Shown shown(PlayResult result) {
      return new Shown((int) result.samples(), cost(result.cost()));
    }
  }

  private static ChipCost cost(Cost cost) {
    long[] counts = new long[Counter.values().length];
    for (var counter : Counter.values()) {
      counts[counter.ordinal()] = cost.getCountsOrDefault(counter.key(), 0);
    }
    int phases = Phase.values().length;
    long[][] cores = new long[cost.getCoreCyclesCount() / phases][phases];
    for (int i = 0; i < cores.length * phases; i++) {
      cores[i / phases][i % phases] = cost.getCoreCycles(i);
    }
    return new ChipCost(
        counts,
        cost.getCycles(),
        cost.getNetworkCycles(),
        cores,
        cost.getLinkFlitsList().stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public Chip chip() throws IOException {
    chip.save(STATE, "");
    var snapshot = Snapshot.read(new ByteArrayInputStream(chip.store().download(STATE)));
    return snapshot.restore(Presets.named(snapshot.preset()), options);
  }

  @Override
  public String stateDigest() {
    return chip.digests().state();
  }

  @Override
  public String costDigest() {
    return chip.digests().cost();
  }
}
