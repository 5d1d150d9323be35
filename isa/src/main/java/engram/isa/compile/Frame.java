package engram.isa.compile;

import engram.isa.Draw;
import engram.isa.exec.Firing;
import engram.isa.exec.Stops;
import engram.isa.exec.Surroundings;
import engram.isa.program.Program;
import engram.isa.program.Table;
import java.util.List;

/// Everything that the compiled code of one bound program works on. Arrays by cell are indexed as
/// `Lowering` numbered the cells; code reads them into locals before its loops.
final class Frame {
  final Surroundings surroundings;
  private final Program program;

  /// Stretches of lanes to run over: first lane, and a bit for each that runs. All start at
  /// multiples of the width.
  final int[] blockLane;

  final long[] blockMask;
  int blocks;

  /// Arrays of cells, by storage; null elsewhere.
  final int[][] ints;

  final long[][] bits;
  final byte[][] bytes;
  final short[][] shorts;
  final long[][] longs;

  /// Where the present lanes of a cell start in its array.
  final int[] at;

  /// Where the payloads of a graded stream start.
  final int[] payloadsAt;

  /// What `Draw.bits` is given for each lane, where it does not follow from the lane: staged lanes.
  int[] drawLanes;

  /// Logical index of lane 0.
  int firstIndex;

  /// Lanes of a row: distance of the places of two rows.
  int rowLanes;

  /// Bits of the places of a masked layout, row by row.
  long[] rowMask;

  int rowMaskWords;

  /// What fired for all rows of the call.
  Firing firing;

  /// A bit for each trigger that fired for a lane, where lanes differ: staged ones.
  int[] laneFired;

  /// Symmetric limit of a weight, and its lower bound.
  int weightHigh;

  int weightLow;

  int[] bids;
  long[] bidders;
  long[] kills;

  /// Entries of the program's tables.
  final int[][] tables;

  /// Row accumulators by slot, and where the present sums start.
  final long[][] rowSums;

  final int[] rowSumsAt;

  /// Row, lane and place of each staged synapse.
  int[] stagedRow;

  int[] stagedLane;
  int[] stagedPlace;

  /// Values that a later part of a section needs, by lane.
  int[][] intSpills;

  long[][] longSpills;

  /// Indices for look-ups, and products on their way to rows: a vector long.
  final int[] indices;

  final long[] products;

  /// Where events go; null if they are bits of the cells themselves.
  private final Emissions emissions;

  /// Cells whose bits were set.
  final boolean[] emitted;

  private final Stops stops;

  /// Takes what lanes emit.
  interface Emissions {
    /// @param cell of the stream
    /// @param lane first of up to 64 lanes
    /// @param lanes a bit for each of them that emits
    void emit(int cell, int lane, long lanes);
  }

  Frame(
      Program program,
      Surroundings surroundings,
      List<Cell> cells,
      int blocks,
      int width,
      Stops stops,
      Emissions emissions) {
    this.program = program;
    this.surroundings = surroundings;
    this.stops = stops;
    this.emissions = emissions;
    blockLane = new int[blocks];
    blockMask = new long[blocks];
    ints = new int[cells.size()][];
    bits = new long[cells.size()][];
    bytes = new byte[cells.size()][];
    shorts = new short[cells.size()][];
    longs = new long[cells.size()][];
    at = new int[cells.size()];
    tables = program.tables().stream().map(Table::values).toArray(int[][]::new);
    rowSums = new long[program.symbols().size()][];
    rowSumsAt = new int[program.symbols().size()];
    payloadsAt = new int[cells.size()];
    emitted = new boolean[cells.size()];
    indices = new int[width];
    products = new long[width];
  }

  /// Makes the blocks from a bit for each lane.
  ///
  /// @param width lanes of a block: a power of two up to 64
  void block(long[] active, int lanes, int width) {
    int count = 0;
    long all = width == 64 ? -1L : (1L << width) - 1;
    for (int word = 0; word << 6 < lanes; word++) {
      long left = active[word];
      int lane = word << 6;
      while (left != 0) {
        long here = left & all;
        if (here != 0) {
          blockLane[count] = lane;
          blockMask[count++] = here;
        }
        left = width == 64 ? 0 : left >>> width;
        lane += width;
      }
    }
    blocks = count;
  }

  /// Makes the blocks of lanes 0 to before `lanes`, all running.
  void blockAll(int lanes, int width) {
    int count = 0;
    for (int lane = 0; lane < lanes; lane += width) {
      int here = Math.min(width, lanes - lane);
      blockLane[count] = lane;
      blockMask[count++] = -1L >>> (64 - here);
    }
    blocks = count;
  }

  // What compiled code calls.

  int global(int slot, long step, int age) {
    return surroundings.global(slot, step, age);
  }

  int sampleStep(long step, int age) {
    return surroundings.sampleStep(step, age);
  }

  int phase(long step) {
    return surroundings.phase(step);
  }

  /// The key of all draws of a step, before the site is folded in.
  long clocked(long step) {
    return Draw.atClock(surroundings.drawBase(), surroundings.clock(step, program.originAge()));
  }

  void emit(int cell, int lane, long lanes) {
    if (emissions == null) {
      bits[cell][at[cell] + (lane >> 6)] |= lanes << lane;
      emitted[cell] = true;
    } else {
      emissions.emit(cell, lane, lanes);
    }
  }

  void bid(int lane, long lanes) {
    bidders[lane >> 6] |= lanes << (lane & 63);
  }

  void kill(int place, long lanes) {
    long left = lanes;
    while (left != 0) {
      int marked = place + Long.numberOfTrailingZeros(left);
      left &= left - 1;
      kills[marked >> 6] |= 1L << marked;
    }
  }

  void killStaged(int lane, long lanes) {
    long left = lanes;
    while (left != 0) {
      kill(stagedPlace[lane + Long.numberOfTrailingZeros(left)], 1);
      left &= left - 1;
    }
  }

  void addToRow(int slot, int row, long value) {
    rowSums[slot][rowSumsAt[slot] + row] += value;
  }

  void addToRows(int slot, int lane, long lanes) {
    long left = lanes;
    while (left != 0) {
      int i = Long.numberOfTrailingZeros(left);
      left &= left - 1;
      addToRow(slot, stagedRow[lane + i], products[i]);
    }
  }

  /// Lanes of a row, from one on, that have a synapse: one bit each.
  long existing(int row, int lane) {
    return rowMask[row * rowMaskWords + (lane >> 6)] >>> lane;
  }

  /// Lanes, from one on, for which a trigger fired: one bit each.
  long cause(int trigger, int lane) {
    return firing.holds(trigger, lane);
  }

  // Overflow with the policy `stop`: the first instruction counts, and there the lowest row and
  // lane, so that every engine reports the same.

  /// Notes a value that does not fit.
  void check(int slot, int instruction, int row, int lane, int value) {
    if (!program.symbol(slot).format().holds(value)) {
      note(slot, instruction, row, lane, value);
    }
  }

  /// Notes the values of `indices` that do not fit.
  ///
  /// @param lanes a bit for each lane, from `lane` on, whose value does not
  void overflow(int slot, int instruction, int row, int lane, long lanes) {
    long left = lanes;
    while (left != 0) {
      int i = Long.numberOfTrailingZeros(left);
      left &= left - 1;
      note(slot, instruction, row, lane + i, indices[i]);
    }
  }

  private void note(int slot, int instruction, int row, int lane, int value) {
    int r = stagedRow == null ? row : stagedRow[lane];
    int l = stagedLane == null ? lane : stagedLane[lane];
    stops.note(slot, instruction, r, l, value);
  }
}
