package engram.isa.image;

import engram.isa.program.Program;
import engram.isa.verify.VerifiedProgram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// What an image takes of the memories of one core, and who takes it.
public record CoreUsage(int core, List<Charge> charges) {
  public CoreUsage {
    charges = List.copyOf(charges);
  }

  public long used(Memory memory) {
    return charges.stream().filter(c -> c.memory() == memory).mapToLong(Charge::amount).sum();
  }

  /// The owner that takes most of a memory.
  public Charge worst(Memory memory) {
    return charges.stream()
        .filter(c -> c.memory() == memory)
        .max(Comparator.comparingLong(Charge::amount))
        .orElse(new Charge(memory, "nothing", 0));
  }

  /// The usage of one core of an image.
  ///
  /// @param programs the image's programs, verified, in order
  public static CoreUsage of(ChipImage image, CoreImage core, List<VerifiedProgram> programs) {
    var charges = new ArrayList<Charge>();
    var loaded = new LinkedHashSet<Program>();
    for (var slice : core.slices()) {
      var population = image.populations().get(slice.population());
      var program = programs.get(population.program());
      loaded.add(program.program());
      charges.add(new Charge(Memory.NEURONS, population.name(), slice.count()));
      charges.add(
          new Charge(
              Memory.STATE,
              population.name(),
              MemoryModel.neuronWords(program.program(), slice.count())
                  + MemoryModel.registerWords(program, population.lag())));
      charges.add(new Charge(Memory.ROUTE, population.name(), entries(slice.routes())));
    }
    for (var block : core.blocks()) {
      var projection = image.projections().get(block.projection());
      int oldest = -1;
      Program row = null;
      Program synapse = null;
      int lag = image.populations().get(projection.target()).lag();
      if (projection.rowProgram() != ProjectionImage.NONE) {
        var verified = programs.get(projection.rowProgram());
        row = verified.program();
        oldest = verified.oldestArrival();
        loaded.add(row);
        charges.add(
            new Charge(Memory.STATE, projection.name(), MemoryModel.registerWords(verified, lag)));
      }
      if (projection.learns()) {
        var verified = programs.get(projection.synapseProgram());
        synapse = verified.program();
        oldest = Math.max(oldest, verified.oldestArrival());
        loaded.add(synapse);
        charges.add(
            new Charge(Memory.STATE, projection.name(), MemoryModel.registerWords(verified, lag)));
      }
      charges.add(
          new Charge(
              Memory.SYNAPSE,
              projection.name(),
              MemoryModel.blockWords(block.layout(), projection.weights(), synapse)
                  + MemoryModel.rowWords(row, oldest, block.layout().rows())));
      charges.add(new Charge(Memory.ROUTE, projection.name(), entries(block.routes())));
    }
    for (var range : core.axons()) {
      var projection = image.projections().get(core.blocks().get(range.block()).projection());
      charges.add(new Charge(Memory.AXON, projection.name(), range.count()));
    }
    for (var program : loaded) {
      charges.add(new Charge(Memory.PROGRAM, program.name(), program.memoryWords()));
    }
    return new CoreUsage(core.core(), charges);
  }

  private static long entries(Map<String, List<RouteImage>> routes) {
    return routes.values().stream().mapToLong(List::size).sum();
  }
}
