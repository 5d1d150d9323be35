package engram.isa.compile;

import engram.isa.exec.Integrator;
import engram.isa.exec.PlainIntegrator;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;

/// Integration of rows that share patterns and weights: a loop for each width of weights.
final class SharedIntegrator implements Integrator {
  private final Integrator plain;
  private final SynapseLayout.Shared layout;
  private final int[] base;
  private final int[] offsets;
  private final int[] entries;
  private final byte[] bytes;
  private final short[] shorts;

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
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      int from = layout.from(row);
      int to = layout.to(row);
      int first = at + base[row];
      if (bytes != null) {
        addOnes(offsets, entries, bytes, from, to, sums, first);
      } else {
        addOnes(offsets, entries, shorts, from, to, sums, first);
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
