package engram.chip;

import engram.isa.exec.StreamColumn;
import engram.isa.image.PopulationImage;

/// Injects events of one external population into the step that comes next.
public final class EventWriter {
  private final Chip chip;
  private final PopulationImage population;
  private final StreamColumn stream;

  EventWriter(Chip chip, PopulationImage population, StreamColumn stream) {
    this.chip = chip;
    this.population = population;
    this.stream = stream;
  }

  /// Throws if a neuron can't emit a payload.
  ///
  /// @throws IllegalArgumentException naming the neuron or the payload
  public void check(int neuron, int payload) {
    if (neuron < 0 || neuron >= population.size()) {
      throw new IllegalArgumentException(
          "neuron of %s: %d (expected: 0 to %d)"
              .formatted(population.name(), neuron, population.size() - 1));
    }
    if (payload < Short.MIN_VALUE || payload > Short.MAX_VALUE) {
      throw new IllegalArgumentException(
          "payload: %d (expected: %d to %d)".formatted(payload, Short.MIN_VALUE, Short.MAX_VALUE));
    }
    if (payload != 1 && !chip.preset().spec().can().payload()) {
      throw new IllegalArgumentException(
          "payload: %d (expected: 1 on %s, which has no graded events)"
              .formatted(payload, chip.preset().name()));
    }
  }

  /// Injects an event; false if the neuron has one in this step already, and this event takes the
  /// place of the other.
  public boolean emit(int neuron, int payload) {
    check(neuron, payload);
    long step = chip.present();
    boolean first = !stream.get(step, neuron);
    stream.emit(step, neuron, payload);
    chip.countHostBits(Long.SIZE);
    return first;
  }
}
