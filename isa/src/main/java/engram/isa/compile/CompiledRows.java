package engram.isa.compile;

import engram.isa.Fixed;
import engram.isa.exec.LaneStore;
import engram.isa.exec.LongColumn;
import engram.isa.exec.RowBinding;
import engram.isa.exec.RowKernel;
import engram.isa.exec.Stops;
import engram.isa.program.Program;

/// A compiled row program: triggered rows are copied together, run, and copied back.
final class CompiledRows implements RowKernel {
  static final int BATCH = 512;

  private final Compiled compiled;
  private final Program program;
  private final Frame frame;
  private final Stops stops;
  private final LaneStore store;
  private final LongColumn payloads;
  private final boolean[] stored;
  private final int[] batch = new int[BATCH];
  private long present;

  CompiledRows(Compiled compiled, RowBinding binding) {
    this.compiled = compiled;
    program = compiled.program();
    store = binding.store();
    payloads = binding.payloads();
    stops = new Stops(program, 0, false);
    frame = compiled.frame(binding.surroundings(), BATCH, stops, this::emit);
    frame.drawLanes = batch;
    frame.stagedLane = batch;
    frame.laneFired = new int[BATCH];
    stored = Staging.prepare(compiled, frame, BATCH);
  }

  @Override
  public void run(int[] rows, int[] fired, int count, long step) {
    present = step;
    for (int from = 0; from < count; from += BATCH) {
      int n = Math.min(BATCH, count - from);
      System.arraycopy(rows, from, batch, 0, n);
      System.arraycopy(fired, from, frame.laneFired, 0, n);
      for (int c = 0; c < compiled.cells().size(); c++) {
        stage(c, n, step);
      }
      frame.blockAll(n, compiled.width());
      compiled.code().run(0, frame, step, null, 0, 0);
      for (int c = 0; c < stored.length; c++) {
        if (stored[c]) {
          unstage(c, n, step);
        }
      }
    }
    stops.throwIfAny();
  }

  private void stage(int cell, int n, long step) {
    var it = compiled.cells().get(cell);
    int age = it.ageSlot() == Cell.CONSTANT_AGE ? it.age() : frame.global(it.ageSlot(), step, 0);
    int[] out = frame.ints[cell];
    switch (program.symbol(it.slot()).role()) {
      case INDEX -> System.arraycopy(batch, 0, out, 0, n);
      case PAYLOAD -> {
        int at = payloads.at(step - age);
        for (int i = 0; i < n; i++) {
          out[i] = Fixed.saturate(payloads.values()[at + batch[i]]);
        }
      }
      case ACCUMULATOR -> {
        var sums = store.sums(it.slot());
        int at = sums.at(step - 1);
        for (int i = 0; i < n; i++) {
          frame.longs[cell][i] = sums.values()[at + batch[i]];
        }
      }
      case STREAM -> {
        var stream = store.stream(it.slot());
        for (int i = 0; i < n; i++) {
          out[i] = stream.payload(step - age, batch[i]);
        }
      }
      default -> {
        var column = store.ints(it.slot());
        int at = column.at(step - age);
        for (int i = 0; i < n; i++) {
          out[i] = column.values()[at + batch[i]];
        }
      }
    }
  }

  private void unstage(int cell, int n, long step) {
    var column = store.ints(compiled.cells().get(cell).slot());
    int at = column.at(step);
    int[] values = frame.ints[cell];
    for (int i = 0; i < n; i++) {
      column.values()[at + batch[i]] = values[i];
    }
  }

  private void emit(int cell, int lane, long lanes) {
    var stream = store.stream(compiled.cells().get(cell).slot());
    long left = lanes;
    while (left != 0) {
      int i = lane + Long.numberOfTrailingZeros(left);
      left &= left - 1;
      stream.emit(present, batch[i], frame.ints[cell][i]);
    }
  }
}
