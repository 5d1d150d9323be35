package engram.events;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Packets of SPIF, SpiNNaker's interface for event cameras, which AEStream sends over UDP. A
/// packet is a row of 32-bit words, little-endian, one an event, or two with a time:
///
/// | bits  | content                                                       |
/// |-------|---------------------------------------------------------------|
/// | 31    | 0: a word of microseconds follows; 1: none does               |
/// | 30-16 | x                                                             |
/// | 15    | polarity                                                      |
/// | 14-0  | y                                                             |
///
/// It keeps no state, and allocates nothing once its batches have grown.
public final class SpifCodec {
  /// What AEStream sends as one packet at most.
  public static final int MOST_BYTES = 512;

  private static final int UNTIMED = 1 << 31;
  private static final int LARGEST_SENSOR = 1 << 15;

  private final SensorGeometry sensor;

  /// @param sensor whose pixels the packets name; at most 32,768 pixels wide and high
  public SpifCodec(SensorGeometry sensor) {
    if (sensor.width() > LARGEST_SENSOR || sensor.height() > LARGEST_SENSOR) {
      throw new IllegalArgumentException(
          "sensor: %s (expected: at most %d x %d)"
              .formatted(sensor, LARGEST_SENSOR, LARGEST_SENSOR));
    }
    this.sensor = sensor;
  }

  /// Appends the events of a packet, all or none.
  ///
  /// @param packet from position to limit
  /// @param arrival time of events that carry none
  /// @return number of events
  /// @throws EventFormatException if the packet is cut off, or names a pixel that the sensor has
  ///   not
  public int decode(ByteBuffer packet, long arrival, EventBatch into) {
    int before = into.size();
    var order = packet.order();
    packet.order(ByteOrder.LITTLE_ENDIAN);
    boolean good = false;
    try {
      words(packet, arrival, into);
      good = true;
    } finally {
      packet.order(order);
      if (!good) {
        into.removeFrom(before);
      }
    }
    packet.position(packet.limit());
    return into.size() - before;
  }

  private void words(ByteBuffer packet, long arrival, EventBatch into) {
    int at = packet.position();
    while (at < packet.limit()) {
      need(packet, at, 4);
      int word = packet.getInt(at);
      long time = arrival;
      at += 4;
      if (word >= 0) {
        need(packet, at, 4);
        time = Integer.toUnsignedLong(packet.getInt(at));
        at += 4;
      }
      int x = word >>> 16 & 0x7fff;
      int y = word & 0x7fff;
      int polarity = word >>> 15 & 1;
      if (!sensor.contains(x, y, polarity)) {
        throw new EventFormatException("SPIF packet: " + sensor.outside(x, y, polarity));
      }
      into.add(time, sensor.address(x, y, polarity));
    }
  }

  private static void need(ByteBuffer packet, int at, int bytes) {
    if (packet.limit() - at < bytes) {
      throw new EventFormatException(
          "SPIF packet: bytes: %d (expected: %d)"
              .formatted(packet.remaining(), at + bytes - packet.position()));
    }
  }

  /// Writes a packet without times: as many of the events from one on as go into 512 bytes and into
  /// the buffer.
  ///
  /// @return number of events written
  /// @throws EventFormatException if an address is no pixel or a payload is not 1
  public int encode(EventBatch events, int from, ByteBuffer into) {
    return encode(events, from, into, false);
  }

  /// Writes a packet with times, which have 32 bits without sign.
  ///
  /// @return number of events written
  /// @throws EventFormatException as `encode`, or if a time does not fit
  public int encodeTimed(EventBatch events, int from, ByteBuffer into) {
    return encode(events, from, into, true);
  }

  private int encode(EventBatch events, int from, ByteBuffer into, boolean timed) {
    int eventBytes = timed ? 8 : 4;
    int room = Math.min(into.remaining(), MOST_BYTES);
    int count = Math.min(room / eventBytes, events.size() - from);
    if (count < 1) {
      throw new IllegalArgumentException(
          "SPIF packet: room for %d bytes, events: %d (expected: >= %d bytes, >= 1 event)"
              .formatted(room, events.size() - from, eventBytes));
    }
    for (int i = from; i < from + count; i++) {
      check(events, i, timed);
    }
    var order = into.order();
    into.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = from; i < from + count; i++) {
      int address = events.address(i);
      int word = sensor.x(address) << 16 | sensor.polarity(address) << 15 | sensor.y(address);
      into.putInt(timed ? word : word | UNTIMED);
      if (timed) {
        into.putInt((int) events.time(i));
      }
    }
    into.order(order);
    return count;
  }

  private void check(EventBatch events, int event, boolean timed) {
    if (Integer.compareUnsigned(events.address(event), sensor.size()) >= 0) {
      throw fault(
          event, "address", Integer.toUnsignedLong(events.address(event)), sensor.size() - 1);
    }
    if (events.payload(event) != 1) {
      throw new EventFormatException(
          "SPIF packet: event %d: payload: %d (expected: 1)"
              .formatted(event, events.payload(event)));
    }
    if (timed && events.time(event) >>> 32 != 0) {
      throw fault(event, "time", events.time(event), (1L << 32) - 1);
    }
  }

  private static EventFormatException fault(int event, String what, long found, long most) {
    return new EventFormatException(
        "SPIF packet: event %d: %s: %d (expected: 0 to %d)".formatted(event, what, found, most));
  }
}
