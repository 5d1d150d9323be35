package engram.isa.exec;

/// A synapse program bound to its block.
public interface SynapseKernel {
  /// Runs the program over the synapses of some rows for which the same triggers fired.
  ///
  /// @param rows the rows; those from `from` to before `to` are meant
  /// @param firing for which lanes it runs
  /// @return number of synapses that ran
  long run(int[] rows, int from, int to, Firing firing, long step);
}
