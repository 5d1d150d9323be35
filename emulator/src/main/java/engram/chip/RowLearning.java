package engram.chip;

import engram.chip.preset.Counter;
import engram.chip.preset.Timing;
import engram.isa.exec.Engine;
import engram.isa.exec.RowBinding;
import engram.isa.exec.RowKernel;
import engram.isa.exec.StreamColumn;
import engram.isa.exec.Surroundings;
import engram.isa.program.Activity;
import engram.isa.verify.VerifiedProgram;

/// Runs the row program of a block for the rows whose triggers fire.
final class RowLearning {
  private final SynapseBlock block;
  private final Timing timing;
  private final int simd;
  private final Activity activity;
  private final RowKernel kernel;
  private final TriggeredRows triggered;
  private final ProgramCost cost;

  RowLearning(
      SynapseBlock block,
      VerifiedProgram program,
      Surroundings surroundings,
      Timing timing,
      int simd,
      Engine engine) {
    this.block = block;
    this.timing = timing;
    this.simd = simd;
    activity = program.program().activity();
    kernel =
        engine.row(
            new RowBinding(program, block.rowStore, block.arrivals.payloads(), surroundings));
    triggered = new TriggeredRows(block.arrivals, block.layout.rows(), program, surroundings);
    cost = new ProgramCost(program);
  }

  /// Runs what is due; returns the cycles it takes.
  long run(long step, long[] counters) {
    long cycles = 0;
    triggered.find(-1, step);
    if (activity.kind() != Activity.Kind.ALWAYS) {
      keepActive(step);
      cycles += (long) timing.scan() * StreamColumn.words(block.layout.rows());
    }
    int count = triggered.count();
    if (count == 0) {
      return cycles;
    }
    kernel.run(triggered.rows(), triggered.fired(), count, step);
    counters[Counter.ROWS_UPDATED.ordinal()] += count;
    cost.count(count, counters);
    return cycles + timing.instruction() * cost.cycles(count, simd);
  }

  private void keepActive(long step) {
    int[] rows = triggered.rows();
    int kept = 0;
    for (int i = 0; i < triggered.count(); i++) {
      if (isActive(rows[i], step)) {
        triggered.keep(i, kept++);
      }
    }
    triggered.cut(kept);
  }

  private boolean isActive(int row, long step) {
    for (int i = 0; i < activity.slots().size(); i++) {
      var column = block.rowStore.ints(activity.slots().get(i));
      if (column.values()[column.at(step) + row] != 0) {
        return true;
      }
    }
    return activity.kind() == Activity.Kind.TOUCHED && block.arrivals.has(row, step);
  }
}
