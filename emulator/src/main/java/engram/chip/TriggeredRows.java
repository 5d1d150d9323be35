package engram.chip;

import engram.isa.exec.StreamColumn;
import engram.isa.exec.Surroundings;
import engram.isa.program.Program;
import engram.isa.program.Trigger;
import java.util.Arrays;

/// Finds the rows of a block for which triggers of a program fire in a step. Rows with an arrival
/// come from the block's list of past arrivals, not from a scan.
final class TriggeredRows {
  private final SynapseBlock block;
  private final Trigger[] triggers;
  private final Surroundings surroundings;
  private final int[] firedByRow;
  private final int[] rows;
  private final int[] fired;
  private int count;

  TriggeredRows(SynapseBlock block, Program program, Surroundings surroundings) {
    this.block = block;
    this.triggers = program.triggers().toArray(Trigger[]::new);
    this.surroundings = surroundings;
    int all = block.layout.rows();
    firedByRow = new int[all];
    rows = new int[all];
    fired = new int[all];
  }

  /// Rows found, the first `count()` entries.
  int[] rows() {
    return rows;
  }

  /// For each row found a bit for each trigger that fires.
  int[] fired() {
    return fired;
  }

  int count() {
    return count;
  }

  /// Finds the rows of a step.
  ///
  /// @param possible a bit for each trigger that is not ruled out otherwise
  void find(int possible, long step) {
    count = 0;
    int everywhere = 0;
    for (int t = 0; t < triggers.length; t++) {
      var trigger = triggers[t];
      if ((possible >> t & 1) == 0 || !holdsForAll(trigger, step)) {
        continue;
      }
      if (!trigger.hasPre()) {
        everywhere |= 1 << t;
        continue;
      }
      long arrival = step - trigger.preAge();
      int[] arrived = block.arrivedRows(arrival);
      int arrivals = block.arrivals(arrival);
      for (int i = 0; i < arrivals; i++) {
        int row = arrived[i];
        if (firedByRow[row] == 0) {
          rows[count++] = row;
        }
        firedByRow[row] |= 1 << t;
      }
    }
    if (everywhere != 0) {
      count = rows.length;
      for (int row = 0; row < count; row++) {
        rows[row] = row;
        firedByRow[row] |= everywhere;
      }
    }
    for (int i = 0; i < count; i++) {
      fired[i] = firedByRow[rows[i]];
      firedByRow[rows[i]] = 0;
    }
  }

  private boolean holdsForAll(Trigger trigger, long step) {
    if (trigger.hasPeriod()
        && Math.floorMod(surroundings.sampleStep(step, 0), trigger.period()) != trigger.offset()) {
      return false;
    }
    return !trigger.hasGlobal()
        || surroundings.global(trigger.globalSlot(), step, trigger.globalAge()) != 0;
  }

  /// Keeps the rows in which a value is not zero.
  void keep(java.util.function.IntPredicate row) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (row.test(rows[i])) {
        rows[kept] = rows[i];
        fired[kept++] = fired[i];
      }
    }
    count = kept;
  }

  /// Brings rows with the same triggers together; returns how many of them follow `from`.
  int group(int from) {
    int same = from + 1;
    for (int i = same; i < count; i++) {
      if (fired[i] == fired[from]) {
        swap(i, same++);
      }
    }
    return same - from;
  }

  private void swap(int i, int j) {
    int row = rows[i];
    rows[i] = rows[j];
    rows[j] = row;
    int bits = fired[i];
    fired[i] = fired[j];
    fired[j] = bits;
  }

  /// Copies the bits of a stream, as it was in a step; false if none is set.
  static boolean copy(StreamColumn stream, long step, long[] into) {
    if (!stream.touched(step)) {
      Arrays.fill(into, 0);
      return false;
    }
    int at = stream.at(step);
    long any = 0;
    for (int word = 0; word < into.length; word++) {
      into[word] = stream.bits()[at + word];
      any |= into[word];
    }
    return any != 0;
  }
}
