package engram.chip;

import engram.chip.preset.Counter;
import engram.isa.Opcode;
import engram.isa.exec.Engine;
import engram.isa.exec.Integrator;
import engram.isa.exec.LaneStore;
import engram.isa.exec.OverflowStop;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import engram.isa.image.BlockImage;
import engram.isa.image.MemoryModel;
import engram.isa.image.ProjectionImage;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerifiedProgram;
import java.util.Arrays;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;

/// The synapses of a projection that end on one slice, with what arrives for their rows.
final class SynapseBlock {
  final BlockImage image;
  final ProjectionImage projection;
  final NeuronSlice slice;
  final SynapseLayout layout;
  final SynapseColumn weights;

  /// Columns by slot of the tag symbol, null elsewhere; null as a whole without a learning program.
  final SynapseColumn[] tags;

  /// Marks of `kill`; null if the learning program has none.
  final long[] kills;

  /// Memory of the row program, or null.
  final LaneStore rowStore;

  final Arrivals arrivals;

  /// Slots of the row program's streams that carry sums.
  private final int[] summed;

  /// What runs in LEARN, or null.
  RowLearning rowLearning;

  SynapseLearning synapseLearning;

  /// The core does not work in the present step.
  boolean dead;

  private final Program learningProgram;
  private final int accumulator;
  private final Integrator integrator;
  private final long weightLimit;

  /// Synapses, and memory words, that INTEGRATE reads of any row; `DIFFERS` if rows differ.
  private final int rowOperations;

  private final long rowWords;
  private static final int DIFFERS = -1;

  /// The step that its rows and arrivals are open for.
  private long present;

  /// @param rowProgram or null
  /// @param synapseProgram or null
  SynapseBlock(
      BlockImage image,
      ProjectionImage projection,
      NeuronSlice slice,
      VerifiedProgram rowProgram,
      VerifiedProgram synapseProgram,
      Engine engine) {
    // A chip has its own weights: those of the image may go when it is loaded.
    this.image = image.withoutWeights();
    this.projection = projection;
    this.slice = slice;
    layout = ownLayout(image.layout());
    weights =
        projection.learns()
            ? SynapseColumn.of(projection.weights(), layout.places())
            : SynapseColumn.fixed(projection.weights(), layout);
    if (image.weights() != null) {
      for (int i = 0; i < weights.length(); i++) {
        weights.set(i, image.weights().get(i));
      }
    }
    learningProgram = synapseProgram == null ? null : synapseProgram.program();
    tags = synapseProgram == null ? null : tags(learningProgram);
    kills =
        synapseProgram != null && synapseProgram.uses(Opcode.KILL)
            ? new long[(layout.places() + 63) >> 6]
            : null;
    int oldest = synapseProgram == null ? 0 : synapseProgram.oldestArrival();
    if (rowProgram == null) {
      rowStore = null;
      summed = new int[0];
    } else {
      oldest = Math.max(oldest, rowProgram.oldestArrival());
      rowStore = new LaneStore(rowProgram.program(), layout.rows());
      summed = summed(rowProgram.program());
      image.values().forEach(rowStore::fill);
    }
    boolean spelled =
        rowProgram != null && rowProgram.readsPayload()
            || synapseProgram != null && synapseProgram.readsPayload();
    arrivals = new Arrivals(layout.rows(), oldest + 1, spelled, engine.laneScan());
    accumulator = slice.program.program().slot(projection.accumulator()).orElseThrow();
    // No program stores the lowest value of a signed weight, but a fault or a state can hold it.
    int largest = Math.max(projection.weights().max(), -projection.weights().min());
    weightLimit = largest;
    integrator = engine.integrator(layout, weights, largest);
    boolean full = layout.isFull();
    rowOperations = full ? layout.lanes() : DIFFERS;
    rowWords = full ? MemoryModel.rowSynapseWords(layout, 0, projection.weights().bits()) : DIFFERS;
  }

  /// The rewiring engine changes masks, so a block has its own.
  private static SynapseLayout ownLayout(SynapseLayout layout) {
    return layout instanceof SynapseLayout.Dense(int rows, int lanes, long[] mask) && mask != null
        ? new SynapseLayout.Dense(rows, lanes, mask.clone())
        : layout;
  }

  private SynapseColumn[] tags(Program program) {
    var symbols = program.symbols();
    var columns = new SynapseColumn[symbols.size()];
    for (int slot = 0; slot < columns.length; slot++) {
      var symbol = symbols.get(slot);
      if (symbol.role() == SymbolRole.TAG) {
        columns[slot] = SynapseColumn.of(symbol.format(), layout.places());
        for (int i = 0; symbol.initial() != 0 && i < layout.places(); i++) {
          columns[slot].set(i, symbol.initial());
        }
      }
    }
    return columns;
  }

  /// The learning program, or null.
  Program learningProgram() {
    return learningProgram;
  }

  /// The words of a tag, or the weights if it is null.
  SynapseColumn column(String tag) {
    if (tag == null) {
      return weights;
    }
    int slot = learningProgram == null ? -1 : learningProgram.slot(tag).orElse(-1);
    if (slot < 0 || tags[slot] == null) {
      throw new IllegalArgumentException("projection " + projection.name() + " has no tag " + tag);
    }
    return tags[slot];
  }

  Accumulator accumulator() {
    return slice.accumulator(accumulator);
  }

  /// Announces this step's arrivals to the accumulator.
  void announce(long step) {
    if (arrivals.count(step) > 0) {
      accumulator().expect(Math.max(1, Math.multiplyExact(arrivals.magnitude(), weightLimit)));
    }
  }

  /// Adds the rows that got an event to the accumulator; counts what it reads.
  void integrate(long step, long[] counters) {
    int count = arrivals.count(step);
    if (count == 0) {
      return;
    }
    int[] rows = arrivals.rows(step);
    var target = accumulator();
    if (target.isNarrow() && arrivals.areOnes(step)) {
      integrator.addOnes(rows, count, target.narrow(step), target.at(step));
    } else {
      arrivals.spell(step);
      long[] payloads = arrivals.payloads().values();
      int from = arrivals.payloads().at(step);
      if (target.isNarrow()) {
        integrator.add(rows, count, payloads, from, target.narrow(step), target.at(step));
      } else {
        integrator.addWide(rows, count, payloads, from, target.wide(step));
      }
    }
    counters[Counter.ROWS_READ.ordinal()] += count;
    count(rows, count, counters);
  }

  private void count(int[] rows, int count, long[] counters) {
    long operations = 0;
    long words = 0;
    if (rowOperations != DIFFERS) {
      operations = (long) count * rowOperations;
      words = count * rowWords;
    } else {
      for (int i = 0; i < count; i++) {
        operations += layout.live(rows[i]);
        words += MemoryModel.rowSynapseWords(layout, rows[i], projection.weights().bits());
      }
    }
    counters[Counter.SYNAPSE_WORDS_READ.ordinal()] += words;
    var path =
        projection.path() == ProjectionImage.Path.FORWARD
            ? Counter.FORWARD_OPERATIONS
            : Counter.BACKWARD_OPERATIONS;
    counters[path.ordinal()] += operations;
  }

  /// Row programs of a step, then synapse programs; returns the cycles they take.
  long learn(long step, long[] counters) {
    long cycles = rowLearning == null ? 0 : rowLearning.run(step, counters);
    return synapseLearning == null ? cycles : cycles + synapseLearning.run(step, counters);
  }

  private static int[] summed(Program program) {
    return IntStream.range(0, program.symbols().size())
        .filter(slot -> !program.symbol(slot).sums().isEmpty())
        .toArray();
  }

  /// Makes sure that the sums which row streams carry fit their format.
  ///
  /// @throws OverflowStop if one does not
  void checkSums(long step) {
    for (int slot : summed) {
      var program = rowStore.program();
      var stream = rowStore.stream(slot);
      int sumSlot = program.slot(program.symbol(slot).sums()).orElseThrow();
      var sum = program.symbol(sumSlot);
      var sums = rowStore.sums(sumSlot);
      int at = sums.at(step - 1);
      for (int row = 0; stream.touched(step) && row < layout.rows(); row++) {
        long value = sums.values()[at + row];
        if (stream.get(step, row) && !sum.format().holds(value)) {
          throw new OverflowStop(program, sum, "row " + row, value);
        }
      }
    }
  }

  /// Writes the weights of the synapses between some neurons.
  ///
  /// @param weight of source and target neuron
  void setWeights(Range sources, Range targets, IntBinaryOperator weight) {
    int first = slice.image.first();
    for (int row = sources.first(); row < sources.end(); row++) {
      int source = row;
      layout.forEach(
          row,
          (lane, place) -> {
            if (targets.holds(first + lane)) {
              weights.set(place, weight.applyAsInt(source, first + lane));
            }
          });
    }
  }

  /// Neurons that follow each other.
  ///
  /// @param end behind the last one
  record Range(int first, int end) {
    boolean holds(int neuron) {
      return neuron >= first && neuron < end;
    }
  }

  /// Makes a step the present, if it is not yet: the one behind the present.
  void open(long step) {
    if (present != step) {
      if (rowStore != null) {
        rowStore.advance(present);
      }
      arrivals.advance(present);
      present = step;
    }
  }

  /// Goes on from a state.
  void resumeAt(long step) {
    present = step;
  }

  /// Forgets arrivals and row state; synapses stay.
  void reset() {
    present = 0;
    arrivals.reset();
    if (rowStore != null) {
      rowStore.reset();
    }
    if (kills != null) {
      Arrays.fill(kills, 0);
    }
  }
}
