package engram.isa.image;

import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import java.util.HashSet;
import java.util.Optional;

/// Judges what serves a whole network: sequencer engines and the port for samples.
final class ServiceChecker {
  private final Judgement judgement;
  private final ChipImage image;

  ServiceChecker(Judgement judgement) {
    this.judgement = judgement;
    image = judgement.image();
  }

  void check() {
    sequencers();
    image.samples().ifPresent(this::samples);
  }

  private void sequencers() {
    for (var sequencer : image.sequencers()) {
      if (!judgement.spec().can().sequencers()) {
        judgement.fault("the chip has no sequencer engines");
        return;
      }
      if (sequencer.register() < 0 || sequencer.register() >= image.registers().size()) {
        judgement.fault("sequencer: register %d does not exist", sequencer.register());
      }
      switch (sequencer) {
        case Sequencer.Reduce reduce -> reduce(reduce);
        case Sequencer.Rewire rewire -> rewire(rewire.projection());
      }
    }
  }

  private void rewire(int index) {
    boolean masked =
        judgement.isProjection(index)
            && image.projections().get(index).format() == SynapseFormat.MASKED;
    if (!masked) {
      judgement.fault("rewire: projection %d is no masked one", index);
    }
    if (judgement.hasMirror(index)) {
      judgement.fault("rewire: projection %d has a mirror", index);
    }
    if (judgement.isProjection(index) && image.projections().get(index).isMirror()) {
      judgement.fault("rewire: projection %d is a mirror", index);
    }
  }

  private void reduce(Sequencer.Reduce reduce) {
    if (reduce.projections().size() < 2) {
      judgement.fault("reduce: replicas: %d (expected: at least 2)", reduce.projections().size());
      return;
    }
    for (int index : reduce.projections()) {
      if (!judgement.isProjection(index)) {
        judgement.fault("reduce: projection %d does not exist", index);
        return;
      }
    }
    boolean weight = reduce.word().equals(SymbolRole.WEIGHT.keyword());
    var first = image.projections().get(reduce.projections().get(0));
    if (!weight && !hasTag(first, reduce.word())) {
      judgement.fault("reduce: %s has no word %s", first.name(), reduce.word());
    }
    var seen = new HashSet<Integer>();
    for (int index : reduce.projections()) {
      var projection = image.projections().get(index);
      if (!seen.add(index)) {
        judgement.fault("reduce: %s stands twice", projection.name());
      }
      if (!equalShape(projection, first)) {
        judgement.fault(
            "reduce: %s is not of the shape of %s (expected: both dense, with one program)",
            projection.name(), first.name());
      }
      if (weight && judgement.hasMirror(index)) {
        judgement.fault("reduce: %s has a mirror", projection.name());
      }
      if (weight && projection.isMirror()) {
        judgement.fault("reduce: %s is a mirror", projection.name());
      }
    }
  }

  private boolean hasTag(ProjectionImage projection, String word) {
    return projection.learns()
        && judgement.program(projection.synapseProgram()).symbols(SymbolRole.TAG).stream()
            .anyMatch(s -> s.name().equals(word));
  }

  private boolean equalShape(ProjectionImage a, ProjectionImage b) {
    return size(a.source()) == size(b.source())
        && size(a.target()) == size(b.target())
        && a.format() == SynapseFormat.DENSE
        && b.format() == SynapseFormat.DENSE
        && a.weights().equals(b.weights())
        && a.synapseProgram() == b.synapseProgram();
  }

  private int size(int population) {
    return image.populations().get(population).size();
  }

  private void samples(SamplePort port) {
    field(port.data(), port.dataField());
    if (!port.label().isEmpty()) {
      field(port.label(), port.labelField())
          .map(Symbol::format)
          .filter(f -> !f.holds(port.labelOn()))
          .ifPresent(f ->
              judgement.fault(
                  "samples: label: %d (expected: %d to %d)", port.labelOn(), f.min(), f.max()));
    }
    var vote = image.populations().stream().filter(p -> p.name().equals(port.vote())).findFirst();
    if (vote.isEmpty()) {
      judgement.fault("samples: no population %s", port.vote());
    } else {
      judgement.stream(vote.get(), port.voteStream(), "samples vote by");
    }
    if (image.registers().stream().noneMatch(r -> r.name().equals(port.learn()))) {
      judgement.fault("samples: no register %s", port.learn());
    }
    if (port.steps() < 1) {
      judgement.fault("samples: steps: %d (expected: at least 1)", port.steps());
    }
  }

  /// The field of a population that takes a part of a sample; a fault if there is none.
  private Optional<Symbol> field(String population, String field) {
    var found =
        image.populations().stream()
            .filter(p -> p.name().equals(population) && !p.external())
            .flatMap(p -> judgement.program(p.program()).symbols(SymbolRole.FIELD).stream())
            .filter(s -> s.name().equals(field))
            .findFirst();
    if (found.isEmpty()) {
      judgement.fault("samples: no field %s.%s", population, field);
    }
    return found;
  }
}
