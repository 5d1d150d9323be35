package engram.chip.fault;

/// Events get lost on their way. Whether one does, is drawn from the seed, the step in which it was
/// emitted, its source and its destination; `docs/chip.md` has the key.
///
/// @param probability in units of 2^-32: from 0, none, to `CERTAIN`, all
/// @param fromCore number of the core whose events alone are meant, or `ANY`; what a host injects
///   comes from no core
/// @param toCore number of the core that alone misses them, or `ANY`
/// @param from first step whose emissions are meant
/// @param until the step behind the last one; `FOREVER` for none
public record PacketLoss(
    long probability, long seed, int fromCore, int toCore, long from, long until) implements Fault {
  /// Probability 1.
  public static final long CERTAIN = 1L << 32;

  /// Every core, and for the source the host too.
  public static final int ANY = -1;

  public PacketLoss {
    Checks.require("probability in units of 2^-32", probability, 0, CERTAIN);
    if (fromCore != ANY) {
      Checks.requireNatural("from core", fromCore);
    }
    if (toCore != ANY) {
      Checks.requireNatural("to core", toCore);
    }
    Checks.requireWindow(from, until);
  }

  /// Loss between all cores.
  public static PacketLoss everywhere(double probability, long seed, long from, long until) {
    return new PacketLoss(units(probability), seed, ANY, ANY, from, until);
  }

  /// The nearest multiple of 2^-32.
  ///
  /// @param probability 0 to 1
  public static long units(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability: " + probability + " (expected: 0 to 1)");
    }
    return Math.round(probability * CERTAIN);
  }
}
