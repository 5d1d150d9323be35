package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.List;

/// EIEIO packets of 32-bit keys, read and written byte by byte, without Engram's own codec.
final class UdpPackets {
  static final int KEYS = 0x08;
  static final int KEYS_PAYLOADS = 0x0c;
  static final int KEYS_TIMES = 0x1c;

  /// @param value payload or time; 1 where packets have none
  record Event(int key, int value) {}

  record Packet(int kind, List<Event> events) {}

  private UdpPackets() {}

  static Packet receive(DatagramSocket socket) {
    byte[] bytes = new byte[1024];
    var datagram = new DatagramPacket(bytes, bytes.length);
    try {
      socket.receive(datagram);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return read(bytes, datagram.getLength());
  }

  private static Packet read(byte[] bytes, int length) {
    int count = bytes[0] & 0xff;
    int kind = bytes[1] & 0xff;
    assertThat(kind).isIn(KEYS, KEYS_PAYLOADS, KEYS_TIMES);
    int eventBytes = kind == KEYS ? 4 : 8;
    assertThat(length).isEqualTo(2 + count * eventBytes).isLessThanOrEqualTo(256);
    var events = new ArrayList<Event>();
    for (int at = 2; at < length; at += eventBytes) {
      events.add(new Event(word(bytes, at), kind == KEYS ? 1 : word(bytes, at + 4)));
    }
    return new Packet(kind, events);
  }

  private static int word(byte[] bytes, int at) {
    int word = 0;
    for (int i = 3; i >= 0; i--) {
      word = word << 8 | bytes[at + i] & 0xff;
    }
    return word;
  }

  /// A packet of keys with times.
  static byte[] timed(List<Event> events) {
    byte[] bytes = new byte[2 + 8 * events.size()];
    bytes[0] = (byte) events.size();
    bytes[1] = KEYS_TIMES;
    for (int i = 0; i < events.size(); i++) {
      put(bytes, 2 + 8 * i, events.get(i).key());
      put(bytes, 6 + 8 * i, events.get(i).value());
    }
    return bytes;
  }

  private static void put(byte[] bytes, int at, int word) {
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (word >> 8 * i);
    }
  }
}
