package engram.client;

import engram.protocol.v1.Cost;
import engram.protocol.v1.ProbeResponse;
import java.util.Optional;

/// What a probe read after a step.
///
/// @param step number of the step that comes next
/// @param words what was read, unless counters were
/// @param cost what was read, if counters were
/// @param lost samples that were dropped between the one before and this one
public record ProbeSample(long step, Optional<Words> words, Optional<Cost> cost, long lost) {
  static ProbeSample of(ProbeResponse probe) {
    return new ProbeSample(
        probe.getStep(),
        probe.hasWords() ? Optional.of(Words.of(probe.getWords())) : Optional.empty(),
        probe.hasCost() ? Optional.of(probe.getCost()) : Optional.empty(),
        probe.getLost());
  }
}
