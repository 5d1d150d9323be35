package engram.isa.compile;

import engram.isa.exec.Integrator;
import engram.isa.exec.PlainIntegrator;
import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseColumn;

/// Integration of sparse rows: a loop for each width of steps and weights. Gaps have weight zero,
/// so no entry needs to be told from another.
final class SparseIntegrator implements Integrator {
  private final Integrator plain;
  private final int[] starts;
  private final byte[] narrow;
  private final char[] wide;
  private final byte[] bytes;
  private final short[] shorts;

  private SparseIntegrator(Integrator plain, SparseRows rows, byte[] bytes, short[] shorts) {
    this.plain = plain;
    this.bytes = bytes;
    this.shorts = shorts;
    starts = rows.starts();
    narrow = rows.narrowSteps();
    wide = rows.wideSteps();
  }

  static Integrator of(SparseRows rows, SynapseColumn weights) {
    var plain = new PlainIntegrator(rows, weights);
    return switch (weights) {
      case SynapseColumn.Bytes(byte[] values, _) -> new SparseIntegrator(plain, rows, values, null);
      case SynapseColumn.Shorts(short[] values, _) ->
          new SparseIntegrator(plain, rows, null, values);
      case SynapseColumn.Ints _, SynapseColumn.Packed _ -> plain;
    };
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
    int from = starts[row];
    int to = starts[row + 1];
    if (narrow == null) {
      if (bytes == null) {
        add(wide, shorts, from, to, payload, sums, at);
      } else {
        add(wide, bytes, from, to, payload, sums, at);
      }
    } else if (bytes == null) {
      add(narrow, shorts, from, to, payload, sums, at);
    } else {
      add(narrow, bytes, from, to, payload, sums, at);
    }
  }

  private static void add(
      byte[] steps, byte[] weights, int from, int to, int payload, int[] sums, int at) {
    int lane = at;
    for (int place = from; place < to; place++) {
      lane += steps[place] & 0xff;
      sums[lane] += weights[place] * payload;
    }
  }

  private static void add(
      byte[] steps, short[] weights, int from, int to, int payload, int[] sums, int at) {
    int lane = at;
    for (int place = from; place < to; place++) {
      lane += steps[place] & 0xff;
      sums[lane] += weights[place] * payload;
    }
  }

  private static void add(
      char[] steps, byte[] weights, int from, int to, int payload, int[] sums, int at) {
    int lane = at;
    for (int place = from; place < to; place++) {
      lane += steps[place];
      sums[lane] += weights[place] * payload;
    }
  }

  private static void add(
      char[] steps, short[] weights, int from, int to, int payload, int[] sums, int at) {
    int lane = at;
    for (int place = from; place < to; place++) {
      lane += steps[place];
      sums[lane] += weights[place] * payload;
    }
  }

  @Override
  public void addWide(int[] rows, int count, long[] payloads, int payloadsAt, long[] sums) {
    plain.addWide(rows, count, payloads, payloadsAt, sums);
  }
}
