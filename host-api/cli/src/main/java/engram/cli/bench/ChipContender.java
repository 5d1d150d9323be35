package engram.cli.bench;

import engram.chip.Chip;
import engram.chip.preset.Counter;
import java.util.function.Function;

/// A chip at work.
final class ChipContender implements Contender, AutoCloseable {
  /// What a chip is made to do.
  @FunctionalInterface
  interface Work {
    /// Does so many pieces of it: samples, or steps.
    void advance(int pieces);
  }

  private final String name;
  private final Chip chip;
  private final Work work;
  private final int pieces;

  /// @param pieces of a lap
  ChipContender(String name, Chip chip, Function<Chip, Work> work, int pieces) {
    this.name = name;
    this.chip = chip;
    this.work = work.apply(chip);
    this.pieces = pieces;
  }

  Chip chip() {
    return chip;
  }

  @Override
  public String name() {
    return name;
  }

  void advance(int count) {
    work.advance(count);
  }

  @Override
  public Lap lap() {
    long steps = chip.timestep();
    long operations = operations();
    long learned = chip.count(Counter.LEARNING_OPERATIONS);
    var start = Clock.now();
    work.advance(pieces);
    double wall = start.wallSeconds();
    double cpu = chip.options().threads() == 1 ? start.cpuSeconds() : Double.NaN;
    return new Lap(
        chip.timestep() - steps,
        operations() - operations,
        chip.count(Counter.LEARNING_OPERATIONS) - learned,
        wall,
        cpu);
  }

  private long operations() {
    return chip.count(Counter.FORWARD_OPERATIONS) + chip.count(Counter.BACKWARD_OPERATIONS);
  }

  @Override
  public void close() {
    chip.close();
  }
}
