package engram.chip;

import engram.chip.preset.Counter;
import engram.isa.Opcode;
import engram.isa.exec.LaneStore;
import engram.isa.exec.LongColumn;
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

/// The synapses of a projection that end on one slice, and what arrived for their rows: now, and as
/// far back as learning looks.
final class SynapseBlock {
  final BlockImage image;
  final ProjectionImage projection;
  final NeuronSlice slice;
  final SynapseLayout layout;
  final SynapseColumn weights;

  /// Columns by slot of the tag symbol; null elsewhere.
  final SynapseColumn[] tags;

  /// Marks of `kill`; null if the learning program has none.
  final long[] kills;

  /// Memory of the row program, or null.
  final LaneStore rowStore;

  final LongColumn payloads;
  final EmitPort[] rowPorts;
  Learning learning;

  private final Program learningProgram;
  private final int accumulator;
  private final int arrivalDepth;
  private final int[][] arrivedRows;
  private final int[] arrivedCounts;
  private final long[][] arrivedBits;
  private final long weightLimit;
  private long magnitude;

  /// @param rowProgram or null
  /// @param synapseProgram or null
  SynapseBlock(
      BlockImage image,
      ProjectionImage projection,
      NeuronSlice slice,
      VerifiedProgram rowProgram,
      VerifiedProgram synapseProgram) {
    this.image = image;
    this.projection = projection;
    this.slice = slice;
    layout = ownLayout(image.layout());
    weights = SynapseColumn.of(projection.weights(), layout.places());
    if (image.weights() != null) {
      for (int i = 0; i < weights.length(); i++) {
        weights.set(i, image.weights().get(i));
      }
    }
    int oldest = 0;
    learningProgram = synapseProgram == null ? null : synapseProgram.program();
    tags = synapseProgram == null ? null : tags(synapseProgram);
    kills =
        synapseProgram != null && synapseProgram.uses(Opcode.KILL)
            ? new long[(layout.places() + 63) >> 6]
            : null;
    if (synapseProgram != null) {
      oldest = synapseProgram.oldestArrival();
    }
    if (rowProgram != null) {
      oldest = Math.max(oldest, rowProgram.oldestArrival());
      rowStore = new LaneStore(rowProgram.program(), layout.rows());
      rowPorts = new EmitPort[rowProgram.program().symbols().size()];
      image
          .values()
          .forEach((name, values) -> {
            var column = rowStore.ints(rowProgram.program().slot(name).orElseThrow());
            for (int slot = 0; slot < column.depth(); slot++) {
              System.arraycopy(values, 0, column.values(), column.at(slot), values.length);
            }
          });
    } else {
      rowStore = null;
      rowPorts = new EmitPort[0];
    }
    arrivalDepth = oldest + 1;
    payloads = new LongColumn(layout.rows(), arrivalDepth);
    int ring = payloads.depth();
    arrivedRows = new int[ring][layout.rows()];
    arrivedCounts = new int[ring];
    arrivedBits = new long[ring][(layout.rows() + 63) >> 6];
    accumulator = slice.program.program().slot(projection.accumulator()).orElseThrow();
    weightLimit = projection.weights().max();
  }

  /// The rewiring engine changes masks, so a block has its own.
  private static SynapseLayout ownLayout(SynapseLayout layout) {
    return layout instanceof SynapseLayout.Dense(int rows, int lanes, long[] mask) && mask != null
        ? new SynapseLayout.Dense(rows, lanes, mask.clone())
        : layout;
  }

  private SynapseColumn[] tags(VerifiedProgram program) {
    var symbols = program.program().symbols();
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

  private int slot(long step) {
    return (int) step & (arrivedCounts.length - 1);
  }

  /// How many steps of arrivals are kept, the present one included.
  int arrivalDepth() {
    return arrivalDepth;
  }

  /// An event arrives for a row; several add up.
  void arrive(int row, long payload, long step) {
    int slot = slot(step);
    long bit = 1L << row;
    if ((arrivedBits[slot][row >> 6] & bit) == 0) {
      arrivedBits[slot][row >> 6] |= bit;
      arrivedRows[slot][arrivedCounts[slot]++] = row;
    }
    payloads.values()[payloads.at(step) + row] += payload;
    magnitude += Math.abs(payload);
  }

  /// Rows that got an event in a step; the first `arrivals(step)` entries.
  int[] arrivedRows(long step) {
    return arrivedRows[slot(step)];
  }

  /// True if a row got an event in a step.
  boolean arrived(int row, long step) {
    return (arrivedBits[slot(step)][row >> 6] >>> row & 1) != 0;
  }

  int arrivals(long step) {
    return arrivedCounts[slot(step)];
  }

  Accumulator accumulator() {
    return slice.accumulators[accumulator];
  }

  /// Announces this step's arrivals to the accumulator.
  void announce(long step) {
    if (arrivals(step) > 0) {
      accumulator().expect(Math.max(1, Math.multiplyExact(magnitude, weightLimit)));
    }
    magnitude = 0;
  }

  /// Adds the rows that got an event to the accumulator; counts what it reads.
  void integrate(long step, long[] counters) {
    int count = arrivals(step);
    if (count == 0) {
      return;
    }
    int[] rows = arrivedRows(step);
    long[] sums = payloads.values();
    int from = payloads.at(step);
    var target = accumulator();
    long operations = 0;
    long words = 0;
    boolean narrow = target.isNarrow();
    int[] values = narrow ? target.narrow(step) : null;
    long[] wide = narrow ? null : target.wide(step);
    int at = target.at(step);
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      long payload = sums[from + row];
      operations += layout.live(row);
      words += MemoryModel.rowSynapseWords(layout, row, projection.weights().bits());
      if (narrow) {
        RowAdder.add(layout, weights, row, (int) payload, values, at);
      } else {
        RowAdder.addWide(layout, weights, row, payload, wide);
      }
    }
    counters[Counter.ROWS_READ.ordinal()] += count;
    counters[Counter.SYNAPSE_WORDS_READ.ordinal()] += words;
    var path =
        projection.path() == ProjectionImage.Path.FORWARD
            ? Counter.FORWARD_OPERATIONS
            : Counter.BACKWARD_OPERATIONS;
    counters[path.ordinal()] += operations;
  }

  /// Writes the weight of every synapse.
  ///
  /// @param weight of source and target neuron
  void setWeights(IntBinaryOperator weight) {
    int first = slice.image.first();
    for (int row = 0; row < layout.rows(); row++) {
      int source = row;
      layout.forEach(
          row, (lane, place) -> weights.set(place, weight.applyAsInt(source, first + lane)));
    }
  }

  /// Makes `step + 1` the present.
  void advance(long step) {
    if (rowStore != null) {
      rowStore.advance(step);
    }
    clearArrivals(step + 1);
  }

  private void clearArrivals(long step) {
    int slot = slot(step);
    int from = payloads.at(step);
    for (int i = 0; i < arrivedCounts[slot]; i++) {
      int row = arrivedRows[slot][i];
      payloads.values()[from + row] = 0;
      arrivedBits[slot][row >> 6] = 0;
    }
    arrivedCounts[slot] = 0;
  }

  /// Puts back an arrival of a past step.
  void restoreArrival(int row, long payload, long step) {
    arrive(row, payload, step);
    magnitude = 0;
  }

  /// Forgets arrivals and row state; synapses stay.
  void reset() {
    for (int step = 0; step < arrivedCounts.length; step++) {
      clearArrivals(step);
    }
    magnitude = 0;
    if (rowStore != null) {
      rowStore.reset();
    }
    if (kills != null) {
      Arrays.fill(kills, 0);
    }
  }
}
