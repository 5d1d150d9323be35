package engram.isa.exec;

/// Integration by the book: one row after the other, one synapse after the other.
public final class PlainIntegrator implements Integrator {
  private final SynapseLayout layout;
  private final SynapseColumn weights;

  public PlainIntegrator(SynapseLayout layout, SynapseColumn weights) {
    this.layout = layout;
    this.weights = weights;
  }

  @Override
  public void addOnes(int[] rows, int count, int[] sums, int at) {
    for (int i = 0; i < count; i++) {
      add(rows[i], 1, sums, at);
    }
  }

  @Override
  public void add(int[] rows, int count, long[] payloads, int payloadsAt, int[] sums, int at) {
    for (int i = 0; i < count; i++) {
      add(rows[i], (int) payloads[payloadsAt + rows[i]], sums, at);
    }
  }

  private void add(int row, int payload, int[] sums, int at) {
    switch (layout) {
      case SynapseLayout.Dense dense -> {
        int from = row * dense.lanes();
        if (weights instanceof SynapseColumn.Packed(var packed)) {
          for (int lane = 0; lane < dense.lanes(); lane++) {
            sums[at + lane] += packed.get(row, lane) * payload;
          }
          return;
        }
        for (int lane = 0; lane < dense.lanes(); lane++) {
          sums[at + lane] += weights.get(from + lane) * payload;
        }
      }
      case SparseRows sparse -> {
        int to = at;
        int end = sparse.starts()[row + 1];
        for (int place = sparse.starts()[row]; place < end; place++) {
          to += sparse.step(place);
          sums[to] += weights.get(place) * payload;
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

  @Override
  public void addWide(int[] rows, int count, long[] payloads, int payloadsAt, long[] sums) {
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      long payload = payloads[payloadsAt + row];
      switch (layout) {
        case SynapseLayout.Dense dense -> {
          int from = row * dense.lanes();
          for (int lane = 0; lane < dense.lanes(); lane++) {
            sums[lane] += weights.get(from + lane) * payload;
          }
        }
        case SparseRows sparse -> {
          int to = 0;
          int end = sparse.starts()[row + 1];
          for (int place = sparse.starts()[row]; place < end; place++) {
            to += sparse.step(place);
            sums[to] += weights.get(place) * payload;
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
}
