package engram.isa.compile;

import engram.isa.exec.Integrator;
import engram.isa.exec.PackedWeights;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Integration of packed weights. Fields are unpacked in registers and added up 8 bits wide, as
/// many rows at a time as can't overflow that.
final class PackedIntegrator implements Integrator {
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = Species.INTS;
  private static final int CHUNK = PackedWeights.CHUNK;

  private final Integrator plain;
  private final byte[] weights;
  private final int lanes;
  private final int bits;
  private final int fields;
  private final int bias;
  private final int stride;

  /// Rows whose fields can be added up in 8 bits.
  private final int mostRows;

  private final byte[] partial;

  /// @param plain for 64-bit sums
  PackedIntegrator(PackedWeights packed, Integrator plain) {
    this.plain = plain;
    weights = packed.bytes();
    lanes = packed.lanes();
    bits = packed.bits();
    fields = packed.fields();
    bias = packed.bias();
    stride = packed.stride();
    mostRows = 0xff / ((1 << bits) - 1);
    partial = new byte[fields * BYTES.length()];
  }

  @Override
  public void addOnes(int[] rows, int count, int[] sums, int at) {
    for (int offset = 0; offset < stride; offset += BYTES.length()) {
      for (int from = 0; from < count; from += mostRows) {
        int to = Math.min(count, from + mostRows);
        switch (fields) {
          case 2 -> addTwo(rows, from, to, offset);
          case 4 -> addFour(rows, from, to, offset);
          default -> addEight(rows, from, to, offset);
        }
        widen(offset, to - from, 1, sums, at);
      }
    }
  }

  @Override
  public void add(int[] rows, int count, long[] payloads, int payloadsAt, int[] sums, int at) {
    for (int offset = 0; offset < stride; offset += BYTES.length()) {
      for (int i = 0; i < count; i++) {
        unpack(rows[i], offset);
        widen(offset, 1, (int) payloads[payloadsAt + rows[i]], sums, at);
      }
    }
  }

  @Override
  public void addWide(int[] rows, int count, long[] payloads, int payloadsAt, long[] sums) {
    plain.addWide(rows, count, payloads, payloadsAt, sums);
  }

  private ByteVector bytes(int row, int offset) {
    return ByteVector.fromArray(BYTES, weights, row * stride + offset);
  }

  /// One field of every byte.
  private static ByteVector field(ByteVector packed, int shift, byte mask) {
    return packed
        .reinterpretAsShorts()
        .lanewise(VectorOperators.LSHR, shift)
        .reinterpretAsBytes()
        .and(mask);
  }

  private void addTwo(int[] rows, int from, int to, int offset) {
    var a = ByteVector.zero(BYTES);
    var b = ByteVector.zero(BYTES);
    for (int i = from; i < to; i++) {
      var packed = bytes(rows[i], offset);
      a = a.add(packed.and((byte) 0xf));
      b = b.add(field(packed, 4, (byte) 0xf));
    }
    a.intoArray(partial, 0);
    b.intoArray(partial, BYTES.length());
  }

  private void addFour(int[] rows, int from, int to, int offset) {
    var a = ByteVector.zero(BYTES);
    var b = ByteVector.zero(BYTES);
    var c = ByteVector.zero(BYTES);
    var d = ByteVector.zero(BYTES);
    for (int i = from; i < to; i++) {
      var packed = bytes(rows[i], offset);
      a = a.add(packed.and((byte) 3));
      b = b.add(field(packed, 2, (byte) 3));
      c = c.add(field(packed, 4, (byte) 3));
      d = d.add(field(packed, 6, (byte) 3));
    }
    a.intoArray(partial, 0);
    b.intoArray(partial, BYTES.length());
    c.intoArray(partial, 2 * BYTES.length());
    d.intoArray(partial, 3 * BYTES.length());
  }

  private void addEight(int[] rows, int from, int to, int offset) {
    var a = ByteVector.zero(BYTES);
    var b = ByteVector.zero(BYTES);
    var c = ByteVector.zero(BYTES);
    var d = ByteVector.zero(BYTES);
    var e = ByteVector.zero(BYTES);
    var f = ByteVector.zero(BYTES);
    var g = ByteVector.zero(BYTES);
    var h = ByteVector.zero(BYTES);
    for (int i = from; i < to; i++) {
      var packed = bytes(rows[i], offset);
      a = a.add(packed.and((byte) 1));
      b = b.add(field(packed, 1, (byte) 1));
      c = c.add(field(packed, 2, (byte) 1));
      d = d.add(field(packed, 3, (byte) 1));
      e = e.add(field(packed, 4, (byte) 1));
      f = f.add(field(packed, 5, (byte) 1));
      g = g.add(field(packed, 6, (byte) 1));
      h = h.add(field(packed, 7, (byte) 1));
    }
    a.intoArray(partial, 0);
    b.intoArray(partial, BYTES.length());
    c.intoArray(partial, 2 * BYTES.length());
    d.intoArray(partial, 3 * BYTES.length());
    e.intoArray(partial, 4 * BYTES.length());
    f.intoArray(partial, 5 * BYTES.length());
    g.intoArray(partial, 6 * BYTES.length());
    h.intoArray(partial, 7 * BYTES.length());
  }

  private void unpack(int row, int offset) {
    var packed = bytes(row, offset);
    byte mask = (byte) ((1 << bits) - 1);
    for (int f = 0; f < fields; f++) {
      field(packed, f * bits, mask).intoArray(partial, f * BYTES.length());
    }
  }

  /// Adds partial sums of some rows, times a payload, to the 32-bit ones.
  private void widen(int offset, int rows, int payload, int[] sums, int at) {
    for (int chunk = 0; chunk < BYTES.length(); chunk += CHUNK) {
      int first = (offset + chunk) * fields;
      for (int f = 0; f < fields; f++) {
        int lane = first + f * CHUNK;
        if (lane >= lanes) {
          return;
        }
        int from = f * BYTES.length() + chunk;
        for (int i = 0; i < CHUNK; i += INTS.length()) {
          int to = at + lane + i;
          var more =
              (IntVector)
                  ByteVector.fromArray(Species.BYTES, partial, from + i)
                      .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
          IntVector.fromArray(INTS, sums, to)
              .add(more.sub(bias * rows).mul(payload))
              .intoArray(sums, to);
        }
      }
    }
  }
}
