package engram.chip;

/// The five parts of a timestep, in order.
public enum Phase {
  /// The address events that are due reach the rows that their axons name.
  DELIVER,
  /// Rows with a payload add their weights to the dendritic accumulators.
  INTEGRATE,
  /// Neuron programs run and emit.
  UPDATE,
  /// Row programs, then synapse programs run where a trigger fired.
  LEARN,
  /// What was emitted leaves as address events for later steps.
  EMIT
}
