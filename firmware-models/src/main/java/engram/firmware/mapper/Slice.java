package engram.firmware.mapper;

/// Neurons `first` to before `first + count` of a population.
///
/// @param population index in the network
record Slice(int population, int first, int count) {}
