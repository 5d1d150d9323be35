package engram.chip;

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
  Arrivals(int rowCount, int depth, boolean spelled) {
    this.depth = depth;
    this.spelled = spelled;
    this.rowCount = rowCount;
    int ring = Padding.depth(depth);
    rows = new int[ring][rowCount];
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

  /// Plain events arrive for rows that none has arrived for yet in this step.
  ///
  /// @param events that are listed
  /// @param from first entry of the list that is meant
  /// @param to behind the last one
  /// @param shift from a lane to its row
  /// @param emitted the step in which they were
  void addFresh(EventList events, int from, int to, int shift, long emitted, long step) {
    int slot = slot(step);
    int[] lanes = events.lanes();
    int[] list = rows[slot];
    int before = counts[slot];
    int count = before + to - from;
    if (shift == 0) {
      System.arraycopy(lanes, from, list, before, to - from);
    } else {
      for (int i = before; i < count; i++) {
        list[i] = lanes[from + i - before] + shift;
      }
    }
    long[] seen = bits[slot];
    if (to - from == events.list(emitted) && (shift & 63) == 0) {
      long[] emittedBits = events.stream.bits();
      int at = events.stream.at(emitted);
      for (int word = list[before] >> 6; word <= list[count - 1] >> 6; word++) {
        seen[word] |= emittedBits[at + word - (shift >> 6)];
      }
    } else {
      for (int i = before; i < count; i++) {
        seen[list[i] >> 6] |= 1L << list[i];
      }
    }
    if (!ones[slot]) {
      long[] sums = payloads().values();
      int at = payloads().at(step);
      for (int i = before; i < count; i++) {
        sums[at + list[i]] = 1;
      }
    }
    counts[slot] = count;
    magnitude += to - from;
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
