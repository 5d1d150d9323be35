package engram.chip;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/// Takes a chip's state as a run of little-endian numbers: to write it down or to digest it.
final class StateSink {
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
  private final MessageDigest digest;
  private final OutputStream out;

  private StateSink(MessageDigest digest, OutputStream out) {
    this.digest = digest;
    this.out = out;
  }

  static StateSink digesting(MessageDigest digest) {
    return new StateSink(digest, null);
  }

  static StateSink writing(OutputStream out) {
    return new StateSink(null, out);
  }

  void putInt(int value) {
    if (buffer.remaining() < Integer.BYTES) {
      flush();
    }
    buffer.putInt(value);
  }

  void putLong(long value) {
    if (buffer.remaining() < Long.BYTES) {
      flush();
    }
    buffer.putLong(value);
  }

  void flush() {
    buffer.flip();
    if (digest != null) {
      digest.update(buffer);
    } else {
      try {
        out.write(buffer.array(), 0, buffer.limit());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    buffer.clear();
  }
}
