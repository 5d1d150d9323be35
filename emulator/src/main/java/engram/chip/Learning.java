package engram.chip;

import engram.chip.preset.Counter;
import engram.chip.preset.Timing;
import engram.isa.Opcode;
import engram.isa.exec.Engine;
import engram.isa.exec.RowBinding;
import engram.isa.exec.RowKernel;
import engram.isa.exec.StreamColumn;
import engram.isa.exec.Surroundings;
import engram.isa.exec.SynapseBinding;
import engram.isa.exec.SynapseKernel;
import engram.isa.exec.SynapseLayout;
import engram.isa.image.MemoryModel;
import engram.isa.program.Activity;
import engram.isa.program.SymbolRole;
import engram.isa.verify.Linkage;
import engram.isa.verify.VerifiedProgram;

/// Runs the row and the synapse program of a block where their triggers fire.
final class Learning {
  private final SynapseBlock block;
  private final Timing timing;
  private final int simd;

  private final VerifiedProgram rowProgram;
  private final RowKernel rowKernel;
  private final TriggeredRows triggeredRows;
  private final ProgramCost rowCost;

  private final VerifiedProgram synapseProgram;
  private final SynapseKernel synapseKernel;
  private final TriggeredRows triggeredSynapses;
  private final ProgramCost synapseCost;
  private final StreamColumn[] postStreams;
  private final long[][] postBits;
  private final long[][] post;
  private final int[] wordWidths;
  private final int[] writtenWidths;
  private final int activeRowSlot;
  private long cycles;

  /// What the last dense row cost: the same for the next one with the same triggers.
  private int denseRan;

  private long denseRead;
  private long denseWritten;

  /// @param rowProgram or null
  /// @param synapseProgram or null
  /// @param linkage of the synapse program, or null
  /// @param rowSurroundings what the row program sees; its draws are keyed as rows
  Learning(
      SynapseBlock block,
      VerifiedProgram rowProgram,
      VerifiedProgram synapseProgram,
      Linkage linkage,
      Surroundings rowSurroundings,
      Surroundings surroundings,
      Timing timing,
      int simd,
      Engine engine) {
    this.block = block;
    this.timing = timing;
    this.simd = simd;
    this.rowProgram = rowProgram;
    this.synapseProgram = synapseProgram;
    if (rowProgram == null) {
      rowKernel = null;
      triggeredRows = null;
      rowCost = null;
    } else {
      rowKernel =
          engine.row(new RowBinding(rowProgram, block.rowStore, block.payloads, rowSurroundings));
      triggeredRows = new TriggeredRows(block, rowProgram.program(), rowSurroundings);
      rowCost = new ProgramCost(rowProgram);
    }
    if (synapseProgram == null) {
      synapseKernel = null;
      triggeredSynapses = null;
      synapseCost = null;
      postStreams = null;
      postBits = null;
      post = null;
      wordWidths = null;
      writtenWidths = null;
      activeRowSlot = -1;
      return;
    }
    synapseKernel =
        engine.synapse(
            new SynapseBinding(
                synapseProgram,
                linkage,
                block.layout,
                block.weights,
                block.projection.weights(),
                block.tags,
                block.rowStore,
                block.slice.store,
                block.payloads,
                block.slice.image.first(),
                block.projection.isMirror(),
                block.kills,
                surroundings));
    triggeredSynapses = new TriggeredRows(block, synapseProgram.program(), surroundings);
    synapseCost = new ProgramCost(synapseProgram);
    var triggers = synapseProgram.program().triggers();
    postStreams = new StreamColumn[triggers.size()];
    postBits = new long[triggers.size()][];
    post = new long[triggers.size()][];
    for (int t = 0; t < postStreams.length; t++) {
      if (triggers.get(t).hasPost()) {
        postStreams[t] = block.slice.store.stream(linkage.slot(triggers.get(t).postSlot()));
        postBits[t] = new long[postStreams[t].words()];
        post[t] = postBits[t];
      }
    }
    var activity = synapseProgram.program().activity();
    activeRowSlot =
        activity.kind() == Activity.Kind.WHEN ? linkage.slot(activity.slots().get(0)) : -1;
    wordWidths = widths(false);
    writtenWidths = widths(true);
  }

  /// Widths of the synapse words that the program loads or stores, or only those that it stores.
  private int[] widths(boolean stored) {
    var program = synapseProgram.program();
    return program.instructions().stream()
        .filter(i -> i.opcode() == Opcode.ST || (!stored && i.opcode() == Opcode.LD))
        .mapToInt(i -> i.slot())
        .distinct()
        .filter(slot ->
            program.symbol(slot).role() == SymbolRole.WEIGHT
                || program.symbol(slot).role() == SymbolRole.TAG)
        .map(slot ->
            program.symbol(slot).role() == SymbolRole.WEIGHT
                ? MemoryModel.synapseBits(block.layout, block.projection.weights().bits())
                : program.symbol(slot).format().bits())
        .toArray();
  }

  /// Runs what is due; returns the cycles it takes.
  long run(long step, long[] counters) {
    cycles = 0;
    if (rowProgram != null) {
      runRows(step, counters);
    }
    if (synapseProgram != null) {
      runSynapses(step, counters);
    }
    return cycles;
  }

  private void runRows(long step, long[] counters) {
    triggeredRows.find(-1, step);
    var activity = rowProgram.program().activity();
    if (activity.kind() != Activity.Kind.ALWAYS) {
      triggeredRows.keep(row -> rowIsActive(activity, row, step));
      cycles += (long) timing.scan() * StreamColumn.words(block.layout.rows());
    }
    int count = triggeredRows.count();
    if (count == 0) {
      return;
    }
    rowKernel.run(triggeredRows.rows(), triggeredRows.fired(), count, step);
    counters[Counter.ROWS_UPDATED.ordinal()] += count;
    rowCost.count(count, counters);
    cycles += timing.instruction() * rowCost.cycles(count, simd);
  }

  private boolean rowIsActive(Activity activity, int row, long step) {
    for (int slot : activity.slots()) {
      var column = block.rowStore.ints(slot);
      if (column.values()[column.at(step) + row] != 0) {
        return true;
      }
    }
    return activity.kind() == Activity.Kind.TOUCHED && block.arrived(row, step);
  }

  private void runSynapses(long step, long[] counters) {
    int possible = possible(step);
    if (possible == 0) {
      return;
    }
    triggeredSynapses.find(possible, step);
    if (activeRowSlot >= 0) {
      var column = block.rowStore.ints(activeRowSlot);
      int at = column.at(step);
      triggeredSynapses.keep(row -> column.values()[at + row] != 0);
      cycles += (long) timing.scan() * StreamColumn.words(block.layout.rows());
    }
    int from = 0;
    while (from < triggeredSynapses.count()) {
      int same = triggeredSynapses.group(from);
      int fired = triggeredSynapses.fired()[from];
      int[] rows = triggeredSynapses.rows();
      long ran = synapseKernel.run(rows, from, from + same, fired, post, step);
      counters[Counter.LEARNING_OPERATIONS.ordinal()] += ran;
      synapseCost.count(ran, counters);
      charge(rows, from, from + same, fired, counters);
      cycles += timing.learning() * ran;
      from += same;
    }
  }

  /// Triggers whose post-synaptic term holds for some neuron.
  private int possible(long step) {
    int possible = 0;
    var triggers = synapseProgram.program().triggers();
    for (int t = 0; t < postStreams.length; t++) {
      boolean holds =
          postStreams[t] == null
              || TriggeredRows.copy(postStreams[t], step - triggers.get(t).postAge(), postBits[t]);
      possible |= holds ? 1 << t : 0;
    }
    return possible;
  }

  /// Charges read-modify-write once for every memory word that holds a synapse which ran.
  private void charge(int[] rows, int from, int to, int fired, long[] counters) {
    for (int r = from; r < to; r++) {
      int ran = 0;
      long read = 0;
      long written = 0;
      switch (block.layout) {
        case SynapseLayout.Dense dense -> {
          boolean sameAsBefore = dense.mask() == null && r > from;
          if (!sameAsBefore) {
            denseRan = denseLanes(dense, rows[r], fired);
            denseRead = denseWords(dense, rows[r], fired, wordWidths);
            denseWritten = denseWords(dense, rows[r], fired, writtenWidths);
          }
          ran = denseRan;
          read = denseRead;
          written = denseWritten;
        }
        case SynapseLayout.Sparse sparse -> {
          ran = sparseLanes(sparse, rows[r], fired);
          read = sparseWords(sparse, rows[r], fired, wordWidths);
          written = sparseWords(sparse, rows[r], fired, writtenWidths);
        }
        case SynapseLayout.Shared _ -> throw new IllegalStateException("shared weights learn");
      }
      counters[Counter.SYNAPSE_WORDS_READ.ordinal()] += read;
      counters[Counter.SYNAPSE_WORDS_WRITTEN.ordinal()] += written;
      cycles += timing.word() * (read + written);
      cycles += timing.instruction() * synapseCost.cycles(ran, simd);
    }
  }

  private boolean runs(int lane, int fired) {
    for (int t = 0; t < post.length; t++) {
      if ((fired >> t & 1) != 0 && (post[t] == null || (post[t][lane >> 6] >>> lane & 1) != 0)) {
        return true;
      }
    }
    return false;
  }

  private int denseLanes(SynapseLayout.Dense dense, int row, int fired) {
    int ran = 0;
    for (int lane = 0; lane < dense.lanes(); lane++) {
      if (runs(lane, fired) && dense.exists(row, lane)) {
        ran++;
      }
    }
    return ran;
  }

  private long denseWords(SynapseLayout.Dense dense, int row, int fired, int[] widths) {
    long words = 0;
    for (int width : widths) {
      int perWord = MemoryModel.perWord(width);
      int last = -1;
      for (int lane = 0; lane < dense.lanes(); lane++) {
        if (lane / perWord != last && runs(lane, fired) && dense.exists(row, lane)) {
          last = lane / perWord;
          words++;
        }
      }
    }
    return words;
  }

  private int sparseLanes(SynapseLayout.Sparse sparse, int row, int fired) {
    int ran = 0;
    for (int s = sparse.starts()[row]; s < sparse.starts()[row + 1]; s++) {
      if (runs(sparse.targets()[s], fired)) {
        ran++;
      }
    }
    return ran;
  }

  private long sparseWords(SynapseLayout.Sparse sparse, int row, int fired, int[] widths) {
    long words = 0;
    for (int width : widths) {
      int perWord = MemoryModel.perWord(width);
      int last = -1;
      int start = sparse.starts()[row];
      for (int s = start; s < sparse.starts()[row + 1]; s++) {
        if ((s - start) / perWord != last && runs(sparse.targets()[s], fired)) {
          last = (s - start) / perWord;
          words++;
        }
      }
    }
    return words;
  }
}
