package engram.server;

import engram.chip.Chip;
import engram.chip.preset.Counter;

/// Tells Prometheus what faults have done to one chip since it was asked last.
final class FaultCounts {
  private final Metrics metrics;
  private long lost;
  private long dropped;
  private long flipped;

  /// @param metrics where it is counted, of all chips
  FaultCounts(Metrics metrics) {
    this.metrics = metrics;
  }

  void update(Chip chip) {
    long lostNow = chip.count(Counter.EVENTS_LOST);
    long droppedNow = chip.count(Counter.EVENTS_DROPPED);
    long flippedNow = chip.count(Counter.BITS_FLIPPED);
    metrics.faulted(lostNow - lost, droppedNow - dropped, flippedNow - flipped);
    lost = lostNow;
    dropped = droppedNow;
    flipped = flippedNow;
  }
}
