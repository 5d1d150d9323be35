package engram.isa.exec;

/// Which synapses a block has and where their words lie. A block holds all rows of a projection
/// (one a source neuron) and the columns of one slice of target neurons (its lanes).
public sealed interface SynapseLayout {
  int rows();

  int lanes();

  /// Number of places for synapses, the length of a synapse column.
  int places();

  /// Number of synapses of a row.
  int live(int row);

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
  }

  /// A list of lanes for every row, in ascending order.
  ///
  /// @param starts place of the first synapse of each row; one entry more than rows
  /// @param targets lane of each synapse
  record Sparse(int rows, int lanes, int[] starts, int[] targets) implements SynapseLayout {
    @Override
    public int places() {
      return targets.length;
    }

    @Override
    public int live(int row) {
      return starts[row + 1] - starts[row];
    }
  }
}
