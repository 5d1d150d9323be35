package engram.chip;

import engram.isa.exec.Surroundings;
import engram.isa.program.Trigger;
import engram.isa.verify.VerifiedProgram;

/// Finds the rows of a block for which triggers of a program fire in a step. Rows with an arrival
/// come from the list of past arrivals, not from a scan.
final class TriggeredRows {
  private final Arrivals arrivals;
  private final Trigger[] triggers;
  private final Surroundings surroundings;
  private final int[] firedByRow;
  private final int[] rows;
  private final int[] fired;
  private int count;

  TriggeredRows(
      Arrivals arrivals, int rowCount, VerifiedProgram program, Surroundings surroundings) {
    this.arrivals = arrivals;
    this.triggers = program.program().triggers().toArray(Trigger[]::new);
    this.surroundings = surroundings;
    firedByRow = new int[rowCount];
    rows = new int[rowCount];
    fired = new int[rowCount];
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
      int[] arrived = arrivals.rows(arrival);
      int many = arrivals.count(arrival);
      for (int i = 0; i < many; i++) {
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

  /// Makes an entry another one's successor: for a caller that leaves out some.
  void keep(int entry, int as) {
    rows[as] = rows[entry];
    fired[as] = fired[entry];
  }

  /// Leaves only the first entries.
  void cut(int kept) {
    count = kept;
  }

  /// Brings rows with the same triggers together; returns how many of them there are from `from`
  /// on.
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
}
