package engram.isa.compile;

import engram.isa.Draw;
import engram.isa.Fixed;
import engram.isa.exec.Firing;
import engram.isa.exec.LaneStore;
import engram.isa.exec.SparseRows;
import engram.isa.exec.Stops;
import engram.isa.exec.SynapseBinding;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseKernel;
import engram.isa.exec.SynapseLayout;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;

/// A compiled synapse program on its block. Rows of a dense layout are worked on where they lie;
/// synapses of a sparse one are copied together, run, and copied back.
final class CompiledSynapses implements SynapseKernel {
  private static final int BATCH = 512;

  private final Compiled compiled;
  private final Program program;
  private final SynapseBinding binding;
  private final Frame frame;
  private final Stops stops;
  private final CompiledNeurons.Columns columns;
  private final boolean staged;
  private final boolean[] stored;

  private int count;

  CompiledSynapses(Compiled compiled, SynapseBinding binding) {
    this.compiled = compiled;
    this.program = compiled.program();
    this.binding = binding;
    var layout = binding.layout();
    staged = layout instanceof SparseRows;
    stops = new Stops(program, binding.firstTarget(), binding.mirror());
    frame =
        compiled.frame(
            binding.surroundings(), staged ? BATCH : layout.lanes(), stops, (_, _, _) -> {});
    frame.firstIndex = binding.firstTarget();
    frame.rowLanes = layout.lanes();
    frame.kills = binding.kills();
    frame.weightHigh = SynapseBinding.weightLimit(binding.weightFormat());
    frame.weightLow = binding.weightFormat().signed() ? -frame.weightHigh : 0;
    columns = new CompiledNeurons.Columns(compiled, frame);
    if (staged) {
      frame.stagedRow = new int[BATCH];
      frame.stagedLane = new int[BATCH];
      frame.stagedPlace = new int[BATCH];
      frame.drawLanes = new int[BATCH];
      frame.laneFired = new int[BATCH];
      stored = Staging.prepare(compiled, frame, BATCH);
      return;
    }
    stored = null;
    if (layout instanceof SynapseLayout.Dense dense && dense.mask() != null) {
      frame.rowMask = dense.mask();
      frame.rowMaskWords = dense.maskWords();
    }
    for (int c = 0; c < compiled.cells().size(); c++) {
      bind(c, compiled.cells().get(c).slot());
    }
    columns.settle();
  }

  private void bind(int cell, int slot) {
    switch (program.symbol(slot).role()) {
      case WEIGHT -> bind(cell, binding.weights());
      case TAG -> bind(cell, binding.tags()[slot]);
      case POST -> bind(cell, binding.post(), binding.linkage().slot(slot));
      case ROW -> columns.bind(cell, binding.rowStore().ints(binding.linkage().slot(slot)));
      case PAYLOAD -> frame.longs[cell] = binding.payloads().values();
      default -> throw new IllegalStateException(program.symbol(slot).name() + " in a cell");
    }
  }

  private void bind(int cell, LaneStore store, int slot) {
    if (store.ints(slot) != null) {
      columns.bind(cell, store.ints(slot));
    } else {
      columns.bind(cell, store.stream(slot));
    }
  }

  private void bind(int cell, SynapseColumn column) {
    switch (column) {
      case SynapseColumn.Bytes(byte[] values, _) -> frame.bytes[cell] = values;
      case SynapseColumn.Shorts(short[] values, _) -> frame.shorts[cell] = values;
      case SynapseColumn.Ints(int[] values, _) -> frame.ints[cell] = values;
      case SynapseColumn.Packed _ -> throw new IllegalStateException("packed weights learn");
    }
  }

  @Override
  public long run(int[] rows, int from, int to, Firing firing, long step) {
    openRowSums(step);
    frame.firing = firing;
    long ran = staged ? runSparse(rows, from, to, step) : runDense(rows, from, to, step);
    stops.throwIfAny();
    return ran;
  }

  private void openRowSums(long step) {
    for (int slot = 0; slot < program.symbols().size(); slot++) {
      if (program.symbols().get(slot).role() == SymbolRole.ROW_ACCUMULATOR) {
        var sums = binding.rowStore().sums(binding.linkage().slot(slot));
        frame.rowSums[slot] = sums.values();
        frame.rowSumsAt[slot] = sums.at(step);
      }
    }
  }

  private long runDense(int[] rows, int from, int to, long step) {
    long[] runs = frame.firing.runs();
    frame.block(runs, frame.rowLanes, compiled.width());
    columns.open(step);
    for (int c = 0; c < compiled.cells().size(); c++) {
      if (frame.longs[c] != null) {
        frame.at[c] = binding.payloads().at(step - columns.age(c, step));
      }
    }
    compiled.code().run(0, frame, step, rows, from, to);
    long lanes = 0;
    for (long word : runs) {
      lanes += Long.bitCount(word);
    }
    return frame.rowMask == null ? lanes * (to - from) : existing(rows, from, to);
  }

  private long existing(int[] rows, int from, int to) {
    long lanes = 0;
    for (int r = from; r < to; r++) {
      for (int word = 0; word < frame.rowMaskWords; word++) {
        lanes +=
            Long.bitCount(
                frame.firing.runs()[word] & frame.rowMask[rows[r] * frame.rowMaskWords + word]);
      }
    }
    return lanes;
  }

  private long runSparse(int[] rows, int from, int to, long step) {
    var sparse = (SparseRows) binding.layout();
    long ran = 0;
    count = 0;
    for (int r = from; r < to; r++) {
      int row = rows[r];
      int lane = 0;
      for (int place = sparse.starts()[row]; place < sparse.starts()[row + 1]; place++) {
        lane += sparse.step(place);
        if (!sparse.isGap(place) && frame.firing.runs(lane)) {
          if (count == BATCH) {
            flush(step);
          }
          frame.stagedRow[count] = row;
          frame.stagedLane[count] = lane;
          frame.stagedPlace[count++] = place;
          ran++;
        }
      }
    }
    flush(step);
    return ran;
  }

  private int source(int i) {
    return binding.mirror() ? frame.firstIndex + frame.stagedLane[i] : frame.stagedRow[i];
  }

  private int target(int i) {
    return binding.mirror() ? frame.stagedRow[i] : frame.firstIndex + frame.stagedLane[i];
  }

  private void flush(long step) {
    if (count == 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      frame.drawLanes[i] = Draw.synapseLane(source(i), target(i));
      int fired = 0;
      for (int trigger = 0; trigger < frame.firing.triggers(); trigger++) {
        fired |= (int) (frame.cause(trigger, frame.stagedLane[i]) & 1) << trigger;
      }
      frame.laneFired[i] = fired;
    }
    for (int c = 0; c < stored.length; c++) {
      stage(c, step);
    }
    frame.blockAll(count, compiled.width());
    compiled.code().run(0, frame, step, null, 0, 0);
    for (int c = 0; c < stored.length; c++) {
      if (stored[c]) {
        var column = words(compiled.cells().get(c).slot());
        for (int i = 0; i < count; i++) {
          column.set(frame.stagedPlace[i], frame.ints[c][i]);
        }
      }
    }
    count = 0;
  }

  private SynapseColumn words(int slot) {
    return slot < binding.tags().length && binding.tags()[slot] != null
        ? binding.tags()[slot]
        : binding.weights();
  }

  private void stage(int cell, long step) {
    int slot = compiled.cells().get(cell).slot();
    int age = columns.age(cell, step);
    int[] out = frame.ints[cell];
    switch (program.symbol(slot).role()) {
      case WEIGHT, TAG -> {
        var column = words(slot);
        for (int i = 0; i < count; i++) {
          out[i] = column.get(frame.stagedPlace[i]);
        }
      }
      case ROW -> gather(binding.rowStore(), slot, age, step, frame.stagedRow, out);
      case POST -> gather(binding.post(), slot, age, step, frame.stagedLane, out);
      case SOURCE -> {
        for (int i = 0; i < count; i++) {
          out[i] = source(i);
        }
      }
      case TARGET -> {
        for (int i = 0; i < count; i++) {
          out[i] = target(i);
        }
      }
      case PAYLOAD -> {
        var payloads = binding.payloads();
        int at = payloads.at(step - age);
        for (int i = 0; i < count; i++) {
          out[i] = Fixed.saturate(payloads.values()[at + frame.stagedRow[i]]);
        }
      }
      default -> throw new IllegalStateException(program.symbol(slot).name() + " in a cell");
    }
  }

  private void gather(LaneStore store, int slot, int age, long step, int[] index, int[] out) {
    int own = binding.linkage().slot(slot);
    var column = store.ints(own);
    if (column != null) {
      int at = column.at(step - age);
      for (int i = 0; i < count; i++) {
        out[i] = column.values()[at + index[i]];
      }
      return;
    }
    var stream = store.stream(own);
    for (int i = 0; i < count; i++) {
      out[i] = stream.payload(step - age, index[i]);
    }
  }
}
