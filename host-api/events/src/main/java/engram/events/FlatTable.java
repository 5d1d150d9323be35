package engram.events;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A table of a FlatBuffer that comes from elsewhere: every offset is checked before it is
/// followed.
///
/// | at                 | content                                                           |
/// |--------------------|-------------------------------------------------------------------|
/// | 0                  | 32 bits: offset of the root table; then four letters that name it |
/// | table              | 32 bits, signed: table minus vtable; then inline fields           |
/// | vtable             | 16 bits: its bytes; 16 bits: bytes of the table                   |
/// |                    | then 16 bits a field: its place in the table, 0 if absent         |
/// | field of reference | 32 bits: offset from the field to a vector or string              |
/// | vector, string     | 32 bits: number of elements; then the elements                    |
final class FlatTable {
  private final ByteBuffer buffer;
  private final int table;
  private final int vtable;
  private final int vtableBytes;

  private FlatTable(ByteBuffer buffer) {
    this.buffer = buffer;
    table = offset(0);
    vtable = checked(table - (long) buffer.getInt(checked(table, 4)), 4);
    vtableBytes = Short.toUnsignedInt(buffer.getShort(vtable));
    checked(vtable, vtableBytes);
  }

  /// The root table of a buffer.
  ///
  /// @param identifier the four letters that it must have
  /// @throws EventFormatException says what is wrong, and not where it comes from
  static FlatTable root(byte[] bytes, int from, int to, String identifier) {
    var buffer = ByteBuffer.wrap(bytes, from, to - from).slice().order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.limit() < 8) {
      throw new EventFormatException(
          identifier + ": bytes: " + buffer.limit() + " (expected: >= 8)");
    }
    String found = new String(bytes, from + 4, 4, US_ASCII);
    if (!found.equals(identifier)) {
      throw new EventFormatException("'%s' (expected: '%s')".formatted(found, identifier));
    }
    return new FlatTable(buffer);
  }

  /// Like `root`, behind 32 bits that say how many bytes there are.
  static FlatTable sizePrefixed(byte[] bytes, int length, String identifier) {
    if (length < 4) {
      throw new EventFormatException(identifier + ": bytes: " + length + " (expected: >= 4)");
    }
    long size =
        Integer.toUnsignedLong(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt());
    if (size > length - 4) {
      throw new EventFormatException(
          "%s: size: %d (expected: <= %d)".formatted(identifier, size, length - 4));
    }
    return root(bytes, 4, 4 + (int) size, identifier);
  }

  private int checked(long at, long bytes) {
    if (at < 0 || bytes > buffer.limit() - at) {
      throw new EventFormatException(
          "offset in a table: %d (expected: 0 to %d)".formatted(at, buffer.limit() - bytes));
    }
    return (int) at;
  }

  /// Follows the reference at a place.
  private int offset(int at) {
    return checked(at + Integer.toUnsignedLong(buffer.getInt(checked(at, 4))), 4);
  }

  /// Place of a field; 0 if it is absent.
  private int place(int field, int bytes) {
    int entry = 4 + 2 * field;
    int inTable =
        entry + 2 > vtableBytes ? 0 : Short.toUnsignedInt(buffer.getShort(vtable + entry));
    return inTable == 0 ? 0 : checked((long) table + inTable, bytes);
  }

  int i32(int field, int absent) {
    int at = place(field, 4);
    return at == 0 ? absent : buffer.getInt(at);
  }

  long i64(int field, long absent) {
    int at = place(field, 8);
    return at == 0 ? absent : buffer.getLong(at);
  }

  /// A field of text; empty if it is absent.
  String string(int field) {
    var bytes = vector(field, 1);
    return UTF_8.decode(bytes).toString();
  }

  /// The elements of a vector, from position to limit; none if it is absent.
  ///
  /// @param elementBytes bytes of one
  ByteBuffer vector(int field, int elementBytes) {
    int at = place(field, 4);
    if (at == 0) {
      return ByteBuffer.allocate(0);
    }
    int vector = offset(at);
    long count = Integer.toUnsignedLong(buffer.getInt(vector));
    int most = (buffer.limit() - vector - 4) / elementBytes;
    if (count > most) {
      throw new EventFormatException(
          "elements of a vector: %d (expected: <= %d)".formatted(count, most));
    }
    int bytes = (int) count * elementBytes;
    return buffer.slice(vector + 4, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
