package engram.isa.compile;

import engram.isa.exec.Integrator;
import engram.isa.exec.PlainIntegrator;
import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseColumn;

/// Integration of sparse rows: a loop for each width of steps and weights. Gaps have weight zero,
/// so no entry needs to be told from another.
///
/// Rows are short and lie anywhere, so where a chip is larger than the caches, to wait for memory
/// takes longer than to add. So some rows at a time are first looked at and then added: the
/// processor fetches them all at once.
final class SparseIntegrator implements Integrator {
  /// Rows that are looked at together: few enough for the nearest cache.
  private static final int GROUP = 32;

  /// Bytes of a cache line. Of a row that is longer than two, the processor fetches the rest ahead
  /// by itself.
  private static final int LINE = 64;

  private final Integrator plain;
  private final int[] starts;
  private final byte[] narrow;
  private final char[] wide;
  private final byte[] bytes;
  private final short[] shorts;

  /// Sum of all that was looked at: without a use for it, the compiler would leave the loads out.
  @SuppressWarnings("UnusedVariable")
  private int seen;

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
    for (int from = 0; from < count; from += GROUP) {
      int to = Math.min(count, from + GROUP);
      lookAt(rows, from, to);
      for (int i = from; i < to; i++) {
        add(rows[i], 1, sums, at);
      }
    }
  }

  @Override
  public void add(int[] rows, int count, long[] payloads, int payloadsAt, int[] sums, int at) {
    for (int from = 0; from < count; from += GROUP) {
      int to = Math.min(count, from + GROUP);
      lookAt(rows, from, to);
      for (int i = from; i < to; i++) {
        add(rows[i], (int) payloads[payloadsAt + rows[i]], sums, at);
      }
    }
  }

  private void lookAt(int[] rows, int first, int end) {
    int sum = 0;
    for (int i = first; i < end; i++) {
      int from = starts[rows[i]];
      int last = starts[rows[i] + 1] - 1;
      if (from <= last) {
        sum += look(from, last);
      }
    }
    seen += sum;
  }

  /// Looks at both ends of a row, and at its second cache line.
  private int look(int from, int last) {
    int ofBytes = Math.min(from + LINE, last);
    int ofShorts = Math.min(from + LINE / 2, last);
    int steps =
        narrow == null
            ? wide[from] + wide[ofShorts] + wide[last]
            : narrow[from] + narrow[ofBytes] + narrow[last];
    int weights =
        bytes == null
            ? shorts[from] + shorts[ofShorts] + shorts[last]
            : bytes[from] + bytes[ofBytes] + bytes[last];
    return steps + weights;
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
