package engram.chip;

import engram.isa.program.Symbol;
import java.util.List;

/// Writes one field of a population, before the step that comes next.
public final class FieldWriter {
  private final Chip chip;
  private final Symbol symbol;
  private final List<NeuronSlice> slices;
  private final int slot;

  FieldWriter(Chip chip, Symbol symbol, List<NeuronSlice> slices, int slot) {
    this.chip = chip;
    this.symbol = symbol;
    this.slices = slices;
    this.slot = slot;
  }

  /// Writes the values of neurons `first` and on.
  public void write(int first, int[] values, int from, int count) {
    int size = slices.getLast().image.first() + slices.getLast().lanes();
    if (first < 0 || count < 0 || first > size - count) {
      throw new IllegalArgumentException(
          "neurons for %s: %d to %d (expected: within 0 to %d)"
              .formatted(symbol.name(), first, (long) first + count, size));
    }
    check(first, values, from, count);
    long step = chip.present();
    for (int s = 0; s < slices.size(); s++) {
      var slice = slices.get(s);
      int low = Math.max(first, slice.image.first());
      int high = Math.min(first + count, slice.image.first() + slice.lanes());
      if (low < high) {
        slice.open(step);
        var column = slice.store.ints(slot);
        int to = column.at(step) + low - slice.image.first();
        System.arraycopy(values, from + low - first, column.values(), to, high - low);
        column.touch(step);
      }
    }
    chip.countHostBits((long) count * symbol.format().bits());
  }

  /// Most values are right, so it looks at the least and the largest before it looks at each.
  private void check(int first, int[] values, int from, int count) {
    var format = symbol.format();
    int least = format.max();
    int largest = format.min();
    for (int i = from; i < from + count; i++) {
      least = Math.min(least, values[i]);
      largest = Math.max(largest, values[i]);
    }
    if (format.holds(least) && format.holds(largest)) {
      return;
    }
    int wrong = from;
    while (format.holds(values[wrong])) {
      wrong++;
    }
    throw new IllegalArgumentException(
        "%s of neuron %d: %d (expected: %d to %d)"
            .formatted(
                symbol.name(), first + wrong - from, values[wrong], format.min(), format.max()));
  }
}
