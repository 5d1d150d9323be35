package engram.events;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Decompresses LZ4 frames, also those whose blocks refer to the blocks before, which is how event
/// cameras write them. See lz4_Frame_format.md and lz4_Block_format.md of github.com/lz4/lz4.
///
/// | frame         | bytes                                                                 |
/// |---------------|-----------------------------------------------------------------------|
/// | magic         | 4: 0x184D2204                                                         |
/// | flags         | 1: version 01, then bits: independent blocks, block checksums,        |
/// |               | content size, content checksum, 0, dictionary                         |
/// | largest block | 1: bits 6-4, 4 to 7 are 64 KiB to 4 MiB                               |
/// | content size  | 8 if so flagged                                                       |
/// | check         | 1: second byte of the XXH32 of all from the flags on                  |
/// | blocks        | 4 bytes of size, bit 31 if stored as is; content; XXH32 if so flagged |
/// | end           | 4: 0; then XXH32 of the content if so flagged                         |
final class Lz4Frame {
  private static final int MAGIC = 0x184D2204;
  private static final int STORED = 1 << 31;
  private static final int LEAST_MATCH = 4;

  private final int most;
  private byte[] content = new byte[1 << 16];
  private int length;

  /// @param most bytes of content that are accepted
  Lz4Frame(int most) {
    this.most = most;
  }

  /// The content of the frame that was decompressed last; `length()` bytes count.
  byte[] content() {
    return content;
  }

  int length() {
    return length;
  }

  /// @throws EventFormatException says what is wrong, and not where it comes from
  void decompress(byte[] frame) {
    var in = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
    length = 0;
    need(in, 7, "header");
    int magic = in.getInt();
    if (magic != MAGIC) {
      throw fault("magic: %08x (expected: %08x)", magic, MAGIC);
    }
    int descriptor = in.position();
    int flags = in.get();
    int blockCode = in.get();
    int sizeCode = blockCode >> 4 & 7;
    if ((flags & 0xc3) != 0x40 || (blockCode & 0x8f) != 0 || sizeCode < 4) {
      throw fault(
          "flags: %02x %02x (expected: version 1, no dictionary, blocks of 64 KiB to 4 MiB)",
          flags & 0xff, blockCode & 0xff);
    }
    int largestBlock = 1 << (8 + 2 * sizeCode);
    boolean blockChecks = (flags & 0x10) != 0;
    boolean hasSize = (flags & 0x08) != 0;
    boolean contentCheck = (flags & 0x04) != 0;
    long size = -1;
    if (hasSize) {
      need(in, 9, "header");
      size = in.getLong();
    }
    int computed = xxh32(frame, descriptor, in.position() - descriptor) >>> 8 & 0xff;
    int check = in.get() & 0xff;
    if (check != computed) {
      throw fault("check of the header: %02x (expected: %02x)", check, computed);
    }
    while (true) {
      need(in, 4, "block");
      int blockSize = in.getInt();
      if (blockSize == 0) {
        break;
      }
      int bytes = blockSize & ~STORED;
      if (bytes > largestBlock) {
        throw fault("bytes of a block: %d (expected: <= %d)", bytes, largestBlock);
      }
      need(in, bytes, "block");
      int from = in.position();
      in.position(from + bytes);
      if (blockChecks) {
        need(in, 4, "check of a block");
        check(in.getInt(), frame, from, bytes);
      }
      // Independent blocks don't look back beyond their own beginning, but may.
      if ((blockSize & STORED) != 0) {
        room(bytes);
        System.arraycopy(frame, from, content, length, bytes);
        length += bytes;
      } else {
        block(frame, from, from + bytes, largestBlock);
      }
    }
    if (contentCheck) {
      need(in, 4, "check of the content");
      check(in.getInt(), content, 0, length);
    }
    if (hasSize && size != length) {
      throw fault("content size: %d (expected: %d)", length, size);
    }
    if (in.hasRemaining()) {
      throw fault("bytes: %d (expected: %d)", frame.length, in.position());
    }
  }

  /// Literals and copies in turn, the last of which has literals only.
  private void block(byte[] in, int from, int to, int largestBlock) {
    int end = length + largestBlock;
    int at = from;
    while (at < to) {
      int token = in[at++] & 0xff;
      int literals = token >>> 4;
      if (literals == 15) {
        int more;
        do {
          more = byteAt(in, at++, to);
          literals += more;
        } while (more == 255);
      }
      if (literals > to - at || literals > end - length) {
        throw fault("literals: %d (expected: <= %d)", literals, Math.min(to - at, end - length));
      }
      room(literals);
      System.arraycopy(in, at, content, length, literals);
      at += literals;
      length += literals;
      if (at == to) {
        return;
      }
      int distance = byteAt(in, at, to) | byteAt(in, at + 1, to) << 8;
      at += 2;
      int copied = token & 15;
      if (copied == 15) {
        int more;
        do {
          more = byteAt(in, at++, to);
          copied += more;
        } while (more == 255);
      }
      copied += LEAST_MATCH;
      if (distance == 0 || distance > length) {
        throw fault("distance of a copy: %d (expected: 1 to %d)", distance, length);
      }
      if (copied > end - length) {
        throw fault("copied bytes: %d (expected: <= %d)", copied, end - length);
      }
      room(copied);
      copy(distance, copied);
    }
    throw fault("bytes of a block: %d (expected: literals at its end)", to - from);
  }

  /// Copies from before; where the two overlap, a pattern repeats.
  private void copy(int distance, int bytes) {
    int left = bytes;
    while (left > 0) {
      int now = Math.min(distance, left);
      System.arraycopy(content, length - distance, content, length, now);
      length += now;
      left -= now;
    }
  }

  private static int byteAt(byte[] in, int at, int to) {
    if (at >= to) {
      throw fault("bytes of a block: %d (expected: more)", to);
    }
    return in[at] & 0xff;
  }

  private void room(int bytes) {
    if (bytes > most - length) {
      throw fault("content: at least %d bytes (expected: <= %d)", (long) length + bytes, most);
    }
    if (bytes > content.length - length) {
      content = Arrays.copyOf(content, Math.max(length + bytes, 2 * content.length));
    }
  }

  private static void need(ByteBuffer in, int bytes, String what) {
    if (in.remaining() < bytes) {
      throw new EventFormatException(
          "LZ4: %s: bytes: %d (expected: %d)".formatted(what, in.remaining(), bytes));
    }
  }

  private static void check(int check, byte[] bytes, int from, int length) {
    int computed = xxh32(bytes, from, length);
    if (check != computed) {
      throw fault("XXH32: %08x (expected: %08x)", check, computed);
    }
  }

  private static EventFormatException fault(String message, Object... numbers) {
    return new EventFormatException("LZ4: " + message.formatted(numbers));
  }

  // XXH32 with seed 0: doc/xxhash_spec.md of github.com/Cyan4973/xxHash.

  private static final int PRIME_1 = 0x9E3779B1;
  private static final int PRIME_2 = 0x85EBCA77;
  private static final int PRIME_3 = 0xC2B2AE3D;
  private static final int PRIME_4 = 0x27D4EB2F;
  private static final int PRIME_5 = 0x165667B1;

  static int xxh32(byte[] bytes, int from, int length) {
    var in = ByteBuffer.wrap(bytes, from, length).order(ByteOrder.LITTLE_ENDIAN);
    int hash = PRIME_5;
    if (length >= 16) {
      int a = 0x24234428; // PRIME_1 + PRIME_2
      int b = PRIME_2;
      int c = 0;
      int d = -PRIME_1;
      while (in.remaining() >= 16) {
        a = round(a, in.getInt());
        b = round(b, in.getInt());
        c = round(c, in.getInt());
        d = round(d, in.getInt());
      }
      hash =
          Integer.rotateLeft(a, 1)
              + Integer.rotateLeft(b, 7)
              + Integer.rotateLeft(c, 12)
              + Integer.rotateLeft(d, 18);
    }
    hash += length;
    while (in.remaining() >= 4) {
      hash = Integer.rotateLeft(hash + in.getInt() * PRIME_3, 17) * PRIME_4;
    }
    while (in.hasRemaining()) {
      hash = Integer.rotateLeft(hash + (in.get() & 0xff) * PRIME_5, 11) * PRIME_1;
    }
    hash = (hash ^ hash >>> 15) * PRIME_2;
    hash = (hash ^ hash >>> 13) * PRIME_3;
    return hash ^ hash >>> 16;
  }

  private static int round(int sum, int word) {
    return Integer.rotateLeft(sum + word * PRIME_2, 13) * PRIME_1;
  }
}
