package engram.isa.exec;

/// Turns bound programs into something that runs. Whatever the engine, the results are the same to
/// the bit; the interpreter is the specification.
public interface Engine {
  /// The name that `--engine` takes.
  String name();

  NeuronKernel neuron(NeuronBinding binding);

  RowKernel row(RowBinding binding);

  SynapseKernel synapse(SynapseBinding binding);
}
