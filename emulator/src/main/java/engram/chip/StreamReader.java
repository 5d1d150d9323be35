package engram.chip;

import java.util.List;
import java.util.function.IntConsumer;

/// Reads the events that one stream of a population carried in the last step.
public final class StreamReader {
  private final Chip chip;
  private final List<NeuronSlice> slices;
  private final int slot;

  StreamReader(Chip chip, List<NeuronSlice> slices, int slot) {
    this.chip = chip;
    this.slices = slices;
    this.slot = slot;
  }

  /// Calls back with the logical index of each neuron that emitted, in ascending order.
  public void forEach(IntConsumer neuron) {
    forEachEvent((index, _) -> neuron.accept(index));
  }

  /// Takes an event.
  @FunctionalInterface
  public interface EventConsumer {
    void accept(int neuron, int payload);
  }

  /// Calls back with each neuron that emitted, in ascending order, and its payload.
  public void forEachEvent(EventConsumer event) {
    long step = chip.timestep() - 1;
    for (int s = 0; s < slices.size(); s++) {
      var slice = slices.get(s);
      var stream = slice.store.stream(slot);
      if (step < 0 || !stream.touched(step)) {
        continue;
      }
      int at = stream.at(step);
      for (int word = 0; word < stream.words(); word++) {
        long bits = stream.bits()[at + word];
        while (bits != 0) {
          int lane = (word << 6) + Long.numberOfTrailingZeros(bits);
          event.accept(slice.image.first() + lane, stream.payload(step, lane));
          bits &= bits - 1;
        }
      }
    }
  }

  /// Number of neurons that emitted.
  public int count() {
    int[] count = {0};
    forEach(_ -> count[0]++);
    return count[0];
  }

  /// Payload that a neuron emitted; 0 if it emitted nothing.
  public int payload(int neuron) {
    for (var slice : slices) {
      int lane = neuron - slice.image.first();
      if (lane >= 0 && lane < slice.lanes() && chip.timestep() > 0) {
        return slice.store.stream(slot).payload(chip.timestep() - 1, lane);
      }
    }
    return 0;
  }
}
