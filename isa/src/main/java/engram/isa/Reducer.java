package engram.isa;

/// What a `reduce` barrier makes of the bids of a group. The ordinal is its code in the instruction
/// word.
public enum Reducer {
  /// Exact sum, 64 bits wide; 0 without a bidder.
  SUM,
  /// Largest bid; the smallest 32-bit integer without a bidder.
  MAX,
  /// 1 if some bid is not zero, else 0.
  ANY,
  /// Largest bid and the index of its bidder; a tie goes to the lowest index. Without a bidder the
  /// index is -1.
  ARGMAX;

  private static final Reducer[] VALUES = values();

  /// The word for it in assembly.
  public String keyword() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  static Reducer of(int code) {
    return VALUES[code];
  }
}
