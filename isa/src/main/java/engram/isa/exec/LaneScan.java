package engram.isa.exec;

/// Finds the lanes in which a value is not zero: what decides which neurons run.
@FunctionalInterface
public interface LaneScan {
  /// Sets the bit of each lane whose value is not zero; leaves the others as they are.
  ///
  /// @param values of the lanes, from `at` on
  /// @param bits a bit for each lane
  void orNonZero(int[] values, int at, int lanes, long[] bits);

  /// One lane after the other.
  static LaneScan plain() {
    return (values, at, lanes, bits) -> {
      for (int lane = 0; lane < lanes; lane++) {
        if (values[at + lane] != 0) {
          bits[lane >> 6] |= 1L << lane;
        }
      }
    };
  }
}
