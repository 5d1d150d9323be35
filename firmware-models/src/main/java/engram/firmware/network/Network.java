package engram.firmware.network;

import engram.isa.image.SamplePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is to run on a chip, in the user's own words: populations, projections, programs by name.
///
/// @param seed of all random draws, initial weights included
/// @param frame timesteps of an algorithmic step
/// @param samples how labelled samples get in and votes get out, if they do
public record Network(
    String name,
    long seed,
    int frame,
    List<Population> populations,
    List<Projection> projections,
    List<SequencerRef> sequencers,
    Optional<SamplePort> samples) {

  public Network {
    populations = List.copyOf(populations);
    projections = List.copyOf(projections);
    sequencers = List.copyOf(sequencers);
  }

  public static Builder named(String name) {
    return new Builder(name);
  }

  public Optional<Population> population(String name) {
    return populations.stream().filter(p -> p.name().equals(name)).findFirst();
  }

  public Optional<Projection> projection(String name) {
    return projections.stream().filter(p -> p.name().equals(name)).findFirst();
  }

  /// Collects the parts of a network; their order is the order of declaration.
  public static final class Builder {
    private final String name;
    private final List<Population> populations = new ArrayList<>();
    private final List<Projection> projections = new ArrayList<>();
    private final List<SequencerRef> sequencers = new ArrayList<>();
    private Optional<SamplePort> samples = Optional.empty();
    private long seed = 1;
    private int frame = 1;

    private Builder(String name) {
      this.name = name;
    }

    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    public Builder frame(int frame) {
      this.frame = frame;
      return this;
    }

    public Builder add(Population population) {
      populations.add(population);
      return this;
    }

    public Builder add(Projection projection) {
      projections.add(projection);
      return this;
    }

    public Builder add(Projection.Builder projection) {
      return add(projection.build());
    }

    public Builder add(SequencerRef sequencer) {
      sequencers.add(sequencer);
      return this;
    }

    public Builder samples(SamplePort port) {
      samples = Optional.of(port);
      return this;
    }

    public Network build() {
      return new Network(name, seed, frame, populations, projections, sequencers, samples);
    }
  }
}
