package engram.chip;

import engram.isa.exec.LaneScan;
import engram.isa.exec.LongColumn;
import engram.isa.exec.Padding;
import java.util.Arrays;

/// What arrived for the rows of a block: in the present step, and as far back as learning looks.
///
/// As long as each row got but one event with payload 1, payloads are not spelled out, since most
/// steps of most networks are like that and nobody looks.
final class Arrivals {
  private final int depth;
  private final boolean spelled;
  private final int rowCount;
  private final LaneScan scan;

  /// Null as long as none has been spelled out: many chips never need it.
  private LongColumn payloads;

  private final int[][] rows;
  private final int[] counts;
  private final long[][] bits;
  private final boolean[] ones;
  private long magnitude;

  /// @param rowCount rows of the block
  /// @param depth steps that are kept, the present one included
  /// @param spelled payloads are always spelled out: a program reads them
  Arrivals(int rowCount, int depth, boolean spelled, LaneScan scan) {
    this.scan = scan;
    this.depth = depth;
    this.spelled = spelled;
    this.rowCount = rowCount;
    int ring = Padding.depth(depth);
    rows = new int[ring][Padding.list(rowCount)];
    counts = new int[ring];
    bits = new long[ring][(rowCount + 63) >> 6];
    ones = new boolean[ring];
    Arrays.fill(ones, !spelled);
  }

  private int slot(long step) {
    return (int) step & (counts.length - 1);
  }

  /// How many steps are kept, the present one included.
  int depth() {
    return depth;
  }

  /// Sum of what arrived for each row; valid where `areOnes` is false.
  LongColumn payloads() {
    if (payloads == null) {
      payloads = new LongColumn(rowCount, depth);
    }
    return payloads;
  }

  long payload(int row, long step) {
    if (areOnes(step)) {
      return has(row, step) ? 1 : 0;
    }
    return payloads().values()[payloads().at(step) + row];
  }

  /// An event arrives for a row; several add up.
  void add(int row, long payload, long step) {
    int slot = slot(step);
    long bit = 1L << row;
    boolean isNew = (bits[slot][row >> 6] & bit) == 0;
    if (isNew) {
      bits[slot][row >> 6] |= bit;
      rows[slot][counts[slot]++] = row;
    }
    magnitude += Math.abs(payload);
    if (ones[slot]) {
      if (isNew && payload == 1) {
        return;
      }
      spell(isNew ? counts[slot] - 1 : counts[slot], step);
    }
    payloads().values()[payloads().at(step) + row] += payload;
  }

  /// Plain events arrive for rows that none has arrived for yet in this step; returns their number.
  ///
  /// @param emitted a bit for each lane that emitted, from `at` on
  /// @param first lane that is meant
  /// @param end behind the last one
  /// @param shift from a lane to its row
  int addFresh(long[] emitted, int at, int first, int end, int shift, long step) {
    int slot = slot(step);
    int[] list = rows[slot];
    int before = counts[slot];
    int count = scan.list(emitted, at, first, end, shift, list, before);
    long[] seen = bits[slot];
    if ((shift & 63) == 0) {
      for (int index = first >> 6; index <= (end - 1) >> 6; index++) {
        seen[index + (shift >> 6)] |= LaneScan.word(emitted, at, index, first, end);
      }
    } else {
      for (int i = before; i < count; i++) {
        seen[list[i] >> 6] |= 1L << list[i];
      }
    }
    if (!ones[slot]) {
      long[] sums = payloads().values();
      int sumsAt = payloads().at(step);
      for (int i = before; i < count; i++) {
        sums[sumsAt + list[i]] = 1;
      }
    }
    counts[slot] = count;
    magnitude += count - before;
    return count - before;
  }

  /// Writes down the payloads of the first rows of a step, which are 1 each.
  private void spell(int count, long step) {
    int slot = slot(step);
    ones[slot] = false;
    int at = payloads().at(step);
    for (int i = 0; i < count; i++) {
      payloads().values()[at + rows[slot][i]] = 1;
    }
  }

  /// Spells the payloads of the present step out.
  void spell(long step) {
    if (areOnes(step)) {
      spell(count(step), step);
    }
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

  /// True if in a step every row that got an event got just one, with payload 1, and payloads are
  /// not spelled out.
  boolean areOnes(long step) {
    return ones[slot(step)];
  }

  /// Makes `step + 1` the present.
  void advance(long step) {
    clear(step + 1);
    magnitude = 0;
  }

  private void clear(long step) {
    int slot = slot(step);
    int count = counts[slot];
    if (count == 0) {
      return;
    }
    if (!ones[slot]) {
      long[] sums = payloads().values();
      int at = payloads().at(step);
      for (int i = 0; i < count; i++) {
        sums[at + rows[slot][i]] = 0;
      }
      ones[slot] = !spelled;
    }
    Arrays.fill(bits[slot], 0);
    counts[slot] = 0;
  }

  /// Puts back what arrived in a past step.
  void restore(int row, long payload, long step) {
    add(row, payload, step);
    magnitude = 0;
  }

  /// Forgets everything.
  void reset() {
    for (int step = 0; step < counts.length; step++) {
      clear(step);
    }
    magnitude = 0;
  }
}
