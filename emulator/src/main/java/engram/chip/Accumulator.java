package engram.chip;

import engram.isa.exec.IntColumn;
import engram.isa.exec.OverflowStop;
import engram.isa.exec.Padding;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import java.util.Arrays;

/// A dendritic accumulator of all neurons of a slice while INTEGRATE fills it. The sum is exact: 32
/// bits wide while the events of the step can't overflow that, else 64; the declared width and
/// policy are applied once, at the end.
final class Accumulator {
  private final Program program;
  private final Symbol symbol;
  private final IntColumn column;
  private final int firstIndex;

  /// Largest magnitude that the events of this step can add up to.
  private long bound;

  private long[] wide;

  Accumulator(Program program, Symbol symbol, IntColumn column, int firstIndex) {
    this.program = program;
    this.symbol = symbol;
    this.column = column;
    this.firstIndex = firstIndex;
  }

  /// Announces what a block is going to add at most.
  void expect(long magnitude) {
    bound = Math.addExact(bound, magnitude);
  }

  private long heldBound() {
    return symbol.hold() ? -(long) symbol.format().min() + symbol.format().max() : 0;
  }

  /// True if 32 bits are enough for the sums of this step.
  boolean isNarrow() {
    return bound + heldBound() <= Integer.MAX_VALUE;
  }

  /// The 32-bit sums; lanes start at `at`.
  int[] narrow(long step) {
    column.touch(step);
    return column.values();
  }

  int at(long step) {
    return column.at(step);
  }

  /// The 64-bit sums.
  long[] wide(long step) {
    column.touch(step);
    if (wide == null) {
      wide = new long[Padding.lanes(column.lanes())];
    }
    return wide;
  }

  /// Fills the 64-bit sums with what is held.
  void openWide(long step) {
    long[] sums = wide(step);
    int at = column.at(step);
    for (int lane = 0; lane < column.lanes(); lane++) {
      sums[lane] = column.values()[at + lane];
    }
  }

  boolean expectsSomething() {
    return bound > 0;
  }

  /// Applies width and policy.
  void close(long step) {
    if (bound == 0) {
      return;
    }
    var format = symbol.format();
    boolean fits = bound + heldBound() <= format.max();
    if (!isNarrow() || !fits) {
      int[] values = column.values();
      int at = column.at(step);
      boolean narrow = isNarrow();
      for (int lane = 0; lane < column.lanes(); lane++) {
        long sum = narrow ? values[at + lane] : wide[lane];
        if (format.holds(sum)) {
          values[at + lane] = (int) sum;
        } else {
          values[at + lane] =
              switch (symbol.overflow()) {
                case SATURATE -> format.saturate(sum);
                case WRAP -> format.wrap(sum);
                case STOP ->
                    throw new OverflowStop(program, symbol, "neuron " + (firstIndex + lane), sum);
              };
        }
      }
    }
    bound = 0;
  }

  void reset() {
    bound = 0;
    if (wide != null) {
      Arrays.fill(wide, 0);
    }
  }
}
