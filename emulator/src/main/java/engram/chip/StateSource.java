package engram.chip;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Gives back what a `StateSink` wrote.
final class StateSource {
  private final ByteBuffer buffer =
      ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private final InputStream in;

  StateSource(InputStream in) {
    this.in = in;
  }

  int getInt() {
    need(Integer.BYTES);
    return buffer.getInt();
  }

  long getLong() {
    need(Long.BYTES);
    return buffer.getLong();
  }

  private void need(int bytes) {
    if (buffer.remaining() >= bytes) {
      return;
    }
    buffer.compact();
    try {
      while (buffer.position() < bytes) {
        int read = in.read(buffer.array(), buffer.position(), buffer.remaining());
        if (read < 0) {
          throw new EOFException("state ends early");
        }
        buffer.position(buffer.position() + read);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    buffer.flip();
  }
}
