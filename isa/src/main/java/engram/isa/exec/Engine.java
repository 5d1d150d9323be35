package engram.isa.exec;

import java.util.List;

/// Turns bound programs into something that runs. Whatever the engine, the results are the same to
/// the bit; the interpreter is the specification.
public interface Engine {
  /// The name that `--engine` takes.
  String name();

  /// What a user should know about how the programs bound so far run: none is a fault.
  default List<String> remarks() {
    return List.of();
  }

  NeuronKernel neuron(NeuronBinding binding);

  RowKernel row(RowBinding binding);

  SynapseKernel synapse(SynapseBinding binding);

  /// Integration of a block's rows.
  ///
  /// @param weights as the block keeps them
  /// @param weightLimit largest magnitude of a weight
  Integrator integrator(SynapseLayout layout, SynapseColumn weights, int weightLimit);

  LaneScan laneScan();
}
