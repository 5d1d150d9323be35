package engram.isa.exec;

import java.util.Arrays;

/// A 64-bit sum of many rows, with a ring of past steps, zero at the start of each: payloads that
/// arrived, row accumulators.
public final class LongColumn {
  private final long[] values;
  private final int rows;
  private final int stride;
  private final int depth;

  public LongColumn(int rows, int depth) {
    this.rows = rows;
    this.stride = Padding.lanes(rows);
    this.depth = Padding.depth(depth);
    this.values = new long[stride * this.depth];
  }

  /// All rows of all steps kept.
  public long[] values() {
    return values;
  }

  public int rows() {
    return rows;
  }

  public int depth() {
    return depth;
  }

  /// Where the rows of a step start in `values`.
  public int at(long step) {
    return ((int) step & (depth - 1)) * stride;
  }

  /// Makes `step + 1` the present, with all sums zero.
  public void advance(long step) {
    int from = at(step + 1);
    Arrays.fill(values, from, from + rows, 0);
  }

  /// Forgets all sums.
  public void clear() {
    Arrays.fill(values, 0);
  }
}
