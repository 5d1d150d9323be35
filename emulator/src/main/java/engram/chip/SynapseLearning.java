package engram.chip;

import engram.chip.preset.Counter;
import engram.chip.preset.Timing;
import engram.isa.Opcode;
import engram.isa.exec.Engine;
import engram.isa.exec.Firing;
import engram.isa.exec.SparseRows;
import engram.isa.exec.StreamColumn;
import engram.isa.exec.Surroundings;
import engram.isa.exec.SynapseBinding;
import engram.isa.exec.SynapseKernel;
import engram.isa.exec.SynapseLayout;
import engram.isa.image.MemoryModel;
import engram.isa.program.Activity;
import engram.isa.program.SymbolRole;
import engram.isa.program.Trigger;
import engram.isa.verify.Linkage;
import engram.isa.verify.VerifiedProgram;

/// Runs the synapse program of a block where its triggers fire.
final class SynapseLearning {
  private static final int NONE = -1;

  private final SynapseBlock block;
  private final Timing timing;
  private final int simd;
  private final SynapseKernel kernel;
  private final TriggeredRows triggered;
  private final ProgramCost cost;

  /// For each trigger the stream of its post-synaptic term, that term's age and bits, or null.
  private final StreamColumn[] postStreams;

  private final int[] postAges;
  private final long[][] post;
  private final Firing firing;

  /// Widths of the synapse words that the program reads, and of those that it writes.
  private final int[] readWidths;

  private final int[] writtenWidths;

  /// Slot of the row field that must not be zero, or `NONE`.
  private final int activeRowSlot;

  private long cycles;

  SynapseLearning(
      SynapseBlock block,
      VerifiedProgram program,
      Linkage linkage,
      Surroundings surroundings,
      Timing timing,
      int simd,
      Engine engine) {
    this.block = block;
    this.timing = timing;
    this.simd = simd;
    kernel =
        engine.synapse(
            new SynapseBinding(
                program,
                linkage,
                block.layout,
                block.weights,
                block.projection.weights(),
                block.tags,
                block.rowStore,
                block.slice.store,
                block.arrivals.payloads(),
                block.slice.image.first(),
                block.projection.isMirror(),
                block.kills,
                surroundings));
    triggered = new TriggeredRows(block.arrivals, block.layout.rows(), program, surroundings);
    cost = new ProgramCost(program);
    var triggers = program.program().triggers();
    postStreams = new StreamColumn[triggers.size()];
    postAges = triggers.stream().mapToInt(Trigger::postAge).toArray();
    post = new long[triggers.size()][];
    for (int t = 0; t < postStreams.length; t++) {
      if (triggers.get(t).hasPost()) {
        postStreams[t] = block.slice.store.stream(linkage.slot(triggers.get(t).postSlot()));
        post[t] = new long[postStreams[t].words()];
      }
    }
    firing = new Firing(block.layout.lanes(), post);
    var activity = program.program().activity();
    activeRowSlot =
        activity.kind() == Activity.Kind.WHEN ? linkage.slot(activity.slots().get(0)) : NONE;
    readWidths = widths(program, false);
    writtenWidths = widths(program, true);
  }

  /// Widths of the synapse words that a program loads or stores, or only of those that it stores.
  private int[] widths(VerifiedProgram verified, boolean stored) {
    var program = verified.program();
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
    int possible = possible(step);
    if (possible == 0) {
      return 0;
    }
    cycles = 0;
    triggered.find(possible, step);
    if (activeRowSlot != NONE) {
      keepActive(step);
      cycles += (long) timing.scan() * StreamColumn.words(block.layout.rows());
    }
    int from = 0;
    while (from < triggered.count()) {
      int to = from + triggered.group(from);
      if (firing.fire(triggered.fired(from))) {
        int[] rows = triggered.rows();
        long ran = kernel.run(rows, from, to, firing, step);
        counters[Counter.LEARNING_OPERATIONS.ordinal()] += ran;
        cost.count(ran, counters);
        charge(rows, from, to, counters);
        cycles += timing.learning() * ran;
      }
      from = to;
    }
    return cycles;
  }

  /// Triggers whose post-synaptic term holds for some neuron.
  private int possible(long step) {
    int possible = 0;
    for (int t = 0; t < postStreams.length; t++) {
      boolean holds = postStreams[t] == null || copy(postStreams[t], step - postAges[t], post[t]);
      possible |= holds ? 1 << t : 0;
    }
    return possible;
  }

  /// Copies the bits of a stream, as it was in a step; false if none is set.
  private static boolean copy(StreamColumn stream, long step, long[] into) {
    if (!stream.touched(step)) {
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

  private void keepActive(long step) {
    var column = block.rowStore.ints(activeRowSlot);
    int at = column.at(step);
    int[] rows = triggered.rows();
    int kept = 0;
    for (int i = 0; i < triggered.count(); i++) {
      if (column.values()[at + rows[i]] != 0) {
        triggered.keep(i, kept++);
      }
    }
    triggered.cut(kept);
  }

  // Read-modify-write is charged once for every memory word that holds a synapse which ran.

  private void charge(int[] rows, int from, int to, long[] counters) {
    switch (block.layout) {
      case SynapseLayout.Dense dense -> {
        if (dense.mask() == null) {
          long[] lanes = firing.runs();
          charge(
              to - from,
              ran(lanes, null, 0),
              words(lanes, null, 0, readWidths),
              words(lanes, null, 0, writtenWidths),
              counters);
          return;
        }
        for (int r = from; r < to; r++) {
          int at = rows[r] * dense.maskWords();
          long[] lanes = firing.runs();
          charge(
              1,
              ran(lanes, dense.mask(), at),
              words(lanes, dense.mask(), at, readWidths),
              words(lanes, dense.mask(), at, writtenWidths),
              counters);
        }
      }
      case SparseRows sparse -> {
        for (int r = from; r < to; r++) {
          charge(
              1,
              ran(sparse, rows[r]),
              words(sparse, rows[r], readWidths),
              words(sparse, rows[r], writtenWidths),
              counters);
        }
      }
      case SynapseLayout.Shared _ -> throw new IllegalStateException("shared weights learn");
    }
  }

  private void charge(int rows, int ran, long read, long written, long[] counters) {
    counters[Counter.SYNAPSE_WORDS_READ.ordinal()] += rows * read;
    counters[Counter.SYNAPSE_WORDS_WRITTEN.ordinal()] += rows * written;
    cycles +=
        rows * (timing.word() * (read + written) + timing.instruction() * cost.cycles(ran, simd));
  }

  /// Lanes that run and, where there is a mask, have a synapse.
  private static int ran(long[] lanes, long[] mask, int at) {
    int ran = 0;
    for (int word = 0; word < lanes.length; word++) {
      ran += Long.bitCount(mask == null ? lanes[word] : lanes[word] & mask[at + word]);
    }
    return ran;
  }

  /// Memory words that hold those lanes.
  private static long words(long[] lanes, long[] mask, int at, int[] widths) {
    long words = 0;
    for (int width : widths) {
      words += LaneWords.count(lanes, mask, at, MemoryModel.perWord(width));
    }
    return words;
  }

  private int ran(SparseRows sparse, int row) {
    int ran = 0;
    int lane = 0;
    for (int place = sparse.starts()[row]; place < sparse.starts()[row + 1]; place++) {
      lane += sparse.step(place);
      ran += !sparse.isGap(place) && firing.runs(lane) ? 1 : 0;
    }
    return ran;
  }

  private long words(SparseRows sparse, int row, int[] widths) {
    long words = 0;
    for (int width : widths) {
      int perWord = MemoryModel.perWord(width);
      int synapse = 0;
      int behind = 0;
      int lane = 0;
      for (int place = sparse.starts()[row]; place < sparse.starts()[row + 1]; place++) {
        lane += sparse.step(place);
        if (sparse.isGap(place)) {
          continue;
        }
        if (synapse >= behind && firing.runs(lane)) {
          words++;
          behind = (synapse / perWord + 1) * perWord;
        }
        synapse++;
      }
    }
    return words;
  }
}
