package engram.isa.exec;

import java.util.Arrays;

/// Which triggers of a synapse program fired for some rows, and so for which lanes it runs: those
/// for which some trigger holds on both sides.
public final class Firing {
  private final int lanes;
  private final long[][] post;
  private final long[] runs;
  private int fired;

  /// @param post for each trigger a bit for each lane whose post-synaptic term holds, as the caller
  ///   keeps it; null where the trigger has none
  public Firing(int lanes, long[][] post) {
    this.lanes = lanes;
    this.post = post;
    runs = new long[StreamColumn.words(lanes)];
  }

  /// Finds the lanes that run; false if there are none.
  ///
  /// @param fired a bit for each trigger whose terms on row, period and register hold
  public boolean fire(int fired) {
    this.fired = fired;
    Arrays.fill(runs, 0);
    for (int trigger = 0; trigger < post.length; trigger++) {
      if ((fired >> trigger & 1) != 0) {
        for (int word = 0; word < runs.length; word++) {
          runs[word] |= post[trigger] == null ? -1L : post[trigger][word];
        }
      }
    }
    int rest = lanes & 63;
    if (rest != 0) {
      runs[runs.length - 1] &= -1L >>> (64 - rest);
    }
    for (long word : runs) {
      if (word != 0) {
        return true;
      }
    }
    return false;
  }

  /// A bit for each trigger that fired for the rows.
  public int fired() {
    return fired;
  }

  /// A bit for each lane that runs.
  public long[] runs() {
    return runs;
  }

  public boolean runs(int lane) {
    return (runs[lane >> 6] >>> lane & 1) != 0;
  }

  /// Lanes, from one on, for which a trigger holds: one bit each.
  public long holds(int trigger, int lane) {
    if ((fired >> trigger & 1) == 0) {
      return 0;
    }
    return post[trigger] == null ? -1L : post[trigger][lane >> 6] >>> lane;
  }

  /// Number of triggers.
  public int triggers() {
    return post.length;
  }
}
