package engram.client;

/// A memory whose bits can flip, by the network's names: those that reads know.
public sealed interface FaultMemory {

  /// A field or parameter of a population: a word a neuron.
  record Field(String population, String field) implements FaultMemory {}

  /// The weights of a projection: a word a synapse, by `source * targets + target`.
  record Weights(String projection) implements FaultMemory {}

  /// A tag of the synapses of a projection, by the same index.
  record Tag(String projection, String tag) implements FaultMemory {}

  private static engram.protocol.v1.FaultMemory.Builder synapses(String projection, String tag) {
    return engram.protocol.v1.FaultMemory.newBuilder()
        .setSynapses(
            engram.protocol.v1.FaultMemory.Synapses.newBuilder()
                .setProjection(projection)
                .setTag(tag));
  }

  /// What goes over the wire.
  static engram.protocol.v1.FaultMemory.Builder message(FaultMemory memory) {
    return switch (memory) {
      case Field(String population, String field) ->
          engram.protocol.v1.FaultMemory.newBuilder()
              .setField(
                  engram.protocol.v1.FaultMemory.Field.newBuilder()
                      .setPopulation(population)
                      .setField(field));
      case Weights(String projection) -> synapses(projection, "");
      case Tag(String projection, String tag) -> synapses(projection, tag);
    };
  }

  /// What came over the wire.
  static FaultMemory of(engram.protocol.v1.FaultMemory message) {
    return switch (message.getWhatCase()) {
      case FIELD -> new Field(message.getField().getPopulation(), message.getField().getField());
      case SYNAPSES ->
          message.getSynapses().getTag().isEmpty()
              ? new Weights(message.getSynapses().getProjection())
              : new Tag(message.getSynapses().getProjection(), message.getSynapses().getTag());
      case WHAT_NOT_SET ->
          throw new IllegalArgumentException("memory of a fault: none that this client knows");
    };
  }
}
