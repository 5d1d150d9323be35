package engram.isa.compile;

import engram.isa.exec.Integrator;
import engram.isa.exec.PlainIntegrator;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;

/// Integration of rows that share patterns and weights: a loop for each width of weights.
///
/// Rows have few synapses and lie anywhere, so some at a time are first looked up and then added:
/// the processor waits for all of them at once.
final class SharedIntegrator implements Integrator {
  /// Rows that are looked up together.
  private static final int GROUP = 16;

  private final Integrator plain;
  private final SynapseLayout.Shared layout;
  private final int[] base;
  private final int[] offsets;
  private final int[] entries;
  private final byte[] bytes;
  private final short[] shorts;

  // Of the rows of a group: first entry, behind the last one, first sum.
  private final int[] froms = new int[GROUP];
  private final int[] tos = new int[GROUP];
  private final int[] firsts = new int[GROUP];

  private SharedIntegrator(
      Integrator plain, SynapseLayout.Shared layout, byte[] bytes, short[] shorts) {
    this.plain = plain;
    this.layout = layout;
    this.bytes = bytes;
    this.shorts = shorts;
    base = layout.base();
    offsets = layout.offsets();
    entries = layout.entries();
  }

  static Integrator of(SynapseLayout.Shared layout, SynapseColumn weights) {
    var plain = new PlainIntegrator(layout, weights);
    return switch (weights) {
      case SynapseColumn.Bytes(byte[] values, _) ->
          new SharedIntegrator(plain, layout, values, null);
      case SynapseColumn.Shorts(short[] values, _) ->
          new SharedIntegrator(plain, layout, null, values);
      case SynapseColumn.Ints _, SynapseColumn.Packed _ -> plain;
    };
  }

  @Override
  public void addOnes(int[] rows, int count, int[] sums, int at) {
    for (int from = 0; from < count; from += GROUP) {
      int n = Math.min(count - from, GROUP);
      for (int i = 0; i < n; i++) {
        int row = rows[from + i];
        froms[i] = layout.from(row);
        tos[i] = layout.to(row);
        firsts[i] = at + base[row];
      }
      for (int i = 0; i < n; i++) {
        if (bytes != null) {
          addOnes(offsets, entries, bytes, froms[i], tos[i], sums, firsts[i]);
        } else {
          addOnes(offsets, entries, shorts, froms[i], tos[i], sums, firsts[i]);
        }
      }
    }
  }

  private static void addOnes(
      int[] offsets, int[] entries, byte[] weights, int from, int to, int[] sums, int first) {
    for (int s = from; s < to; s++) {
      sums[first + offsets[s]] += weights[entries[s]];
    }
  }

  private static void addOnes(
      int[] offsets, int[] entries, short[] weights, int from, int to, int[] sums, int first) {
    for (int s = from; s < to; s++) {
      sums[first + offsets[s]] += weights[entries[s]];
    }
  }

  @Override
  public void add(int[] rows, int count, long[] payloads, int payloadsAt, int[] sums, int at) {
    plain.add(rows, count, payloads, payloadsAt, sums, at);
  }

  @Override
  public void addWide(int[] rows, int count, long[] payloads, int payloadsAt, long[] sums) {
    plain.addWide(rows, count, payloads, payloadsAt, sums);
  }
}
