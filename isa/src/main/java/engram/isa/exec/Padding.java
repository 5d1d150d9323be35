package engram.isa.exec;

/// How much longer arrays are than what they hold, so that vectors need no special case at the ends
/// and rings no division. What lies in between is never read as a value.
public final class Padding {
  /// Most lanes that a loop takes at a time: two vectors of 16-bit integers.
  private static final int WIDEST = 64;

  /// Numbers between what one thread writes and what another one is busy with at the time: two
  /// cache lines of 32-bit numbers, since processors fetch them in pairs.
  public static final int APART = 32;

  private Padding() {}

  /// Room for lanes, to the end of a vector.
  public static int lanes(int lanes) {
    return Math.multiplyExact(Math.ceilDiv(lanes, WIDEST), WIDEST);
  }

  /// Steps of a ring: a power of two.
  public static int depth(int depth) {
    return depth == 1 ? 1 : Integer.highestOneBit(depth - 1) << 1;
  }

  /// Room for a list, so that a vector may be written behind its last entry.
  public static int list(int entries) {
    return Math.addExact(entries, WIDEST);
  }

  /// Room for synapses, so that a vector may start at the last of them.
  static int places(int places) {
    return Math.addExact(places, WIDEST);
  }
}
