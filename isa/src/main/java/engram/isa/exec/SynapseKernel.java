package engram.isa.exec;

/// A synapse program bound to its block.
public interface SynapseKernel {
  /// Runs the program over synapses of some rows for which the same triggers can fire.
  ///
  /// @param rows the rows; those from `from` to before `to` are meant
  /// @param fired a bit for each trigger whose terms on row, period and register hold
  /// @param post for each trigger a bit for each lane whose post-synaptic term holds; null where
  ///   the trigger has none. A synapse runs if some trigger fired in both
  /// @return number of synapses that ran
  long run(int[] rows, int from, int to, int fired, long[][] post, long step);
}
