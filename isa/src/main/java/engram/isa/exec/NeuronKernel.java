package engram.isa.exec;

/// A neuron program bound to its lanes.
public interface NeuronKernel {
  /// Runs one section, without its barrier.
  ///
  /// @param active a bit for each lane that runs; null if all do
  void run(int section, long[] active, long step);
}
