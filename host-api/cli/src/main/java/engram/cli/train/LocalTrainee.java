package engram.cli.train;

import engram.chip.Chip;
import engram.chip.ChipCost;
import engram.chip.SamplePlayer;
import engram.chip.preset.Counter;
import engram.firmware.ssnn.SsnnNetwork;

/// A chip in this process.
final class LocalTrainee implements Trainee {
  private final Chip chip;

  LocalTrainee(Chip chip) {
    this.chip = chip;
  }

  @Override
  public Show teach(int steps, int firstNumber, int rate, AnswerListener listener) {
    var before = chip.cost();
    chip.setRegister(SsnnNetwork.RATE, rate);
    return new LocalShow(chip, before, true, steps, firstNumber, listener);
  }

  @Override
  public Show examine(int steps, int firstNumber, AnswerListener listener) {
    var copy = chip.fork();
    return new LocalShow(copy, copy.cost(), false, steps, firstNumber, listener);
  }

  private static final class LocalShow implements Show {
    private final Chip chip;
    private final SamplePlayer player;
    private final ChipCost before;
    private final long eventsBefore;
    private final boolean learn;
    private final int steps;
    private final int firstNumber;
    private int shown;

    LocalShow(
        Chip chip,
        ChipCost before,
        boolean learn,
        int steps,
        int firstNumber,
        AnswerListener listener) {
      this.chip = chip;
      this.before = before;
      this.learn = learn;
      this.steps = steps;
      this.firstNumber = firstNumber;
      eventsBefore = before.count(Counter.EVENTS_EMITTED);
      player = new SamplePlayer(chip, (tag, votes) -> listener.answered((int) tag, best(votes)));
    }

    @Override
    public void present(int[] values, int label) {
      player.present(values, label, learn, firstNumber + shown, shown, steps);
      shown++;
    }

    @Override
    public double eventsPerStep() {
      return (double) (chip.count(Counter.EVENTS_EMITTED) - eventsBefore)
          / (chip.count(Counter.STEPS) - before.count(Counter.STEPS));
    }

    @Override
    public Shown finish() {
      player.drain();
      return stop();
    }

    @Override
    public Shown stop() {
      var shownSoFar = new Shown(shown, chip.cost().since(before));
      if (!learn) {
        chip.close();
      }
      return shownSoFar;
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

  @Override
  public Chip chip() {
    return chip;
  }

  @Override
  public String stateDigest() {
    return chip.stateDigest();
  }

  @Override
  public String costDigest() {
    return chip.costDigest();
  }
}
