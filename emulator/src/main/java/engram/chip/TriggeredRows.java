package engram.chip;

import engram.isa.exec.Surroundings;
import engram.isa.program.Trigger;
import engram.isa.verify.VerifiedProgram;
import java.util.Arrays;

/// Finds the rows of a block for which triggers of a program fire in a step. Rows with an arrival
/// come from the list of past arrivals, not from a scan.
final class TriggeredRows {
  private final Arrivals arrivals;
  private final Trigger[] triggers;
  private final Surroundings surroundings;
  private final int[] firedByRow;
  private final int[] ownRows;
  private final int[] fired;

  /// `ownRows`, or the arrivals' own list where the same triggers fired for all of it.
  private int[] rows;

  private int count;

  TriggeredRows(
      Arrivals arrivals, int rowCount, VerifiedProgram program, Surroundings surroundings) {
    this.arrivals = arrivals;
    this.triggers = program.program().triggers().toArray(Trigger[]::new);
    this.surroundings = surroundings;
    firedByRow = new int[rowCount];
    ownRows = new int[rowCount];
    rows = ownRows;
    fired = new int[rowCount];
  }

  /// Rows found, the first `count()` entries.
  int[] rows() {
    return rows;
  }

  /// For each row found a bit for each trigger that fires.
  int[] fired() {
    own();
    return fired;
  }

  /// A bit for each trigger that fires for an entry.
  int fired(int entry) {
    return rows == ownRows ? fired[entry] : fired[0];
  }

  int count() {
    return count;
  }

  /// Finds the rows of a step.
  ///
  /// @param possible a bit for each trigger that is not ruled out otherwise
  void find(int possible, long step) {
    count = 0;
    rows = ownRows;
    int holding = 0;
    boolean alike = true;
    int age = Trigger.NONE;
    for (int t = 0; t < triggers.length; t++) {
      var trigger = triggers[t];
      if ((possible >> t & 1) != 0 && holdsForAll(trigger, step)) {
        alike &= trigger.hasPre() && (holding == 0 || trigger.preAge() == age);
        age = trigger.preAge();
        holding |= 1 << t;
      }
    }
    if (holding == 0) {
      return;
    }
    if (alike) {
      rows = arrivals.rows(step - age);
      count = arrivals.count(step - age);
      fired[0] = holding;
    } else {
      findEach(holding, step);
    }
  }

  private void findEach(int holding, long step) {
    int everywhere = 0;
    for (int t = 0; t < triggers.length; t++) {
      var trigger = triggers[t];
      if ((holding >> t & 1) == 0) {
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

  /// Copies the arrivals' list, so that it can be changed.
  private void own() {
    if (rows != ownRows) {
      System.arraycopy(rows, 0, ownRows, 0, count);
      Arrays.fill(fired, 0, count, fired[0]);
      rows = ownRows;
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
    own();
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
    if (rows != ownRows) {
      return count - from;
    }
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
