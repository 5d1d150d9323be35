package engram.isa.image;

/// Entries of an axon table that follow each other: axon `first + i` names row `row + i` of a
/// block.
///
/// @param block index of the block in the same core
/// @param sign 1 or -1: what the payload is multiplied with
/// @param delay steps from emission to delivery, 1 to 63
public record AxonRange(int first, int count, int block, int row, int sign, int delay) {}
