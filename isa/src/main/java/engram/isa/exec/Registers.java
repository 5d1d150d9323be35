package engram.isa.exec;

import java.util.Arrays;

/// The global registers of a chip and its clock, as they were in the last `DEPTH` steps. A
/// population with a lag reads what was written so many steps ago: that is how control follows the
/// data through the layers.
///
/// The clock counts steps; a host sets it at the start of a sample to the sample's number in its
/// upper 32 bits and 0 in the lower. Before the first step it counts up to 0.
///
/// The next step's values may be made while threads still read the present ones and those before,
/// so there is room for more steps than are kept, and each lies apart from the others.
public final class Registers {
  /// Steps kept: the longest lag and the longest age together.
  public static final int DEPTH = 128;

  private static final int SLOTS = 2 * DEPTH;

  /// Longs that lie apart.
  private static final int APART = Padding.APART / 2;

  private final int count;
  private final int stride;

  /// Slot by slot: the clock, then the values.
  private final long[] slots;

  public Registers(int[] initial) {
    this.count = initial.length;
    this.stride = Math.ceilDiv(1 + count, APART) * APART;
    this.slots = new long[SLOTS * stride];
    reset(initial);
  }

  public int count() {
    return count;
  }

  /// A register as it was in a step; at most `DEPTH - 1` steps back.
  public int value(int register, long step) {
    return (int) slots[at(step) + 1 + register];
  }

  /// The clock as it was in a step.
  public long clock(long step) {
    return slots[at(step)];
  }

  /// Writes a register in the present step.
  public void write(int register, long step, int value) {
    slots[at(step) + 1 + register] = value;
  }

  /// Sets the clock in the present step.
  public void setClock(long step, long clock) {
    slots[at(step)] = clock;
  }

  /// Makes `step + 1` the present: registers keep their values, the clock counts on.
  public void advance(long step) {
    int now = at(step);
    int next = at(step + 1);
    System.arraycopy(slots, now, slots, next, 1 + count);
    slots[next]++;
  }

  /// Forgets all writes.
  public void reset(int[] initial) {
    for (int step = 1 - SLOTS; step <= 0; step++) {
      restore(step, initial, step);
    }
  }

  /// Overwrites a past or the present step: for restoring a snapshot.
  public void restore(long step, int[] of, long clock) {
    setClock(step, clock);
    for (int register = 0; register < count; register++) {
      write(register, step, of[register]);
    }
  }

  @Override
  public String toString() {
    return Arrays.toString(slots);
  }

  private int at(long step) {
    return (int) (step & (SLOTS - 1)) * stride;
  }
}
