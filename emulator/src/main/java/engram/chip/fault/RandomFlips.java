package engram.chip.fault;

/// Several bits of one memory turn over, no bit twice: which, is drawn when they do, from the seed,
/// the step and the memory. `docs/chip.md` has the key.
///
/// @param count of bits
/// @param at step before which it takes place, or `AT_ONCE`
public record RandomFlips(FaultMemory memory, int count, long seed, long at) implements Fault {
  /// Bits of one fault, at most.
  public static final int MOST = 1 << 20;

  public RandomFlips {
    Checks.require("count", count, 1, MOST);
    if (at != AT_ONCE) {
      Checks.requireNatural("at", at);
    }
  }
}
