package engram.chip;

import engram.chip.fault.BitFlip;
import engram.chip.fault.FaultMemory;
import engram.chip.fault.RandomFlips;
import engram.chip.preset.Counter;
import engram.isa.Draw;
import engram.isa.NumberFormat;
import engram.isa.exec.SynapseColumn;
import engram.isa.image.ChipImage;
import engram.isa.image.SynapseFormat;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;

/// Finds the bits of a chip's memories by the network's names, and turns them over.
final class FaultyMemory {
  private final ChipImage image;
  private final ChipNames names;
  private final ChipState state;
  private final List<Core> cores;

  FaultyMemory(ChipImage image, ChipNames names, ChipState state, List<Core> cores) {
    this.image = image;
    this.names = names;
    this.state = state;
    this.cores = cores;
  }

  /// The words of one memory.
  private sealed interface Bank permits Lanes, Synapses {
    NumberFormat format();

    /// Number of words that there are, as `RandomFlips` counts them.
    long words();

    /// What is folded into draws: which population or projection.
    int ordinal();

    /// What is folded into draws beside it: which of its memories.
    int number();

    /// Turns bits over.
    ///
    /// @param bits ascending, each `word * width + bit`, words as `words` counts them
    void flip(long[] bits, long step);
  }

  private final class Lanes implements Bank {
    private final int population;
    private final int slot;
    private final NumberFormat format;

    Lanes(FaultMemory.Field memory) {
      population = names.population(memory.population());
      slot = names.slot(population, memory.field(), SymbolRole.FIELD, SymbolRole.PARAM);
      format = names.program(population).symbol(slot).format();
    }

    @Override
    public NumberFormat format() {
      return format;
    }

    @Override
    public long words() {
      return image.populations().get(population).size();
    }

    @Override
    public int ordinal() {
      return population;
    }

    @Override
    public int number() {
      return 2 * slot;
    }

    @Override
    public void flip(long[] bits, long step) {
      for (long bit : bits) {
        flip((int) (bit / format.bits()), (int) (bit % format.bits()), step);
      }
    }

    void flip(int neuron, int bit, long step) {
      for (var slice : state.slices(population)) {
        int lane = neuron - slice.image.first();
        if (lane >= 0 && lane < slice.lanes()) {
          var column = slice.store.ints(slot);
          int at = column.at(step) + lane;
          column.values()[at] = flipped(format, column.values()[at], bit);
          column.touch(step);
          count(core -> List.of(core.slices).contains(slice));
        }
      }
    }
  }

  private final class Synapses implements Bank {
    private final int projection;
    private final String tag;
    private final int slot;
    private final NumberFormat format;
    private final List<SynapseBlock> blocks;
    private final boolean shared;

    /// @param tag or null for the weights
    Synapses(String projection, String tag) {
      this.projection = names.projection(projection);
      this.tag = tag;
      blocks = state.blocks(this.projection);
      blocks.getFirst().column(tag);
      var description = image.projections().get(this.projection);
      shared = description.format() == SynapseFormat.SHARED;
      if (tag == null) {
        slot = Symbol.slotOf(SymbolRole.WEIGHT);
        format = description.weights();
      } else {
        var program = blocks.getFirst().learningProgram();
        slot = program.slot(tag).orElseThrow();
        format = program.symbol(slot).format();
      }
    }

    @Override
    public NumberFormat format() {
      return format;
    }

    @Override
    public int ordinal() {
      return projection;
    }

    @Override
    public int number() {
      return 2 * slot + 1;
    }

    private int targets() {
      return image.populations().get(image.projections().get(projection).target()).size();
    }

    private int sources() {
      return image.populations().get(image.projections().get(projection).source()).size();
    }

    /// Places for words by index, with or without a synapse.
    long indices() {
      return (long) sources() * targets();
    }

    /// The block that holds the word of an index.
    private SynapseBlock block(long index) {
      int target = (int) (index % targets());
      for (var block : blocks) {
        if (target < block.slice.image.first() + block.slice.lanes()) {
          return block;
        }
      }
      throw new IllegalStateException("no block for target " + target);
    }

    private int place(long index) {
      var block = block(index);
      int target = (int) (index % targets());
      return block.layout.place((int) (index / targets()), target - block.slice.image.first());
    }

    void requireSynapse(long index) {
      if (place(index) < 0) {
        throw new IllegalArgumentException(
            "index in %s: %d (expected: that of a synapse; none leads from %d to %d)"
                .formatted(
                    image.projections().get(projection).name(),
                    index,
                    index / targets(),
                    index % targets()));
      }
    }

    /// Turns a bit over, if there still is a synapse.
    void flip(long index, int bit) {
      int place = place(index);
      if (place >= 0) {
        flip(block(index), place, bit);
      }
    }

    private void flip(SynapseBlock block, int place, int bit) {
      SynapseColumn column = block.column(tag);
      column.set(place, flipped(format, column.get(place), bit));
      count(core -> List.of(core.blocks).contains(block));
    }

    @Override
    public long words() {
      long words = 0;
      for (var block : blocks) {
        if (shared) {
          words += block.weights.length();
          continue;
        }
        for (int row = 0; row < block.layout.rows(); row++) {
          words += block.layout.live(row);
        }
      }
      return words;
    }

    /// Words that are shared are counted block by block, others by source and target.
    @Override
    public void flip(long[] bits, long step) {
      int width = format.bits();
      int next = 0;
      long before = 0;
      if (shared) {
        for (var block : blocks) {
          long end = (before + block.weights.length()) * width;
          for (; next < bits.length && bits[next] < end; next++) {
            flip(block, (int) (bits[next] / width - before), (int) (bits[next] % width));
          }
          before += block.weights.length();
        }
        return;
      }
      for (int row = 0; row < sources() && next < bits.length; row++) {
        for (var block : blocks) {
          int live = block.layout.live(row);
          if (next < bits.length && bits[next] < (before + live) * width) {
            int[] places = new int[live];
            int[] found = {0};
            block.layout.forEach(row, (_, place) -> places[found[0]++] = place);
            for (; next < bits.length && bits[next] < (before + live) * width; next++) {
              flip(block, places[(int) (bits[next] / width - before)], (int) (bits[next] % width));
            }
          }
          before += live;
        }
      }
    }
  }

  private static int flipped(NumberFormat format, int value, int bit) {
    return format.wrap(value ^ 1 << bit);
  }

  private void count(Predicate<Core> holds) {
    for (var core : cores) {
      if (holds.test(core)) {
        core.counters[Counter.BITS_FLIPPED.ordinal()]++;
      }
    }
  }

  private Bank bank(FaultMemory memory) {
    return switch (memory) {
      case FaultMemory.Field field -> new Lanes(field);
      case FaultMemory.Weights(String projection) -> new Synapses(projection, null);
      case FaultMemory.Tag(String projection, String tag) -> new Synapses(projection, tag);
    };
  }

  /// Throws if there is no such bit.
  void check(BitFlip flip) {
    var bank = bank(flip.memory());
    long words = bank instanceof Synapses synapses ? synapses.indices() : bank.words();
    if (flip.index() >= words) {
      throw new IllegalArgumentException(
          "index: %d (expected: < %d, the words in %s)"
              .formatted(flip.index(), words, flip.memory()));
    }
    if (flip.bit() >= bank.format().bits()) {
      throw new IllegalArgumentException(
          "bit: %d (expected: < %d, the width of %s)"
              .formatted(flip.bit(), bank.format().bits(), flip.memory()));
    }
    if (bank instanceof Synapses synapses) {
      synapses.requireSynapse(flip.index());
    }
  }

  /// Throws if there are not that many bits.
  void check(RandomFlips flips) {
    var bank = bank(flips.memory());
    long bits = bank.words() * bank.format().bits();
    if (flips.count() > bits) {
      throw new IllegalArgumentException(
          "count: %d (expected: at most %d, the bits of %s)"
              .formatted(flips.count(), bits, flips.memory()));
    }
  }

  /// Turns a bit over in the present step.
  void flip(BitFlip flip, long step) {
    switch (bank(flip.memory())) {
      case Lanes lanes -> lanes.flip((int) flip.index(), flip.bit(), step);
      case Synapses synapses -> synapses.flip(flip.index(), flip.bit());
    }
  }

  /// Draws bits and turns them over in the present step: Floyd's way to draw without repetition (J.
  /// Bentley, R. Floyd: A Sample of Brilliance, Comm. ACM 30(9), 1987), which takes one draw a bit.
  void flip(RandomFlips flips, long step) {
    var bank = bank(flips.memory());
    long all = bank.words() * bank.format().bits();
    int count = (int) Math.min(flips.count(), all);
    long clocked = Draw.atClock(Draw.base(flips.seed(), Draw.Kind.FLIP, bank.ordinal()), step);
    var drawn = new HashSet<Long>();
    for (int i = 0; i < count; i++) {
      long last = all - count + i;
      long key = Draw.atSite(clocked, i);
      long bits =
          (long) Draw.bits(key, 2 * bank.number()) << 32
              | Integer.toUnsignedLong(Draw.bits(key, 2 * bank.number() + 1));
      long bit = Math.unsignedMultiplyHigh(bits, last + 1);
      if (!drawn.add(bit)) {
        drawn.add(last);
      }
    }
    bank.flip(drawn.stream().mapToLong(Long::longValue).sorted().toArray(), step);
  }
}
