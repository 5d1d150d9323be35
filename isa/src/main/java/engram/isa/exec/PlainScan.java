package engram.isa.exec;

/// A scan without vectors.
public final class PlainScan implements LaneScan {
  /// Entries that are written at a time.
  private static final int PIECE = 8;

  @Override
  public void orNonZero(int[] values, int at, int lanes, long[] bits) {
    for (int lane = 0; lane < lanes; lane++) {
      if (values[at + lane] != 0) {
        bits[lane >> 6] |= 1L << lane;
      }
    }
  }

  @Override
  public int list(long[] bits, int at, int first, int end, int shift, int[] list, int from) {
    int to = from;
    for (int index = first >> 6; index <= (end - 1) >> 6; index++) {
      to = list(LaneScan.word(bits, at, index, first, end), (index << 6) + shift, list, to);
    }
    return to;
  }

  /// Writes some entries at a time, needed or not: most words have no more, and then nothing
  /// depends on how many.
  private static int list(long lanes, int shift, int[] list, int from) {
    long left = lanes;
    int at = from;
    while (left != 0) {
      for (int i = 0; i < PIECE; i++) {
        list[at + i] = shift + Long.numberOfTrailingZeros(left);
        left &= left - 1;
      }
      at += PIECE;
    }
    return from + Long.bitCount(lanes);
  }
}
