package engram.firmware.mapper;

import engram.firmware.network.Population;
import engram.firmware.network.Projection;
import engram.isa.Draw;
import engram.isa.exec.StreamColumn;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import engram.isa.image.SynapseFormat;
import engram.isa.verify.VerifiedProgram;

/// A projection with its programs and everything that its synapses are computed from.
///
/// @param original the projection whose weights it has: itself unless it is a mirror
/// @param base of the draws of its initial weights
/// @param row or null
/// @param learn or null
record Plan(
    Projection projection,
    Projection original,
    long base,
    Population source,
    Population target,
    VerifiedProgram row,
    VerifiedProgram learn) {

  static long base(long seed, int ordinal) {
    return Draw.base(seed, Draw.Kind.INIT, ordinal);
  }

  boolean mirrors() {
    return original != projection;
  }

  int rows() {
    return source.neurons();
  }

  private boolean exists(int row, int column) {
    return mirrors()
        ? original.weights().exists(base, column, row)
        : original.weights().exists(base, row, column);
  }

  private int weight(int row, int column) {
    var weights = original.weights();
    return mirrors()
        ? weights.weight(base, original.type(), source.neurons(), column, row)
        : weights.weight(base, original.type(), target.neurons(), row, column);
  }

  /// The layout of the block for target neurons `first` and on.
  SynapseLayout layout(int first, int count) {
    var format = projection.format();
    if (format == SynapseFormat.DENSE) {
      return new SynapseLayout.Dense(rows(), count, null);
    }
    if (format == SynapseFormat.MASKED) {
      var dense =
          new SynapseLayout.Dense(
              rows(), count, new long[Math.multiplyExact(rows(), StreamColumn.words(count))]);
      for (int row = 0; row < rows(); row++) {
        for (int lane = 0; lane < count; lane++) {
          if (exists(row, first + lane)) {
            dense.set(row, lane, true);
          }
        }
      }
      return dense;
    }
    int[] starts = new int[rows() + 1];
    var targets = new IntList();
    for (int row = 0; row < rows(); row++) {
      for (int lane = 0; lane < count; lane++) {
        if (exists(row, first + lane)) {
          targets.add(lane);
        }
      }
      starts[row + 1] = targets.size();
    }
    return new SynapseLayout.Sparse(rows(), count, starts, targets.toArray());
  }

  /// The weights of a block, laid out as its layout says.
  SynapseColumn weights(SynapseLayout layout, int first) {
    var column = SynapseColumn.of(projection.type(), layout.places());
    for (int row = 0; row < rows(); row++) {
      switch (layout) {
        case SynapseLayout.Dense dense -> {
          for (int lane = 0; lane < dense.lanes(); lane++) {
            if (dense.exists(row, lane)) {
              column.set(row * dense.lanes() + lane, weight(row, first + lane));
            }
          }
        }
        case SynapseLayout.Sparse sparse -> {
          for (int s = sparse.starts()[row]; s < sparse.starts()[row + 1]; s++) {
            column.set(s, weight(row, first + sparse.targets()[s]));
          }
        }
      }
    }
    return column;
  }
}
