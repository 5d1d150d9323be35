package engram.isa.image;

import engram.isa.program.Program;
import java.util.List;
import java.util.Optional;

/// All that is written into a chip before it runs.
///
/// @param network name of the network
/// @param seed of all random draws
/// @param frame timesteps of an algorithmic step
/// @param hostRoutes route table entries of each external population, by its index; lanes are its
///   neurons; empty for the others
public record ChipImage(
    String network,
    long seed,
    int frame,
    List<RegisterImage> registers,
    List<Program> programs,
    List<PopulationImage> populations,
    List<ProjectionImage> projections,
    List<CoreImage> cores,
    List<List<RouteImage>> hostRoutes,
    List<Sequencer> sequencers,
    Optional<SamplePort> samples) {

  public ChipImage {
    registers = List.copyOf(registers);
    programs = List.copyOf(programs);
    populations = List.copyOf(populations);
    projections = List.copyOf(projections);
    cores = List.copyOf(cores);
    hostRoutes = hostRoutes.stream().map(List::copyOf).toList();
    sequencers = List.copyOf(sequencers);
  }

  /// The same image with all initial weights left out: what a running chip needs to keep of it.
  public ChipImage withoutWeights() {
    var bare = cores.stream().map(CoreImage::withoutWeights).toList();
    return new ChipImage(
        network,
        seed,
        frame,
        registers,
        programs,
        populations,
        projections,
        bare,
        hostRoutes,
        sequencers,
        samples);
  }
}
