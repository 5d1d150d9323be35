package engram.firmware.data;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// An array in IDX, the format of the MNIST family: two zero bytes, type 8 (unsigned bytes), number
/// of dimensions, the dimensions as big-endian 32-bit numbers, the values.
///
/// @param shape the dimensions, slowest first
/// @param values row by row
public record Idx(int[] shape, byte[] values) {
  private static final int UNSIGNED_BYTES = 8;
  private static final int MOST_DIMENSIONS = 4;

  /// Reads an array to the end of the stream.
  ///
  /// @param name what messages call it
  /// @throws DataException if the bytes are no IDX array of unsigned bytes
  public static Idx read(InputStream source, String name) throws IOException {
    var in = new DataInputStream(source);
    try {
      int magic = in.readInt();
      int dimensions = magic & 0xff;
      if (magic >>> 8 != UNSIGNED_BYTES || dimensions < 1 || dimensions > MOST_DIMENSIONS) {
        throw new DataException(
            "%s: first four bytes: %08x (expected: 00000801 to 00000804, IDX of bytes)"
                .formatted(name, magic));
      }
      int[] shape = new int[dimensions];
      long size = 1;
      for (int d = 0; d < dimensions; d++) {
        shape[d] = in.readInt();
        size *= Math.max(shape[d], 0);
        if (shape[d] < 0 || size > Integer.MAX_VALUE - 16) {
          throw new DataException(
              name + ": shape: " + Arrays.toString(Arrays.copyOf(shape, d + 1)) + " is too large");
        }
      }
      byte[] values = in.readNBytes((int) size);
      if (values.length < size) {
        throw new DataException(
            name
                + ": values: "
                + values.length
                + " (expected: "
                + size
                + ", by its shape "
                + Arrays.toString(shape)
                + "): the file is truncated");
      }
      if (in.read() >= 0) {
        throw new DataException(
            name + ": there is more behind the " + size + " values of its shape");
      }
      return new Idx(shape, values);
    } catch (EOFException e) {
      throw new DataException(name + ": the file ends within its header");
    }
  }

  /// Length of the first dimension.
  public int length() {
    return shape[0];
  }

  /// Values of one element of the first dimension.
  public int elementSize() {
    return length() == 0 ? 0 : values.length / length();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Idx(int[] s, byte[] v)
        && Arrays.equals(shape, s)
        && Arrays.equals(values, v);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "IDX " + Arrays.toString(shape);
  }
}
