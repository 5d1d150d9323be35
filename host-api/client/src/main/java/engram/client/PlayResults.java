package engram.client;

/// Results of some samples, in their order.
///
/// @param first index of the first of them, counted from the beginning of the play
/// @param answers class with most votes of each sample, -1 without votes
/// @param votes by sample and class, if asked for; else empty
/// @param events that the chip's neurons have emitted since the play began
public record PlayResults(long first, int[] answers, int[] votes, long events) {}
