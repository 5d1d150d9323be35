package engram.chip;

import engram.chip.preset.Counter;

/// What a run has cost so far, as the chip would count it.
///
/// @param counts by `Counter`
/// @param cycles of all steps: the slowest core, the sequencers, the network, the barrier, and the
///   wait for the tick where the chip has one
/// @param networkCycles of them, in the network
/// @param coreCycles cycles of each core, by `Phase`
/// @param linkFlits flits by link; link 4r + d leaves router r to the east, west, south, north
public record ChipCost(
    long[] counts, long cycles, long networkCycles, long[][] coreCycles, long[] linkFlits) {

  public long count(Counter counter) {
    return counts[counter.ordinal()];
  }

  /// Synapses read because an event arrived.
  public long synapticOperations() {
    return count(Counter.FORWARD_OPERATIONS) + count(Counter.BACKWARD_OPERATIONS);
  }

  /// What this run has cost beyond an earlier state of the same chip.
  public ChipCost since(ChipCost earlier) {
    long[][] cores = new long[coreCycles.length][];
    for (int core = 0; core < cores.length; core++) {
      cores[core] = minus(coreCycles[core], earlier.coreCycles[core]);
    }
    return new ChipCost(
        minus(counts, earlier.counts),
        cycles - earlier.cycles,
        networkCycles - earlier.networkCycles,
        cores,
        minus(linkFlits, earlier.linkFlits));
  }

  /// The sum of two runs.
  public ChipCost plus(ChipCost other) {
    long[][] cores = new long[coreCycles.length][];
    for (int core = 0; core < cores.length; core++) {
      cores[core] = minus(coreCycles[core], negative(other.coreCycles[core]));
    }
    return new ChipCost(
        minus(counts, negative(other.counts)),
        cycles + other.cycles,
        networkCycles + other.networkCycles,
        cores,
        minus(linkFlits, negative(other.linkFlits)));
  }

  private static long[] negative(long[] values) {
    return minus(new long[values.length], values);
  }

  private static long[] minus(long[] a, long[] b) {
    long[] difference = a.clone();
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= b[i];
    }
    return difference;
  }
}
