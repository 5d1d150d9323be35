package engram.chip;

import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;

/// Adds a row of weights, times a payload, to accumulators.
final class RowAdder {
  private RowAdder() {}

  /// 32-bit sums: the caller knows that they can't overflow.
  static void add(
      SynapseLayout layout, SynapseColumn weights, int row, int payload, int[] sums, int at) {
    switch (layout) {
      case SynapseLayout.Dense dense -> {
        int from = row * dense.lanes();
        switch (weights) {
          case SynapseColumn.Bytes(byte[] w, _) -> {
            for (int lane = 0; lane < dense.lanes(); lane++) {
              sums[at + lane] += w[from + lane] * payload;
            }
          }
          case SynapseColumn.Shorts(short[] w, _) -> {
            for (int lane = 0; lane < dense.lanes(); lane++) {
              sums[at + lane] += w[from + lane] * payload;
            }
          }
          case SynapseColumn.Ints(int[] w, _) -> {
            for (int lane = 0; lane < dense.lanes(); lane++) {
              sums[at + lane] += w[from + lane] * payload;
            }
          }
        }
      }
      case SynapseLayout.Sparse sparse -> {
        int end = sparse.starts()[row + 1];
        for (int s = sparse.starts()[row]; s < end; s++) {
          sums[at + sparse.targets()[s]] += weights.get(s) * payload;
        }
      }
      case SynapseLayout.Shared shared -> {
        int first = at + shared.base()[row];
        int end = shared.to(row);
        for (int s = shared.from(row); s < end; s++) {
          sums[first + shared.offsets()[s]] += weights.get(shared.entries()[s]) * payload;
        }
      }
    }
  }

  /// 64-bit sums, for payloads of any size.
  static void addWide(
      SynapseLayout layout, SynapseColumn weights, int row, long payload, long[] sums) {
    switch (layout) {
      case SynapseLayout.Dense dense -> {
        int from = row * dense.lanes();
        for (int lane = 0; lane < dense.lanes(); lane++) {
          sums[lane] += weights.get(from + lane) * payload;
        }
      }
      case SynapseLayout.Sparse sparse -> {
        for (int s = sparse.starts()[row]; s < sparse.starts()[row + 1]; s++) {
          sums[sparse.targets()[s]] += weights.get(s) * payload;
        }
      }
      case SynapseLayout.Shared shared -> {
        int first = shared.base()[row];
        int end = shared.to(row);
        for (int s = shared.from(row); s < end; s++) {
          sums[first + shared.offsets()[s]] += weights.get(shared.entries()[s]) * payload;
        }
      }
    }
  }
}
