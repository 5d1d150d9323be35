package engram.firmware.mapper;

import engram.firmware.network.Network;
import engram.firmware.network.Population;
import engram.firmware.network.Projection;
import engram.firmware.network.Weights;
import engram.isa.image.ChipSpec;
import engram.isa.image.ImageException;
import engram.isa.image.SynapseFormat;
import java.util.ArrayList;
import java.util.List;

/// Refuses networks that fit no chip of the kind wherever their parts are placed, before memory is
/// taken for any synapse. Dense projections take none while a network is mapped, and are left to
/// the placer, which counts exactly.
final class Capacity {
  private static final int WORD_BITS = 64;

  /// Synapses that are listed one by one while a network is mapped, whatever they take on the chip:
  /// those of a convolution, which share their weights.
  private static final long MOST_LISTED = 1 << 26;

  private final Network network;
  private final ChipSpec spec;
  private final List<String> walls = new ArrayList<>();

  Capacity(Network network, ChipSpec spec) {
    this.network = network;
    this.spec = spec;
  }

  /// @throws ImageException with every wall that the network is too big for
  void check() {
    neurons();
    for (var projection : network.projections()) {
      if (projection.format() != SynapseFormat.DENSE) {
        axons(projection);
        synapses(projection);
      }
    }
    if (!walls.isEmpty()) {
      throw new ImageException(
          "network " + network.name() + " is refused by " + spec.name() + ":", walls);
    }
  }

  private long cores() {
    return spec.mesh().cores();
  }

  private void neurons() {
    var inner = network.populations().stream().filter(p -> p.program() != null).toList();
    long neurons = inner.stream().mapToLong(Population::neurons).sum();
    long room = cores() * spec.core().neurons();
    if (neurons > room) {
      walls.add("neurons: %d (expected: at most %d on %s)".formatted(neurons, room, spec.name()));
    }
  }

  /// Each core that holds a target neuron needs an axon for each source neuron.
  private void axons(Projection projection) {
    long axons = (long) neurons(projection.source()) * projection.lines().size();
    if (axons > spec.core().axons()) {
      walls.add(
          "population %s: one neuron with all inputs need %d entries of axon memory (expected: at most %d on %s)"
              .formatted(projection.target(), axons, spec.core().axons(), spec.name()));
    }
  }

  private void synapses(Projection projection) {
    var weights = weights(projection);
    double synapses =
        weights.leastSynapses(neurons(projection.source()), neurons(projection.target()));
    boolean shared = projection.format() == SynapseFormat.SHARED;
    long words = cores() * spec.core().synapseWords();
    long room = shared ? MOST_LISTED : words * WORD_BITS / projection.type().bits();
    if (synapses > room || !weights.dense() && synapses > MOST_LISTED) {
      walls.add(
          "projection %s: synapses: %.0f (expected: at most %d on %s)"
              .formatted(
                  projection.name(),
                  synapses,
                  weights.dense() ? room : Math.min(room, MOST_LISTED),
                  spec.name()));
    }
  }

  /// A mirror has the weights of its original, and as many of them.
  private Weights weights(Projection projection) {
    return projection.mirrorOf().isEmpty()
        ? projection.weights()
        : network.projection(projection.mirrorOf()).orElseThrow().weights();
  }

  private int neurons(String population) {
    return network.population(population).orElseThrow().neurons();
  }
}
