package engram.isa.exec;

import engram.isa.verify.VerifiedProgram;

/// A row program with the rows that it runs over. Row and source neuron have the same index.
///
/// @param payloads sum of what arrived for each row
public record RowBinding(
    VerifiedProgram program, LaneStore store, LongColumn payloads, Surroundings surroundings) {}
