package engram.chip.fault;

/// A memory in which bits can flip, by the network's own names: those that `Chip.read`, `weights`
/// and `tags` know.
public sealed interface FaultMemory {

  /// A field or parameter of a population: a word a neuron, by its index.
  record Field(String population, String field) implements FaultMemory {
    @Override
    public String toString() {
      return field + " of " + population;
    }
  }

  /// The weights of a projection: a word a synapse, by `source * targets + target`. Where synapses
  /// share weights, it is the one word that the core of the target holds.
  record Weights(String projection) implements FaultMemory {
    @Override
    public String toString() {
      return "weights of " + projection;
    }
  }

  /// A tag of the synapses of a projection, by the same index.
  record Tag(String projection, String tag) implements FaultMemory {
    @Override
    public String toString() {
      return tag + " of " + projection;
    }
  }
}
