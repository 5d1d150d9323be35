package engram.chip;

import engram.isa.Opcode;
import engram.isa.exec.IntColumn;
import engram.isa.exec.LaneScan;
import engram.isa.exec.LaneStore;
import engram.isa.exec.StreamColumn;
import engram.isa.program.Activity;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Which lanes of a neuron program run in a step, by the program's declared activity.
final class ActiveLanes {
  private final int lanes;
  private final Activity.Kind kind;
  private final IntColumn[] columns;
  private final long[] bits;
  private final LaneScan scan;

  /// What is watched changes only where a host writes, so what was found holds until then.
  private final boolean settled;

  private long version = -1;
  private int found;

  ActiveLanes(LaneStore store, LaneScan scan) {
    var program = store.program();
    var activity = program.activity();
    this.scan = scan;
    lanes = store.lanes();
    kind = activity.kind();
    List<IntColumn> watched = new ArrayList<>();
    activity.slots().forEach(slot -> watched.add(store.ints(slot)));
    if (kind == Activity.Kind.TOUCHED) {
      for (int slot = 0; slot < program.symbols().size(); slot++) {
        if (program.symbols().get(slot).role() == SymbolRole.ACCUMULATOR) {
          watched.add(store.ints(slot));
        }
      }
    }
    columns = watched.toArray(IntColumn[]::new);
    bits = new long[StreamColumn.words(lanes)];
    settled =
        kind == Activity.Kind.WHEN
            && activity.slots().stream().noneMatch(slot -> stores(program, slot));
  }

  private static boolean stores(Program program, int slot) {
    return program.instructions().stream()
        .anyMatch(i -> i.opcode() == Opcode.ST && i.slot() == slot);
  }

  /// True if every lane runs in every step.
  boolean always() {
    return kind == Activity.Kind.ALWAYS;
  }

  /// 64-lane words that are looked at to find the active ones.
  int scans() {
    return always() ? 0 : bits.length;
  }

  /// A bit for each active lane; null if all are.
  long[] bits() {
    return always() ? null : bits;
  }

  /// Finds the active lanes of a step; returns their number.
  int find(long step) {
    if (always()) {
      return lanes;
    }
    if (settled) {
      long now = 0;
      for (var column : columns) {
        now += column.version();
      }
      if (now == version) {
        return found;
      }
      version = now;
    }
    Arrays.fill(bits, 0);
    for (var column : columns) {
      if (column.touched(step)) {
        scan.orNonZero(column.values(), column.at(step), lanes, bits);
      }
    }
    found = 0;
    for (long word : bits) {
      found += Long.bitCount(word);
    }
    return found;
  }
}
