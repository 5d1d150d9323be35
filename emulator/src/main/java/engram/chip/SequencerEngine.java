package engram.chip;

import engram.chip.preset.Counter;
import engram.chip.preset.Timing;
import engram.isa.Draw;
import engram.isa.NumberFormat;
import engram.isa.Overflow;
import engram.isa.exec.OverflowStop;
import engram.isa.exec.Registers;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import engram.isa.image.ChipImage;
import engram.isa.image.MemoryModel;
import engram.isa.image.ProjectionImage;
import engram.isa.image.Sequencer;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import java.util.List;

/// The two engines of fixed function, run behind LEARN when their register is not zero. They work
/// through whole projections, so one thread runs them, after the cores' barrier. What a dead core
/// holds they neither read nor write.
final class SequencerEngine {
  /// Random sources tried for a new synapse before the lowest free one is taken, per row.
  private static final int ATTEMPTS_PER_ROW = 64;

  private final ChipImage image;
  private final Sequencer[] sequencers;
  private final ChipState state;
  private final List<Core> cores;
  private final Registers registers;
  private final Timing timing;

  SequencerEngine(
      ChipImage image, ChipState state, List<Core> cores, Registers registers, Timing timing) {
    this.image = image;
    sequencers = image.sequencers().toArray(Sequencer[]::new);
    this.state = state;
    this.cores = cores;
    this.registers = registers;
    this.timing = timing;
  }

  /// Runs what is due in a step; returns the cycles it takes.
  long run(long step) {
    long cycles = 0;
    for (var sequencer : sequencers) {
      int value = registers.value(sequencer.register(), step - lag(sequencer));
      if (value != 0) {
        cycles +=
            switch (sequencer) {
              case Sequencer.Reduce reduce -> reduce(reduce);
              case Sequencer.Rewire rewire -> rewire(rewire, value);
            };
      }
    }
    return cycles;
  }

  /// The engine sees its register as the target population of its projection does.
  private int lag(Sequencer sequencer) {
    int projection =
        switch (sequencer) {
          case Sequencer.Reduce reduce -> reduce.projections().get(0);
          case Sequencer.Rewire rewire -> rewire.projection();
        };
    return image.populations().get(image.projections().get(projection).target()).lag();
  }

  private long reduce(Sequencer.Reduce reduce) {
    var first = image.projections().get(reduce.projections().get(0));
    int rows = image.populations().get(first.source()).size();
    int targets = image.populations().get(first.target()).size();
    boolean weight = reduce.word().equals(SymbolRole.WEIGHT.keyword());
    Program program = first.learns() ? image.programs().get(first.synapseProgram()) : null;
    int slot = weight ? -1 : program.slot(reduce.word()).orElseThrow();
    for (int row = 0; row < rows; row++) {
      for (int target = 0; target < targets; target++) {
        long sum = 0;
        for (int projection : reduce.projections()) {
          var block = block(projection, target);
          if (!block.dead) {
            sum += column(block, slot).get(place(block, row, target));
          }
        }
        int narrowed =
            weight ? narrowWeight(first, sum) : narrowTag(program, slot, row, target, sum);
        for (int projection : reduce.projections()) {
          var block = block(projection, target);
          if (!block.dead) {
            column(block, slot).set(place(block, row, target), narrowed);
          }
        }
      }
    }
    int bits = weight ? first.weights().bits() : program.symbol(slot).format().bits();
    // Cores work side by side, so the one with the most words sets the time.
    long most = 0;
    for (int projection : reduce.projections()) {
      for (var block : state.blocks(projection)) {
        if (block.dead) {
          continue;
        }
        long words = rows * MemoryModel.words(bits, block.layout.lanes());
        charge(block, words, words);
        most = Math.max(most, words);
      }
    }
    int depth = 32 - Integer.numberOfLeadingZeros(reduce.projections().size() - 1);
    return most * 2 * depth * Math.max(timing.hopHorizontal(), timing.link())
        + 2 * most * timing.word();
  }

  private void charge(SynapseBlock block, long read, long written) {
    for (var core : cores) {
      for (var own : core.blocks) {
        if (own == block) {
          core.counters[Counter.SYNAPSE_WORDS_READ.ordinal()] += read;
          core.counters[Counter.SYNAPSE_WORDS_WRITTEN.ordinal()] += written;
        }
      }
    }
  }

  private SynapseBlock block(int projection, int target) {
    for (var block : state.blocks(projection)) {
      if (target < block.slice.image.first() + block.slice.lanes()) {
        return block;
      }
    }
    throw new IllegalStateException("no block for target " + target);
  }

  private static int place(SynapseBlock block, int row, int target) {
    return row * block.layout.lanes() + target - block.slice.image.first();
  }

  private static SynapseColumn column(SynapseBlock block, int slot) {
    return slot < 0 ? block.weights : block.tags[slot];
  }

  private static int narrowWeight(ProjectionImage projection, long sum) {
    NumberFormat format = projection.weights();
    int high = format.max();
    return (int) Math.min(Math.max(sum, format.signed() ? -high : 0), high);
  }

  private static int narrowTag(Program program, int slot, int row, int target, long sum) {
    Symbol tag = program.symbol(slot);
    if (tag.format().holds(sum)) {
      return (int) sum;
    }
    if (tag.overflow() == Overflow.STOP) {
      throw new OverflowStop(program, tag, "synapse from " + row + " to " + target, sum);
    }
    return tag.overflow() == Overflow.WRAP ? tag.format().wrap(sum) : tag.format().saturate(sum);
  }

  private long rewire(Sequencer.Rewire rewire, int batch) {
    long clocked =
        Draw.atClock(
            Draw.base(image.seed(), Draw.Kind.REWIRE, rewire.projection()),
            Integer.toUnsignedLong(batch));
    long moved = 0;
    for (var block : state.blocks(rewire.projection())) {
      if (block.dead) {
        continue;
      }
      long here = 0;
      var dense = (SynapseLayout.Dense) block.layout;
      for (int lane = 0; lane < dense.lanes(); lane++) {
        int lost = removeKilled(block, dense, lane);
        int target = block.slice.image.first() + lane;
        int attempt = 0;
        for (int i = 0; i < lost; i++) {
          attempt = grow(block, dense, lane, target, clocked, attempt);
        }
        here += lost;
      }
      charge(block, 2 * here, 2 * here);
      moved += here;
    }
    return moved * 4L * timing.word();
  }

  private static int removeKilled(SynapseBlock block, SynapseLayout.Dense dense, int lane) {
    int lost = 0;
    for (int row = 0; block.kills != null && row < dense.rows(); row++) {
      int place = row * dense.lanes() + lane;
      if ((block.kills[place >> 6] >>> place & 1) != 0) {
        block.kills[place >> 6] &= ~(1L << place);
        dense.set(row, lane, false);
        clear(block, place);
        lost++;
      }
    }
    return lost;
  }

  /// Gives a neuron one synapse more; returns the number of the next attempt.
  private static int grow(
      SynapseBlock block,
      SynapseLayout.Dense dense,
      int lane,
      int target,
      long clocked,
      int firstAttempt) {
    int attempt = firstAttempt;
    long most = (long) ATTEMPTS_PER_ROW * dense.rows();
    while (attempt < most) {
      int bits = Draw.bits(Draw.atSite(clocked, attempt++), target);
      int row = (int) (Integer.toUnsignedLong(bits) * dense.rows() >>> 32);
      if (!dense.exists(row, lane)) {
        dense.set(row, lane, true);
        clear(block, row * dense.lanes() + lane);
        return attempt;
      }
    }
    for (int row = 0; row < dense.rows(); row++) {
      if (!dense.exists(row, lane)) {
        dense.set(row, lane, true);
        clear(block, row * dense.lanes() + lane);
        break;
      }
    }
    return attempt;
  }

  /// A synapse that is new: weight zero, tags at their initial values.
  private static void clear(SynapseBlock block, int place) {
    block.weights.set(place, 0);
    if (block.tags != null) {
      var symbols = block.learningProgram().symbols();
      for (int slot = 0; slot < block.tags.length; slot++) {
        if (block.tags[slot] != null) {
          block.tags[slot].set(place, symbols.get(slot).initial());
        }
      }
    }
  }
}
