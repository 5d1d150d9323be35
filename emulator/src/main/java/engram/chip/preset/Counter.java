package engram.chip.preset;

import java.util.Locale;

/// What a chip counts. Every count has a cause: an event, a lane, a word, a step.
public enum Counter {
  /// Address events that reached a row.
  EVENTS_DELIVERED,
  /// Rows read by INTEGRATE.
  ROWS_READ,
  /// Synapses read because an event arrived, on projections that carry activity.
  FORWARD_OPERATIONS,
  /// The same, on projections that carry errors.
  BACKWARD_OPERATIONS,
  /// Synapses that a synapse program ran over.
  LEARNING_OPERATIONS,
  /// 64-bit words of synapse memory read.
  SYNAPSE_WORDS_READ,
  /// 64-bit words of synapse memory written.
  SYNAPSE_WORDS_WRITTEN,
  /// Neurons whose program ran.
  NEURONS_UPDATED,
  /// Neurons that were inactive.
  NEURONS_IDLE,
  /// Rows whose program ran.
  ROWS_UPDATED,
  /// Lanes of instructions of the adder.
  ALU_LANES,
  /// Lanes of instructions of the multiplier.
  MULTIPLIER_LANES,
  /// Lanes of loads and stores.
  MEMORY_LANES,
  /// Lanes of table look-ups.
  TABLE_LANES,
  /// Lanes of draws.
  RANDOM_LANES,
  /// Lanes of emits, bids, reductions.
  EVENT_LANES,
  /// Events that neurons or rows emitted, before they are copied to several cores.
  EVENTS_EMITTED,
  /// Events that also went to the host.
  HOST_EVENTS,
  /// Events that a fault lost on their way, each once for every row that missed it.
  EVENTS_LOST,
  /// Events that reached a dead core, the same.
  EVENTS_DROPPED,
  /// Bits that a fault turned over.
  BITS_FLIPPED,

  /// Flits over a link along a row of routers.
  HORIZONTAL_HOPS,
  /// Flits over a link along a column of routers.
  VERTICAL_HOPS,
  /// Flits over the port between a core, or the host, and its router.
  LOCAL_HOPS,
  /// Bits over the host's link, both ways.
  HOST_BITS,
  /// Timesteps, each closed by a barrier.
  STEPS;

  private final String key = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /// True for what cores count, false for what the chip counts around them.
  public boolean ofCore() {
    return compareTo(HORIZONTAL_HOPS) < 0;
  }

  /// True for what faults do.
  public boolean ofFaults() {
    return this == EVENTS_LOST || this == EVENTS_DROPPED || this == BITS_FLIPPED;
  }

  /// True for what the chip spends energy on; the host's link is counted apart.
  public boolean takesEnergy() {
    return this != HOST_EVENTS && this != HOST_BITS && !ofFaults();
  }

  /// Its name in presets and reports: `forward-operations`.
  public String key() {
    return key;
  }
}
