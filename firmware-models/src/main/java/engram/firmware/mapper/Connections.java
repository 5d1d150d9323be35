package engram.firmware.mapper;

import engram.firmware.network.Population;
import engram.firmware.network.Projection;
import engram.firmware.network.Weights;
import engram.isa.Draw;
import engram.isa.exec.SparseRows;
import engram.isa.exec.StreamColumn;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import engram.isa.verify.VerifiedProgram;
import java.util.Arrays;

/// The synapses of one projection: which pairs have one, what they weigh, and how a slice of the
/// target population holds them.
final class Connections {
  private final Projection projection;

  /// The projection whose weights these are: itself, unless it is a mirror.
  private final Projection original;

  private final Population source;
  private final Population target;
  private final long base;

  /// First synapse of each row and target of each synapse, over the whole population; null where
  /// every pair has one.
  private final int[] starts;

  private final int[] targets;

  final VerifiedProgram row;
  final VerifiedProgram learn;

  /// @param ordinal of the original in the network
  /// @param row or null
  /// @param learn or null
  Connections(
      Projection projection,
      Projection original,
      int ordinal,
      long seed,
      Population source,
      Population target,
      VerifiedProgram row,
      VerifiedProgram learn) {
    this.projection = projection;
    this.original = original;
    this.source = source;
    this.target = target;
    this.base = Draw.base(seed, Draw.Kind.INIT, ordinal);
    this.row = row;
    this.learn = learn;
    if (original.weights().dense()) {
      starts = null;
      targets = null;
    } else {
      int originalRows = mirrors() ? target.neurons() : source.neurons();
      int originalColumns = mirrors() ? source.neurons() : target.neurons();
      var list = new IntList();
      int[] first = new int[originalRows + 1];
      for (int r = 0; r < originalRows; r++) {
        original.weights().forEachTarget(base, r, originalColumns, list::add);
        first[r + 1] = list.size();
      }
      int[] all = list.toArray();
      starts = mirrors() ? transposedStarts(all, originalColumns) : first;
      targets = mirrors() ? transposedTargets(first, all, starts) : all;
    }
  }

  private boolean mirrors() {
    return original != projection;
  }

  private static int[] transposedStarts(int[] targets, int columns) {
    int[] starts = new int[columns + 1];
    for (int column : targets) {
      starts[column + 1]++;
    }
    for (int column = 0; column < columns; column++) {
      starts[column + 1] += starts[column];
    }
    return starts;
  }

  private static int[] transposedTargets(int[] rowStarts, int[] targets, int[] starts) {
    int[] next = starts.clone();
    int[] rows = new int[targets.length];
    for (int row = 0; row + 1 < rowStarts.length; row++) {
      for (int s = rowStarts[row]; s < rowStarts[row + 1]; s++) {
        rows[next[targets[s]]++] = row;
      }
    }
    return rows;
  }

  Projection projection() {
    return projection;
  }

  Population source() {
    return source;
  }

  Population target() {
    return target;
  }

  int rows() {
    return source.neurons();
  }

  private int weight(int row, int column) {
    return mirrors()
        ? original.weights().weight(base, original.type(), source.neurons(), column, row)
        : original.weights().weight(base, original.type(), target.neurons(), row, column);
  }

  /// The first synapse of a row whose target is not below a neuron.
  private int from(int row, int neuron) {
    return SharedRows.from(targets, starts, row, neuron);
  }

  /// How the slice of target neurons `first` to before `first + count` holds its synapses.
  SynapseLayout layout(int first, int count) {
    return switch (projection.format()) {
      case DENSE -> new SynapseLayout.Dense(rows(), count, null);
      case MASKED -> masked(first, count);
      case SPARSE -> sparse(first, count);
      case SHARED -> {
        var grid = ((Weights.Convolution) original.weights()).grid();
        yield SharedRows.of(
            rows(),
            first,
            count,
            starts,
            targets,
            grid.weights(),
            mirrors() ? (r, c) -> grid.weightOf(c, r) : grid::weightOf);
      }
    };
  }

  private SynapseLayout masked(int first, int count) {
    var dense =
        new SynapseLayout.Dense(
            rows(), count, new long[Math.multiplyExact(rows(), StreamColumn.words(count))]);
    for (int r = 0; r < rows(); r++) {
      if (starts == null) {
        for (int lane = 0; lane < count; lane++) {
          dense.set(r, lane, true);
        }
      } else {
        int end = from(r, first + count);
        for (int s = from(r, first); s < end; s++) {
          dense.set(r, targets[s] - first, true);
        }
      }
    }
    return dense;
  }

  private SynapseLayout sparse(int first, int count) {
    if (starts == null) {
      int[] lanes = new int[Math.multiplyExact(rows(), count)];
      Arrays.setAll(lanes, i -> i % count);
      int[] ends = new int[rows() + 1];
      Arrays.setAll(ends, r -> r * count);
      return SparseRows.of(rows(), count, ends, lanes);
    }
    int[] own = new int[rows() + 1];
    for (int r = 0; r < rows(); r++) {
      own[r + 1] = own[r] + from(r, first + count) - from(r, first);
    }
    int[] lanes = new int[own[rows()]];
    for (int r = 0; r < rows(); r++) {
      int at = from(r, first);
      for (int s = own[r]; s < own[r + 1]; s++) {
        lanes[s] = targets[at++] - first;
      }
    }
    return SparseRows.of(rows(), count, own, lanes);
  }

  /// The weights of a block, laid out as its layout says.
  SynapseColumn weights(SynapseLayout layout, int first) {
    var column = SynapseColumn.of(projection.type(), layout.places());
    for (int r = 0; r < rows(); r++) {
      int source = r;
      layout.forEach(r, (lane, place) -> column.set(place, weight(source, first + lane)));
    }
    return column;
  }
}
