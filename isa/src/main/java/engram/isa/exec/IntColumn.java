package engram.isa.exec;

import java.util.Arrays;

/// A 32-bit value of many lanes, with a ring of past steps: fields and accumulators.
public final class IntColumn {
  private final int[] values;
  private final int lanes;
  private final int stride;
  private final int depth;
  private final boolean keeps;
  private final boolean[] touched;
  private long version;

  /// @param depth steps kept, this one included
  /// @param keeps a new step starts with the last one's values; otherwise with zero
  public IntColumn(int lanes, int depth, boolean keeps, int initial) {
    this.lanes = lanes;
    this.stride = Padding.lanes(lanes);
    this.depth = Padding.depth(depth);
    this.values = new int[stride * this.depth];
    this.keeps = keeps;
    this.touched = new boolean[this.depth];
    fill(initial);
  }

  /// All lanes of all steps kept, those of a step side by side from `at` on.
  public int[] values() {
    return values;
  }

  public int lanes() {
    return lanes;
  }

  public int depth() {
    return depth;
  }

  /// Where the lanes of a step start in `values`.
  public int at(long step) {
    return slot(step) * stride;
  }

  private int slot(long step) {
    return (int) step & (depth - 1);
  }

  /// To be called by whoever writes into `values`.
  public void touch(long step) {
    touched[slot(step)] = true;
    version++;
  }

  /// Grows with every write that `touch` was told of.
  public long version() {
    return version;
  }

  /// True if some lane may differ from zero in a step.
  public boolean touched(long step) {
    return keeps || touched[slot(step)];
  }

  /// Makes every lane of every step this value.
  public void fill(int value) {
    Arrays.fill(values, value);
    Arrays.fill(touched, value != 0);
    version++;
  }

  /// Takes over all values of a column of the same shape.
  void copy(IntColumn other) {
    System.arraycopy(other.values, 0, values, 0, values.length);
    System.arraycopy(other.touched, 0, touched, 0, depth);
    version++;
  }

  /// True if a new step always finds what the last one left, without `advance`.
  boolean isConstant() {
    return keeps && depth == 1;
  }

  /// Makes `step + 1` the present.
  public void advance(long step) {
    int next = at(step + 1);
    if (keeps) {
      System.arraycopy(values, at(step), values, next, lanes);
    } else if (touched[slot(step + 1)]) {
      Arrays.fill(values, next, next + lanes, 0);
      touched[slot(step + 1)] = false;
    }
  }
}
