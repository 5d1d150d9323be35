package engram.events;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// The bytes of an event file in order, little-endian. It knows where it is, says so when the file
/// ends early, and never takes more memory than there are bytes.
final class EventBytes implements Closeable {
  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final String file;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN).limit(0);

  /// Offset of the byte behind the buffer's last.
  private long end;

  EventBytes(InputStream in, String file) {
    this.in = in;
    this.file = file;
  }

  /// Offset of the next byte.
  long offset() {
    return end - buffer.remaining();
  }

  boolean atEnd() throws IOException {
    return available(1) == 0;
  }

  /// Whether the next bytes can be got; fails if the file ends before.
  ///
  /// @param bytes at most 64 KiB
  void need(int bytes, String what) throws IOException {
    if (buffer.remaining() < bytes && available(bytes) < bytes) {
      throw truncated(what, buffer.remaining(), bytes);
    }
  }

  /// Fills the buffer until it has so many bytes or the file ends.
  private int available(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      buffer.compact();
      while (buffer.position() < bytes) {
        int read = in.read(buffer.array(), buffer.position(), buffer.remaining());
        if (read < 0) {
          break;
        }
        buffer.position(buffer.position() + read);
        end += read;
      }
      buffer.flip();
    }
    return buffer.remaining();
  }

  // The next bytes, after `need`.

  int u8() {
    return buffer.get() & 0xff;
  }

  int i32() {
    return buffer.getInt();
  }

  long i64() {
    return buffer.getLong();
  }

  /// The next byte; -1 at the end of the file.
  int read() throws IOException {
    return buffer.hasRemaining() || available(1) > 0 ? u8() : -1;
  }

  byte[] take(int bytes, String what) throws IOException {
    int buffered = Math.min(bytes, buffer.remaining());
    byte[] rest = bytes == buffered ? new byte[0] : readRest(bytes - buffered);
    if (buffered + rest.length < bytes) {
      throw truncated(what, buffered + rest.length, bytes);
    }
    byte[] taken = new byte[bytes];
    buffer.get(taken, 0, buffered);
    System.arraycopy(rest, 0, taken, buffered, rest.length);
    end += rest.length;
    return taken;
  }

  /// Grows with what is there, whatever is asked for.
  private byte[] readRest(int bytes) throws IOException {
    return in.readNBytes(bytes);
  }

  void skip(int bytes, String what) throws IOException {
    int left = bytes;
    while (left > 0) {
      int now = Math.min(left, available(1));
      if (now == 0) {
        throw truncated(what, bytes - left, bytes, offset() - (bytes - left));
      }
      buffer.position(buffer.position() + now);
      left -= now;
    }
  }

  private EventFormatException truncated(String what, int found, int expected) {
    return truncated(what, found, expected, offset());
  }

  private EventFormatException truncated(String what, int found, int expected, long at) {
    return fault(at, what + ": bytes", found, expected + "; the file is truncated");
  }

  /// @param at offset of what is wrong
  EventFormatException fault(long at, String what, Object found, Object expected) {
    return fault(at, "%s: %s (expected: %s)".formatted(what, found, expected));
  }

  EventFormatException fault(long at, String message) {
    return new EventFormatException("%s: byte %d: %s".formatted(file, at, message));
  }

  /// What a file says of its sensor and what the caller says, which must not differ.
  Optional<SensorGeometry> agreed(
      Optional<SensorGeometry> own, Optional<SensorGeometry> asked, long at) {
    if (own.isPresent() && asked.isPresent() && !own.equals(asked)) {
      throw fault(at, "sensor", own.get(), asked.get());
    }
    return own.or(() -> asked);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
