package engram.isa.exec;

import java.util.Arrays;

/// Which synapses a block has and where their words lie. A block holds all rows of a projection
/// (one a source neuron) and the columns of one slice of target neurons (its lanes).
public sealed interface SynapseLayout
    permits SynapseLayout.Dense, SparseRows, SynapseLayout.Shared {
  int rows();

  int lanes();

  /// Number of places for synapses, the length of a synapse column.
  int places();

  /// Number of synapses of a row.
  int live(int row);

  /// Visits the synapses of a row in order of lanes. For setting up, writing down and looking at;
  /// what runs every step has loops of its own.
  void forEach(int row, Visitor visitor);

  /// Where the words of a synapse lie; -1 if it does not exist.
  default int place(int row, int lane) {
    int[] found = {-1};
    forEach(row, (l, place) -> found[0] = l == lane ? place : found[0]);
    return found[0];
  }

  /// True if every pair of a row and a lane has a synapse with words of its own.
  default boolean isFull() {
    return this instanceof Dense(_, _, long[] mask) && mask == null;
  }

  /// Sees one synapse.
  @FunctionalInterface
  interface Visitor {
    /// @param place where its words lie in a synapse column
    void visit(int lane, int place);
  }

  /// A place for every pair; synapse (row, lane) lies at `row * lanes + lane`.
  ///
  /// @param mask a bit for every place, row by row, each row from a new word: which synapses exist;
  ///   null if all do
  record Dense(int rows, int lanes, long[] mask) implements SynapseLayout {
    @Override
    public int places() {
      return Math.multiplyExact(rows, lanes);
    }

    /// Words of the mask that a row takes.
    public int maskWords() {
      return StreamColumn.words(lanes);
    }

    public boolean exists(int row, int lane) {
      return mask == null || (mask[row * maskWords() + (lane >> 6)] >>> lane & 1) != 0;
    }

    /// Makes a synapse of a masked layout exist or not.
    public void set(int row, int lane, boolean exists) {
      int word = row * maskWords() + (lane >> 6);
      mask[word] = exists ? mask[word] | 1L << lane : mask[word] & ~(1L << lane);
    }

    /// Removes all synapses of a row of a masked layout.
    public void clear(int row) {
      Arrays.fill(mask, row * maskWords(), (row + 1) * maskWords(), 0);
    }

    @Override
    public int place(int row, int lane) {
      return exists(row, lane) ? row * lanes + lane : -1;
    }

    @Override
    public int live(int row) {
      if (mask == null) {
        return lanes;
      }
      int live = 0;
      for (int word = row * maskWords(); word < (row + 1) * maskWords(); word++) {
        live += Long.bitCount(mask[word]);
      }
      return live;
    }

    @Override
    public void forEach(int row, Visitor visitor) {
      for (int lane = 0; lane < lanes; lane++) {
        if (exists(row, lane)) {
          visitor.visit(lane, row * lanes + lane);
        }
      }
    }
  }

  /// Rows that share patterns of synapses and their weights, as a convolution does: a row is a
  /// pattern, moved. Such synapses have no words of their own, so they can't learn.
  ///
  /// @param weights number of shared weights
  /// @param base lane that each row's pattern is moved to
  /// @param pattern of each row, or `NO_PATTERN`
  /// @param starts first entry of each pattern; one entry more than patterns
  /// @param offsets lane of each entry, from the base, ascending within a pattern
  /// @param entries which weight each entry has
  record Shared(
      int rows,
      int lanes,
      int weights,
      int[] base,
      int[] pattern,
      int[] starts,
      int[] offsets,
      int[] entries)
      implements SynapseLayout {
    /// A row without a synapse.
    public static final int NO_PATTERN = -1;

    @Override
    public int places() {
      return weights;
    }

    /// The first entry of a row's pattern.
    public int from(int row) {
      return pattern[row] == NO_PATTERN ? 0 : starts[pattern[row]];
    }

    /// Behind the last entry of a row's pattern.
    public int to(int row) {
      return pattern[row] == NO_PATTERN ? 0 : starts[pattern[row] + 1];
    }

    @Override
    public int live(int row) {
      return to(row) - from(row);
    }

    @Override
    public void forEach(int row, Visitor visitor) {
      for (int s = from(row); s < to(row); s++) {
        visitor.visit(base[row] + offsets[s], entries[s]);
      }
    }
  }
}
