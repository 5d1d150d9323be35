package engram.cli.client;

import engram.client.RemoteChip;
import engram.protocol.v1.ActivityResponse;
import engram.protocol.v1.Cost;
import engram.protocol.v1.DescribeResponse;

/// One look at a chip.
///
/// @param nanos when, by a clock that only runs forward
/// @param latencyNanos from a question to the chip to its answer, which comes between two steps
/// @param cost the default if nothing is loaded
record Glance(
    long nanos,
    long latencyNanos,
    String lease,
    DescribeResponse chip,
    Cost cost,
    ActivityResponse activity) {
  static final String STEPS = "steps";

  static Glance at(RemoteChip chip) {
    long asked = System.nanoTime();
    var holds = chip.describe();
    long answered = System.nanoTime();
    var cost = holds.getNetwork().isEmpty() ? Cost.getDefaultInstance() : chip.cost();
    return new Glance(answered, answered - asked, chip.lease(), holds, cost, chip.activity());
  }

  long count(String counter) {
    return cost.getCountsOrDefault(counter, 0);
  }

  /// True if the other came earlier in the same life of the same network.
  boolean follows(Glance earlier) {
    return chip.getNetwork().equals(earlier.chip.getNetwork())
        && chip.getCoresCount() == earlier.chip.getCoresCount()
        && count(STEPS) >= earlier.count(STEPS)
        && cost.getCycles() >= earlier.cost.getCycles();
  }
}
