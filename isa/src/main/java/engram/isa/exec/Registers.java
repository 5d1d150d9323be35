package engram.isa.exec;

import java.util.Arrays;

/// The global registers of a chip and its clock, as they were in the last `DEPTH` steps. A
/// population with a lag reads what was written so many steps ago: that is how control follows the
/// data through the layers.
///
/// The clock counts steps; a host sets it at the start of a sample to the sample's number in its
/// upper 32 bits and 0 in the lower. Before the first step it counts up to 0.
public final class Registers {
  /// Steps kept: the longest lag and the longest age together.
  public static final int DEPTH = 128;

  private final int count;
  private final int[] values;
  private final long[] clocks = new long[DEPTH];

  public Registers(int[] initial) {
    this.count = initial.length;
    this.values = new int[count * DEPTH];
    for (int slot = 0; slot < DEPTH; slot++) {
      System.arraycopy(initial, 0, values, slot * count, count);
      clocks[slot] = slot == 0 ? 0 : slot - DEPTH;
    }
  }

  public int count() {
    return count;
  }

  /// A register as it was in a step; at most `DEPTH - 1` steps back.
  public int value(int register, long step) {
    return values[slot(step) * count + register];
  }

  /// The clock as it was in a step.
  public long clock(long step) {
    return clocks[slot(step)];
  }

  /// Writes a register in the present step.
  public void write(int register, long step, int value) {
    values[slot(step) * count + register] = value;
  }

  /// Sets the clock in the present step.
  public void setClock(long step, long clock) {
    clocks[slot(step)] = clock;
  }

  /// Makes `step + 1` the present: registers keep their values, the clock counts on.
  public void advance(long step) {
    int now = slot(step) * count;
    int next = slot(step + 1) * count;
    System.arraycopy(values, now, values, next, count);
    clocks[slot(step + 1)] = clocks[slot(step)] + 1;
  }

  /// Forgets all writes.
  public void reset(int[] initial) {
    var fresh = new Registers(initial);
    System.arraycopy(fresh.values, 0, values, 0, values.length);
    System.arraycopy(fresh.clocks, 0, clocks, 0, DEPTH);
  }

  /// Overwrites a past or the present step: for restoring a snapshot.
  public void restore(long step, int[] of, long clock) {
    System.arraycopy(of, 0, values, slot(step) * count, count);
    clocks[slot(step)] = clock;
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }

  private static int slot(long step) {
    return (int) (step & (DEPTH - 1));
  }
}
