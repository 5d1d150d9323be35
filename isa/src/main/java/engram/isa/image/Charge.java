package engram.isa.image;

/// What one owner takes of one memory of a core.
///
/// @param owner the user's name of a population or projection, or of a program
public record Charge(Memory memory, String owner, long amount) {}
