package engram.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Columns of numbers on the wire: little endian, without gaps. Reading copies into arrays, writing
/// copies out of them.
public final class Columns {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Columns() {}

  private static ByteBuffer view(ByteString column) {
    return column.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Number of values in a column.
  ///
  /// @param name in the message
  /// @param bytes of a value
  /// @throws IllegalArgumentException if the bytes are no whole number of values
  public static int count(String name, ByteString column, int bytes) {
    if (column.size() % bytes != 0) {
      throw new IllegalArgumentException(
          "%s: %d bytes (expected: a multiple of %d)".formatted(name, column.size(), bytes));
    }
    return column.size() / bytes;
  }

  /// Reads an i32 or u32 column.
  public static int[] ints(String name, ByteString column) {
    int[] values = new int[count(name, column, Integer.BYTES)];
    view(column).asIntBuffer().get(values);
    return values;
  }

  /// Reads an i16 column.
  public static short[] shorts(String name, ByteString column) {
    short[] values = new short[count(name, column, Short.BYTES)];
    view(column).asShortBuffer().get(values);
    return values;
  }

  /// Reads a u64 column.
  public static long[] longs(String name, ByteString column) {
    long[] values = new long[count(name, column, Long.BYTES)];
    view(column).asLongBuffer().get(values);
    return values;
  }

  /// Writes the first values of an array as an i32 or u32 column.
  public static ByteString ofInts(int[] values, int count) {
    byte[] bytes = new byte[Math.multiplyExact(count, Integer.BYTES)];
    for (int i = 0; i < count; i++) {
      INTS.set(bytes, i * Integer.BYTES, values[i]);
    }
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  public static ByteString ofInts(int... values) {
    return ofInts(values, values.length);
  }

  /// Writes the first values of an array as an i16 column.
  public static ByteString ofShorts(short[] values, int count) {
    byte[] bytes = new byte[Math.multiplyExact(count, Short.BYTES)];
    for (int i = 0; i < count; i++) {
      SHORTS.set(bytes, i * Short.BYTES, values[i]);
    }
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  /// Writes the first values of an array as a u64 column.
  public static ByteString ofLongs(long[] values, int count) {
    byte[] bytes = new byte[Math.multiplyExact(count, Long.BYTES)];
    for (int i = 0; i < count; i++) {
      LONGS.set(bytes, i * Long.BYTES, values[i]);
    }
    return UnsafeByteOperations.unsafeWrap(bytes);
  }
}
