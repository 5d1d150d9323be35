package engram.isa.exec;

import engram.isa.NumberFormat;
import java.util.Arrays;

/// Weights of a dense layout in fields of 1, 2 or 4 bits, in an order that vectors can unpack: a
/// row is cut into chunks of 16 bytes, and field p of the bytes of a chunk holds 16 neighbouring
/// lanes. Fields of signed weights hold the weight plus `bias`, so that they can be added up
/// unsigned.
///
/// | bits | lanes of a chunk | lane of field p in byte b |
/// |------|------------------|---------------------------|
/// | 4    | 32               | 16 p + b                  |
/// | 2    | 64               | 16 p + b                  |
/// | 1    | 128              | 16 p + b                  |
public final class PackedWeights {
  /// Widest weights that can be packed.
  public static final int MOST_BITS = 4;

  /// Bytes of a chunk, and lanes that one field of its bytes holds.
  public static final int CHUNK = 16;

  /// Bytes of the widest vector, which may start at the last chunk of the last row.
  private static final int SLACK = 64 - CHUNK;

  private final int rows;
  private final int lanes;
  private final int bits;
  private final int bias;
  private final int stride;
  private final byte[] bytes;

  PackedWeights(NumberFormat format, int rows, int lanes) {
    this.rows = rows;
    this.lanes = lanes;
    bits = format.bits() <= 2 ? format.bits() : MOST_BITS;
    bias = format.signed() ? 1 << (bits - 1) : 0;
    stride = CHUNK * Math.ceilDiv(lanes, CHUNK * fields());
    bytes = new byte[Math.addExact(Math.multiplyExact(rows, stride), SLACK)];
    int zero = 0;
    for (int field = 0; field < fields(); field++) {
      zero |= bias << (field * bits);
    }
    Arrays.fill(bytes, (byte) zero);
  }

  public int rows() {
    return rows;
  }

  public int lanes() {
    return lanes;
  }

  /// Width of a field: 1, 2 or 4.
  public int bits() {
    return bits;
  }

  /// Fields of a byte.
  public int fields() {
    return Byte.SIZE / bits;
  }

  /// What a field holds for weight 0.
  public int bias() {
    return bias;
  }

  /// Bytes from a row to the next.
  public int stride() {
    return stride;
  }

  /// All chunks, row by row, and room for a vector behind them.
  public byte[] bytes() {
    return bytes;
  }

  private int at(int row, int lane) {
    return row * stride + lane / (CHUNK * fields()) * CHUNK + lane % CHUNK;
  }

  private int shift(int lane) {
    return lane / CHUNK % fields() * bits;
  }

  public int get(int row, int lane) {
    return (bytes[at(row, lane)] >> shift(lane) & (1 << bits) - 1) - bias;
  }

  public void set(int row, int lane, int weight) {
    int at = at(row, lane);
    int mask = (1 << bits) - 1 << shift(lane);
    bytes[at] = (byte) (bytes[at] & ~mask | weight + bias << shift(lane));
  }
}
