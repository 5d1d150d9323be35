package engram.chip;

/// Counts the memory words that hold some lanes of a row, where lanes lie packed in words.
final class LaneWords {
  /// By the logarithm of lanes a word: the lowest lane of each word.
  private static final long[] LOWEST = new long[7];

  static {
    for (int log = 0; log < LOWEST.length; log++) {
      for (int lane = 0; lane < Long.SIZE; lane += 1 << log) {
        LOWEST[log] |= 1L << lane;
      }
    }
  }

  private LaneWords() {}

  /// @param lanes a bit for each lane
  /// @param mask a bit for each lane that is there, from `at` on, or null
  /// @param perWord lanes that a word holds, 1 to 64
  static long count(long[] lanes, long[] mask, int at, int perWord) {
    return Integer.bitCount(perWord) == 1
        ? countAligned(lanes, mask, at, Integer.numberOfTrailingZeros(perWord))
        : countEach(lanes, mask, at, perWord);
  }

  /// Words of 2, 4, 8... lanes end where 64 lanes end. Each word's bits are gathered in its lowest.
  private static long countAligned(long[] lanes, long[] mask, int at, int log) {
    long count = 0;
    for (int i = 0; i < lanes.length; i++) {
      long some = mask == null ? lanes[i] : lanes[i] & mask[at + i];
      for (int l = 0; l < log; l++) {
        some |= some >>> (1 << l);
      }
      count += Long.bitCount(some & LOWEST[log]);
    }
    return count;
  }

  private static long countEach(long[] lanes, long[] mask, int at, int perWord) {
    long count = 0;
    int behind = 0;
    for (int i = 0; i < lanes.length; i++) {
      long left = mask == null ? lanes[i] : lanes[i] & mask[at + i];
      while (left != 0) {
        int lane = (i << 6) + Long.numberOfTrailingZeros(left);
        left &= left - 1;
        if (lane >= behind) {
          count++;
          behind = (lane / perWord + 1) * perWord;
        }
      }
    }
    return count;
  }
}
