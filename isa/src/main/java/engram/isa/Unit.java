package engram.isa;

/// The part of a core that an instruction keeps busy: what energy is counted by.
public enum Unit {
  /// 32-bit adder, comparator, logic, shifter.
  ALU,
  /// 32 x 32 multiplier with its 64-bit accumulator.
  MULTIPLIER,
  /// Port of the state or synapse memory.
  MEMORY,
  /// Table memory.
  TABLE,
  /// Random number generator.
  RANDOM,
  /// Outgoing events, bids, reductions.
  EVENT
}
