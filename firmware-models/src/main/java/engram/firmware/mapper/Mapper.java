package engram.firmware.mapper;

import engram.firmware.Firmware;
import engram.firmware.network.Network;
import engram.firmware.network.Population;
import engram.firmware.network.Weights;
import engram.isa.image.ChipSpec;
import engram.isa.image.SynapseFormat;
import java.util.ArrayList;
import java.util.List;

/// Makes a network into an image for a chip, in four steps: assemble the programs, find the
/// connections, place the neurons, write the image.
public final class Mapper {
  private final Network network;
  private final ChipSpec spec;
  private final Faults faults;

  private Mapper(Network network, ChipSpec spec) {
    this.network = network;
    this.spec = spec;
    this.faults = new Faults(network.name());
  }

  /// Maps a network.
  ///
  /// @throws engram.firmware.network.NetworkException if the description is not consistent in
  ///   itself
  /// @throws engram.isa.image.ImageException if a part of it fits no core, or all of it no chip
  public static Mapping map(Network network, ChipSpec spec, Firmware firmware) {
    return new Mapper(network, spec).map(firmware);
  }

  private Mapping map(Firmware firmware) {
    var programs = new ProgramSet(network, firmware, faults);
    checkNames();
    faults.stopIfAny();
    checkWeights();
    faults.stopIfAny();
    new Capacity(network, spec).check();
    var connections = connections(programs);
    var cores = new Placer(network, spec, programs, connections).place();
    return new ImageWriter(network, programs, connections, cores, faults).write();
  }

  /// Names that refer to nothing: found before anything is computed from them.
  private void checkNames() {
    String known = String.join(", ", network.populations().stream().map(Population::name).toList());
    for (var projection : network.projections()) {
      for (var end : List.of(projection.source(), projection.target())) {
        var found = network.population(end);
        if (found.isEmpty()) {
          faults.add(
              "projection %s: population: %s (expected: one of %s)", projection.name(), end, known);
        }
      }
      for (var other : List.of(projection.mirrorOf(), projection.rowsOf())) {
        if (!other.isEmpty() && network.projection(other).isEmpty()) {
          faults.add("projection %s: no projection %s", projection.name(), other);
        }
      }
    }
    for (var population : network.populations()) {
      if (population.neurons() < 1) {
        faults.add(
            "population %s: neurons: %d (expected: at least 1)",
            population.name(), population.neurons());
      }
    }
  }

  private void checkWeights() {
    for (var projection : network.projections()) {
      String name = projection.name();
      var target = network.population(projection.target()).orElseThrow();
      int rows = network.population(projection.source()).orElseThrow().neurons();
      if (target.program() == null) {
        faults.add("projection %s: its target %s is external", name, target.name());
      }
      if (!projection.mirrorOf().isEmpty()) {
        continue;
      }
      switch (projection.weights()) {
        case Weights.Given(int[] values) -> {
          long expected = (long) rows * target.neurons();
          if (values.length != expected) {
            faults.add("projection %s: weights: %d (expected: %d)", name, values.length, expected);
          }
        }
        case Weights.Convolution(var grid, int[] kernel) -> {
          if (kernel.length != grid.weights()) {
            faults.add(
                "projection %s: kernel: %d weights (expected: %d, outputs x inputs x size x size)",
                name, kernel.length, grid.weights());
          }
          if (rows != grid.sources() || target.neurons() != grid.targets()) {
            faults.add(
                "projection %s: %d source and %d target neurons (expected: %d and %d, by its grid)",
                name, rows, target.neurons(), grid.sources(), grid.targets());
          }
        }
        default -> {}
      }
      if (projection.format() == SynapseFormat.DENSE && !projection.weights().dense()) {
        faults.add(
            "projection %s: dense synapses with weights that leave some out (expected: %s)",
            name, projection.weights().naturalFormat().keyword());
      }
      boolean kernel = projection.weights() instanceof Weights.Convolution;
      if (projection.format() == SynapseFormat.SHARED && !kernel) {
        faults.add("projection %s: shared synapses without a kernel (expected: conv)", name);
      }
    }
  }

  private List<Connections> connections(ProgramSet programs) {
    var connections = new ArrayList<Connections>();
    for (int p = 0; p < network.projections().size(); p++) {
      var projection = network.projections().get(p);
      var original =
          projection.mirrorOf().isEmpty()
              ? projection
              : network.projection(projection.mirrorOf()).orElseThrow();
      connections.add(
          new Connections(
              projection,
              original,
              network.projections().indexOf(original),
              network.seed(),
              network.population(projection.source()).orElseThrow(),
              network.population(projection.target()).orElseThrow(),
              programs.verified(projection.row()),
              programs.verified(projection.learn())));
    }
    return connections;
  }
}
