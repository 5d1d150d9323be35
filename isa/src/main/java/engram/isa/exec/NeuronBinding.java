package engram.isa.exec;

import engram.isa.verify.VerifiedProgram;

/// A neuron program with the slice of a population that it runs over.
///
/// @param firstIndex logical index of lane 0
/// @param groupSizes lanes of a group, by slot of the group symbol
public record NeuronBinding(
    VerifiedProgram program,
    LaneStore store,
    int firstIndex,
    Groups groups,
    int[] groupSizes,
    Surroundings surroundings) {}
