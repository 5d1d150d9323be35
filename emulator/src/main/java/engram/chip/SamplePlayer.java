package engram.chip;

import engram.isa.image.SamplePort;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.IntConsumer;

/// Presents labelled samples to a chip through its sample port, back to back, and collects the
/// votes for each. Votes come as many steps after the data as the voting population lags.
public final class SamplePlayer {
  /// Takes the votes for a sample when all of them are in.
  @FunctionalInterface
  public interface VoteListener {
    /// @param tag what the sample was presented with
    /// @param votes by class; valid during the call
    void voted(long tag, int[] votes);
  }

  /// No label: the network is told nothing.
  public static final int UNLABELLED = -1;

  private final Chip chip;
  private final Runnable step;
  private final SamplePort port;
  private final FieldWriter data;
  private final FieldWriter label;
  private final StreamReader votes;
  private final int lag;
  private final int deepest;
  private final int[] dark;
  private final int[] oneHot;
  private final VoteListener listener;
  private final ArrayDeque<InFlight> inFlight = new ArrayDeque<>();
  private final ArrayDeque<InFlight> spare = new ArrayDeque<>();
  private int learning;

  /// Steps until the sample, or the darkness, has been shown.
  private int left;

  /// A sample whose votes are not all in yet.
  private static final class InFlight {
    private long tag;
    private long first;
    private long end;
    private final int[] votes;

    /// Counts the vote of a neuron.
    private final IntConsumer vote;

    InFlight(int classes) {
      votes = new int[classes];
      vote = neuron -> votes[neuron]++;
    }
  }

  /// @throws IllegalArgumentException if the chip's image has no sample port
  public SamplePlayer(Chip chip, VoteListener listener) {
    this(chip, chip::step, listener);
  }

  /// @param step runs the chip's next step, with whatever else belongs to one
  /// @throws IllegalArgumentException if the chip's image has no sample port
  public SamplePlayer(Chip chip, Runnable step, VoteListener listener) {
    this.chip = chip;
    this.step = step;
    this.listener = listener;
    port =
        chip.image()
            .samples()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "network " + chip.image().network() + " has no sample port"));
    data = chip.field(port.data(), port.dataField());
    label = port.label().isEmpty() ? null : chip.field(port.label(), port.labelField());
    votes = chip.stream(port.vote(), port.voteStream());
    lag = chip.lag(port.vote());
    deepest = chip.image().populations().stream().mapToInt(p -> p.lag()).max().orElse(0);
    dark = new int[chip.size(port.data())];
    oneHot = new int[label == null ? 0 : chip.size(port.label())];
    learning = chip.register(port.learn(), 0);
  }

  /// Presents a sample for some steps.
  ///
  /// @param values one for each neuron of the data population
  /// @param classLabel or `UNLABELLED`
  /// @param learn the sample teaches
  /// @param number in the key of all draws: samples with equal numbers meet equal chance
  /// @param tag to tell its votes by
  public void present(
      int[] values, int classLabel, boolean learn, int number, long tag, int steps) {
    begin(values, classLabel, learn, number, tag, steps);
    finish();
  }

  /// Shows a sample as `present` does, but runs no step yet: `advance` does.
  public void begin(int[] values, int classLabel, boolean learn, int number, long tag, int steps) {
    if (values.length != dark.length) {
      throw new IllegalArgumentException(
          "sample: " + values.length + " values (expected: " + dark.length + ")");
    }
    data.write(0, values, 0, values.length);
    writeLabel(classLabel);
    chip.setClock((long) number << 32);
    setLearning(learn ? 1 : 0);
    var sample = spare.isEmpty() ? new InFlight(chip.size(port.vote())) : spare.pop();
    sample.tag = tag;
    sample.first = chip.timestep() + lag;
    sample.end = sample.first + steps;
    Arrays.fill(sample.votes, 0);
    inFlight.add(sample);
    left = steps;
  }

  /// Shows darkness until all votes and all updates of past samples are in.
  public void drain() {
    beginDrain();
    finish();
  }

  /// Shows darkness as `drain` does, but runs no step yet: `advance` does.
  public void beginDrain() {
    data.write(0, dark, 0, dark.length);
    writeLabel(UNLABELLED);
    setLearning(0);
    left = 2 * (deepest + 1);
  }

  private void finish() {
    while (advance()) {
      // Each step is one of the sample's.
    }
  }

  private void writeLabel(int classLabel) {
    if (label == null) {
      return;
    }
    if (classLabel >= oneHot.length) {
      throw new IllegalArgumentException(
          "label: " + classLabel + " (expected: less than " + oneHot.length + ")");
    }
    Arrays.fill(oneHot, 0);
    if (classLabel >= 0) {
      oneHot[classLabel] = port.labelOn();
    }
    label.write(0, oneHot, 0, oneHot.length);
  }

  private void setLearning(int value) {
    if (value != learning) {
      chip.setRegister(port.learn(), value);
      learning = value;
    }
  }

  /// Runs a step of what was begun; false if it was the last.
  public boolean advance() {
    step.run();
    left--;
    var sample = inFlight.peek();
    if (sample != null) {
      if (chip.timestep() > sample.first) {
        votes.forEach(sample.vote);
      }
      if (chip.timestep() == sample.end) {
        listener.voted(sample.tag, sample.votes);
        spare.push(inFlight.remove());
      }
    }
    return left > 0;
  }
}
