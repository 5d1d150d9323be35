package engram.isa.image;

import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseLayout;
import java.util.Arrays;

/// Judges where the synapses of a block lie: lists that are complete and in order, masks and
/// patterns that stay within the block.
final class LayoutChecker {
  private LayoutChecker() {}

  /// Checks that a layout is of a format, and sound.
  ///
  /// @param name of what is judged, for faults
  static boolean fits(
      Judgement judgement, String name, SynapseFormat format, SynapseLayout layout) {
    boolean fits =
        switch (layout) {
          case SynapseLayout.Dense dense ->
              dense.mask() == null
                  ? format == SynapseFormat.DENSE
                  : format == SynapseFormat.MASKED
                      && dense.mask().length == (long) dense.rows() * dense.maskWords();
          case SparseRows sparse -> format == SynapseFormat.SPARSE && sparse.isSound();
          case SynapseLayout.Shared shared -> format == SynapseFormat.SHARED && within(shared);
        };
    if (!fits) {
      judgement.fault("%s: the layout is no %s one", name, format.keyword());
      return false;
    }
    if (layout instanceof SynapseLayout.Dense dense) {
      long places = (long) dense.rows() * dense.lanes();
      if (places > Integer.MAX_VALUE) {
        judgement.fault("%s: places: %d (expected: at most %d)", name, places, Integer.MAX_VALUE);
        return false;
      }
      if (dense.mask() != null && beyond(dense)) {
        judgement.fault("%s: the mask has synapses beyond lane %d", name, dense.lanes());
        return false;
      }
    }
    return true;
  }

  /// True if a mask has bits behind its last lane.
  private static boolean beyond(SynapseLayout.Dense dense) {
    int last = dense.lanes() & 63;
    for (int row = 1; last != 0 && row <= dense.rows(); row++) {
      if (dense.mask()[row * dense.maskWords() - 1] >>> last != 0) {
        return true;
      }
    }
    return false;
  }

  /// True if lists of lanes, cut at `starts`, are complete, ascending, and within the lanes.
  private static boolean ascending(int[] starts, int lists, int[] targets, int lanes) {
    if (starts.length != lists + 1 || starts[0] != 0 || starts[lists] != targets.length) {
      return false;
    }
    for (int list = 0; list < lists; list++) {
      if (starts[list] > starts[list + 1] || starts[list + 1] > targets.length) {
        return false;
      }
      for (int s = starts[list]; s < starts[list + 1]; s++) {
        int low = s == starts[list] ? 0 : targets[s - 1] + 1;
        if (targets[s] < low || targets[s] >= lanes) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean within(SynapseLayout.Shared shared) {
    int patterns = shared.starts().length - 1;
    boolean whole =
        patterns >= 0
            && shared.weights() >= 0
            && shared.base().length == shared.rows()
            && shared.pattern().length == shared.rows()
            && shared.entries().length == shared.offsets().length
            && ascending(shared.starts(), patterns, shared.offsets(), shared.lanes())
            && Arrays.stream(shared.entries()).allMatch(e -> e >= 0 && e < shared.weights());
    for (int row = 0; whole && row < shared.rows(); row++) {
      int pattern = shared.pattern()[row];
      if (pattern == SynapseLayout.Shared.NO_PATTERN) {
        continue;
      }
      whole = pattern >= 0 && pattern < patterns;
      if (whole && shared.live(row) > 0) {
        long last = (long) shared.base()[row] + shared.offsets()[shared.to(row) - 1];
        whole = shared.base()[row] >= 0 && last < shared.lanes();
      }
    }
    return whole;
  }
}
