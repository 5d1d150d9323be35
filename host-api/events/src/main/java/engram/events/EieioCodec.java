package engram.events;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// SpiNNaker's event packets over UDP, EIEIO. Little-endian:
///
/// | byte | content                                                                           |
/// |------|-----------------------------------------------------------------------------------|
/// | 0    | number of keys                                                                    |
/// | 1    | bit 7 P: a prefix follows; 6 F: it is the upper half of keys;                     |
/// |      | 5 D: a payload base follows; 4 T: payloads are times; 3-2 type; 1-0 tag, ignored  |
/// | 2    | prefix, 16 bits, if P; then payload base, if D: 16 bits in types 0 and 1, else 32 |
/// | then | the keys, each with its payload in types 1 and 3                                  |
///
/// Types: 0 16-bit keys, 1 with 16-bit payloads, 2 32-bit keys, 3 with 32-bit payloads. Prefix and
/// base are or-ed in; in types 0 and 2 the base is the payload of all. Without P, F says that the
/// packet is a command, whose number is its lower 14 bits.
///
/// A key becomes an address. Payloads that are times become times (32 bits without sign), other
/// payloads payloads (16 bits without sign, 32 as they are). One codec serves one thread, and
/// allocates nothing once its batches have grown.
public final class EieioCodec {
  /// What SpiNNaker takes as one packet.
  public static final int MOST_BYTES = 256;

  private static final int PREFIX = 0x80;
  private static final int UPPER = 0x40;
  private static final int BASE = 0x20;
  private static final int TIMES = 0x10;
  private static final int TYPE_SHIFT = 2;
  private static final int KEY_32 = 2 << TYPE_SHIFT;
  private static final int KEY_PAYLOAD_32 = 3 << TYPE_SHIFT;
  private static final int HEADER_BYTES = 2;
  private static final int MOST_KEYS = 255;

  /// Commands by number.
  public enum Command {
    /// Any number that has no name here.
    OTHER,
    DATABASE,
    PADDING,
    EVENT_STOP,
    STOP_REQUESTS,
    START_REQUESTS,
    REQUEST_BUFFERS,
    SEQUENCED_DATA,
    REQUEST_READ,
    DATA_READ,
    STOP_PAUSE,
    START_RESUME,
    READ_ACKNOWLEDGE;

    private static final Command[] ALL = values();

    static Command of(int number) {
      return number < ALL.length ? ALL[number] : OTHER;
    }
  }

  private final long[] commands = new long[Command.ALL.length];

  /// Appends the events of a packet, all or none; a command packet is counted.
  ///
  /// @param packet from position to limit
  /// @param arrival time of events that carry none
  /// @return number of events
  /// @throws EventFormatException if the packet is shorter or longer than its header says
  public int decode(ByteBuffer packet, long arrival, EventBatch into) {
    var order = packet.order();
    packet.order(ByteOrder.LITTLE_ENDIAN);
    try {
      return decodeLittleEndian(packet, arrival, into);
    } finally {
      packet.order(order);
    }
  }

  private int decodeLittleEndian(ByteBuffer packet, long arrival, EventBatch into) {
    int bytes = packet.remaining();
    int at = packet.position();
    if (bytes < HEADER_BYTES) {
      throw new EventFormatException(
          "EIEIO packet: bytes: " + bytes + " (expected: >= " + HEADER_BYTES + ")");
    }
    int count = packet.get(at) & 0xff;
    int flags = packet.get(at + 1) & 0xff;
    if ((flags & (PREFIX | UPPER)) == UPPER) {
      commands[Command.of((flags & 0x3f) << 8 | count).ordinal()]++;
      packet.position(packet.limit());
      return 0;
    }
    boolean wide = (flags >> TYPE_SHIFT & 2) != 0;
    boolean payloads = (flags >> TYPE_SHIFT & 1) != 0;
    int half = wide ? 4 : 2;
    int prefixBytes = (flags & PREFIX) != 0 ? 2 : 0;
    int baseBytes = (flags & BASE) != 0 ? half : 0;
    int eventBytes = payloads ? 2 * half : half;
    int expected = HEADER_BYTES + prefixBytes + baseBytes + count * eventBytes;
    if (bytes != expected) {
      throw new EventFormatException(
          "EIEIO packet: bytes: %d (expected: %d, for %d keys)".formatted(bytes, expected, count));
    }
    at += HEADER_BYTES;
    int prefix = 0;
    if (prefixBytes > 0) {
      prefix = Short.toUnsignedInt(packet.getShort(at)) << ((flags & UPPER) != 0 ? 16 : 0);
      at += prefixBytes;
    }
    int base = baseBytes > 0 ? number(packet, at, wide) : 0;
    at += baseBytes;
    boolean valued = payloads || baseBytes > 0;
    boolean timed = valued && (flags & TIMES) != 0;
    for (int i = 0; i < count; i++, at += eventBytes) {
      int key = number(packet, at, wide) | prefix;
      int value = payloads ? number(packet, at + half, wide) | base : base;
      if (timed) {
        into.add(Integer.toUnsignedLong(value), key);
      } else {
        into.add(arrival, key, valued ? value : 1);
      }
    }
    packet.position(packet.limit());
    return count;
  }

  private static int number(ByteBuffer packet, int at, boolean wide) {
    return wide ? packet.getInt(at) : Short.toUnsignedInt(packet.getShort(at));
  }

  /// Command packets of a kind that were decoded.
  public long commands(Command kind) {
    return commands[kind.ordinal()];
  }

  /// Command packets of all kinds.
  public long commands() {
    long sum = 0;
    for (long count : commands) {
      sum += count;
    }
    return sum;
  }

  /// Writes a packet of 32-bit keys, with payloads if the batch has them: as many of the events
  /// from one on as go into 256 bytes and into the buffer: 63 keys, 31 with payloads.
  ///
  /// @return number of events written
  public static int encode(EventBatch events, int from, ByteBuffer into) {
    return encode(events, from, into, events.hasPayloads() ? KEY_PAYLOAD_32 : KEY_32);
  }

  /// Writes a packet of 32-bit keys with times, at most 31.
  ///
  /// @return number of events written
  /// @throws EventFormatException if a time has more than 32 bits or a payload is not 1
  public static int encodeTimed(EventBatch events, int from, ByteBuffer into) {
    return encode(events, from, into, KEY_PAYLOAD_32 | TIMES);
  }

  private static int encode(EventBatch events, int from, ByteBuffer into, int flags) {
    boolean timed = (flags & TIMES) != 0;
    boolean payloads = flags != KEY_32;
    int eventBytes = payloads ? 8 : 4;
    int room = Math.min(into.remaining(), MOST_BYTES) - HEADER_BYTES;
    int count = Math.min(Math.min(room / eventBytes, MOST_KEYS), events.size() - from);
    if (room < 0 || count < 1) {
      throw new IllegalArgumentException(
          "EIEIO packet: room for %d bytes, events: %d (expected: >= %d bytes, >= 1 event)"
              .formatted(room + HEADER_BYTES, events.size() - from, HEADER_BYTES + eventBytes));
    }
    if (timed) {
      for (int i = from; i < from + count; i++) {
        if (events.time(i) >>> 32 != 0 || events.payload(i) != 1) {
          throw new EventFormatException(
              "EIEIO packet: event %d: time, payload: %d, %d (expected: 0 to %d, 1)"
                  .formatted(i, events.time(i), events.payload(i), (1L << 32) - 1));
        }
      }
    }
    var order = into.order();
    into.order(ByteOrder.LITTLE_ENDIAN).put((byte) count).put((byte) flags);
    for (int i = from; i < from + count; i++) {
      into.putInt(events.address(i));
      if (payloads) {
        into.putInt(timed ? (int) events.time(i) : events.payload(i));
      }
    }
    into.order(order);
    return count;
  }
}
