package engram.chip.fault;

/// One stored bit turns over.
///
/// @param index of the word in its memory
/// @param bit of the word, 0 the lowest; the highest of a signed word is its sign
/// @param at step before which it takes place, or `AT_ONCE`
public record BitFlip(FaultMemory memory, long index, int bit, long at) implements Fault {
  public BitFlip {
    Checks.requireNatural("index", index);
    Checks.requireNatural("bit", bit);
    if (at != AT_ONCE) {
      Checks.requireNatural("at", at);
    }
  }
}
