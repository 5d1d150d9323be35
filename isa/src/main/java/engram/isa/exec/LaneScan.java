package engram.isa.exec;

/// Goes over many lanes for the few that matter: which of them run, which of them emitted.
public interface LaneScan {
  /// Sets the bit of each lane whose value is not zero; leaves the others as they are.
  ///
  /// @param values of the lanes, from `at` on
  /// @param bits a bit for each lane
  void orNonZero(int[] values, int at, int lanes, long[] bits);

  /// Lists the lanes whose bit is set, ascending; returns the place behind the last entry.
  ///
  /// @param bits a bit for each lane, from `at` on
  /// @param first lane that is meant
  /// @param end behind the last lane that is meant; larger than `first`
  /// @param shift what is added to each lane
  /// @param list takes the entries from place `from` on; `Padding.list` says how long it must be
  int list(long[] bits, int at, int first, int end, int shift, int[] list, int from);

  /// The bits of 64 lanes, those that are not meant left out.
  ///
  /// @param index of the 64 lanes
  static long word(long[] bits, int at, int index, int first, int end) {
    long lanes = bits[at + index];
    int from = index << 6;
    if (first > from) {
      lanes &= -1L << first;
    }
    return end < from + 64 ? lanes & -1L >>> -end : lanes;
  }
}
