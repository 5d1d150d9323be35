package engram.firmware.mapper;

import engram.isa.exec.SynapseLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.function.IntBinaryOperator;

/// Finds the rows of a block that are one pattern of synapses, moved: same distances, same weights.
final class SharedRows {
  private SharedRows() {}

  /// A pattern, as a key that compares by content.
  private record Pattern(int[] offsets, int[] entries) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Pattern(int[] o, int[] e)
          && Arrays.equals(offsets, o)
          && Arrays.equals(entries, e);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(offsets) + Arrays.hashCode(entries);
    }
  }

  /// The layout of the block for target neurons `first` and on.
  ///
  /// @param starts first synapse of each row, over the whole target population
  /// @param targets of each synapse
  /// @param weights number of shared weights
  /// @param weightOf which of them joins a source and a target
  static SynapseLayout.Shared of(
      int rows,
      int first,
      int count,
      int[] starts,
      int[] targets,
      int weights,
      IntBinaryOperator weightOf) {
    int[] base = new int[rows];
    int[] pattern = new int[rows];
    var known = new HashMap<Pattern, Integer>();
    var ends = new IntList();
    var offsets = new IntList();
    var entries = new IntList();
    ends.add(0);
    for (int row = 0; row < rows; row++) {
      int from = from(targets, starts, row, first);
      int size = from(targets, starts, row, first + count) - from;
      if (size == 0) {
        pattern[row] = SynapseLayout.Shared.NO_PATTERN;
        continue;
      }
      base[row] = targets[from] - first;
      var found = new Pattern(new int[size], new int[size]);
      for (int s = 0; s < size; s++) {
        found.offsets()[s] = targets[from + s] - targets[from];
        found.entries()[s] = weightOf.applyAsInt(row, targets[from + s]);
      }
      pattern[row] =
          known.computeIfAbsent(
              found,
              fresh -> {
                Arrays.stream(fresh.offsets()).forEach(offsets::add);
                Arrays.stream(fresh.entries()).forEach(entries::add);
                ends.add(offsets.size());
                return ends.size() - 2;
              });
    }
    return new SynapseLayout.Shared(
        rows, count, weights, base, pattern, ends.toArray(), offsets.toArray(), entries.toArray());
  }

  /// The first synapse of a row whose target is not below a neuron.
  static int from(int[] targets, int[] starts, int row, int neuron) {
    int at = Arrays.binarySearch(targets, starts[row], starts[row + 1], neuron);
    return at < 0 ? -at - 1 : at;
  }
}
