package engram.chip;

import engram.isa.exec.LongColumn;
import java.util.Arrays;

/// What arrived for the rows of a block: in the present step, and as far back as learning looks.
final class Arrivals {
  private final int depth;
  private final LongColumn payloads;
  private final int[][] rows;
  private final int[] counts;
  private final long[][] bits;
  private long magnitude;
  private boolean ones = true;

  /// @param rowCount rows of the block
  /// @param depth steps that are kept, the present one included
  Arrivals(int rowCount, int depth) {
    this.depth = depth;
    payloads = new LongColumn(rowCount, depth);
    int ring = payloads.depth();
    rows = new int[ring][rowCount];
    counts = new int[ring];
    bits = new long[ring][(rowCount + 63) >> 6];
  }

  private int slot(long step) {
    return (int) step & (counts.length - 1);
  }

  /// How many steps are kept, the present one included.
  int depth() {
    return depth;
  }

  /// Sum of what arrived for each row.
  LongColumn payloads() {
    return payloads;
  }

  long payload(int row, long step) {
    return payloads.values()[payloads.at(step) + row];
  }

  /// An event arrives for a row; several add up.
  void add(int row, long payload, long step) {
    int slot = slot(step);
    long bit = 1L << row;
    if ((bits[slot][row >> 6] & bit) == 0) {
      bits[slot][row >> 6] |= bit;
      rows[slot][counts[slot]++] = row;
    } else {
      ones = false;
    }
    payloads.values()[payloads.at(step) + row] += payload;
    magnitude += Math.abs(payload);
    ones &= payload == 1;
  }

  /// Plain events arrive, one for each set bit.
  ///
  /// @param lanes up to 64 lanes of a stream
  /// @param row that lane 0 of them stands for
  void addAll(long lanes, int row, int sign, long step) {
    int slot = slot(step);
    int[] list = rows[slot];
    long[] seen = bits[slot];
    long[] sums = payloads.values();
    int at = payloads.at(step) + row;
    int count = counts[slot];
    boolean fresh = (row & 63) == 0 && (seen[row >> 6] & lanes) == 0;
    if (fresh) {
      seen[row >> 6] |= lanes;
      for (long left = lanes; left != 0; left &= left - 1) {
        int lane = Long.numberOfTrailingZeros(left);
        list[count++] = row + lane;
        sums[at + lane] = sign;
      }
    } else {
      for (long left = lanes; left != 0; left &= left - 1) {
        int lane = Long.numberOfTrailingZeros(left);
        int r = row + lane;
        long bit = 1L << r;
        if ((seen[r >> 6] & bit) == 0) {
          seen[r >> 6] |= bit;
          list[count++] = r;
        } else {
          ones = false;
        }
        sums[at + lane] += sign;
      }
    }
    counts[slot] = count;
    magnitude += Long.bitCount(lanes);
    ones &= sign == 1;
  }

  /// Number of rows that got an event in a step.
  int count(long step) {
    return counts[slot(step)];
  }

  /// The rows that got an event in a step, the first `count(step)` entries.
  int[] rows(long step) {
    return rows[slot(step)];
  }

  /// True if a row got an event in a step.
  boolean has(int row, long step) {
    return (bits[slot(step)][row >> 6] >>> row & 1) != 0;
  }

  /// Sum of the magnitudes of all payloads of the present step.
  long magnitude() {
    return magnitude;
  }

  /// True if in the present step every row that got an event got just one, with payload 1.
  boolean ones() {
    return ones;
  }

  /// Makes `step + 1` the present.
  void advance(long step) {
    clear(step + 1);
    magnitude = 0;
    ones = true;
  }

  private void clear(long step) {
    int slot = slot(step);
    int count = counts[slot];
    if (count == 0) {
      return;
    }
    int[] list = rows[slot];
    long[] sums = payloads.values();
    int at = payloads.at(step);
    for (int i = 0; i < count; i++) {
      sums[at + list[i]] = 0;
    }
    Arrays.fill(bits[slot], 0);
    counts[slot] = 0;
  }

  /// Puts back what arrived in a past step.
  void restore(int row, long payload, long step) {
    add(row, payload, step);
    magnitude = 0;
    ones = true;
  }

  /// Forgets everything.
  void reset() {
    for (int step = 0; step < counts.length; step++) {
      clear(step);
    }
    magnitude = 0;
    ones = true;
  }
}
