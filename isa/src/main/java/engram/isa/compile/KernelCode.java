package engram.isa.compile;

/// A compiled program: one hidden class.
interface KernelCode {
  /// Runs a section over the blocks of a frame.
  ///
  /// @param rows rows of synapses to run over, those from `from` to before `to`; null for programs
  ///   without rows
  void run(int section, Frame frame, long step, int[] rows, int from, int to);
}
