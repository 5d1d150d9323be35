package engram.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.events.EieioCodec.Command;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Packets as SpiNNMan's `EIEIODataMessage` makes and reads them.
final class EieioCodecTest {
  private static final long NOW = 77;

  private static ByteBuffer packet(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private static EventBatch decode(String hex) {
    var events = new EventBatch();
    var packet = packet(hex);
    assertThat(new EieioCodec().decode(packet, NOW, events)).isEqualTo(events.size());
    assertThat(packet.hasRemaining()).isFalse();
    return events;
  }

  /// Events as `time@key` or `time@key*payload`.
  @ParameterizedTest
  @CsvSource({
    // Vectors that were made with SpiNNMan's rules.
    "02 08 02000100 03000100, 2 events: 77@65538 77@65539",
    "02 38 e8030000 02000100 03000100, 2 events: 1000@65538 1000@65539",
    "02 c0 0100 0200 0300, 2 events: 77@65538 77@65539",
    "01 1c 02000100 e8030000, 1 events: 1000@65538",
    // Every type.
    "02 00 ffff 0001, 2 events: 77@65535 77@256",
    "01 04 0500 ffff, 1 events: 77@5*65535",
    "01 08 ffffffff, 1 events: 77@4294967295",
    "01 0c 05000000 ffffffff, 1 events: 77@5*-1",
    // Prefixes are or-ed into either half.
    "01 80 00f0 3412, 1 events: 77@62004",
    "01 c8 00f0 34120000, 1 events: 77@4026536500",
    "01 88 0100 34120000, 1 events: 77@4661",
    // Bases: all payloads, or or-ed into each.
    "01 20 0700 0500, 1 events: 77@5*7",
    "01 24 00f0 0500 3412, 1 events: 77@5*62004",
    "01 28 07000000 05000000, 1 events: 77@5*7",
    "01 2c 000000f0 05000000 34120000, 1 events: 77@5*-268430796",
    "01 3c 000000f0 05000000 34120000, 1 events: 4026536500@5",
    "01 34 00f0 0500 3412, 1 events: 62004@5",
    "01 30 0700 0500, 1 events: 7@5",
    // Prefix before base.
    "01 f8 0100 07000000 05000000, 1 events: 7@65541",
    // Times without any payload: there are none. Tags are ignored.
    "01 18 05000000, 1 events: 77@5",
    "01 0b 05000000, 1 events: 77@5",
    "00 08, 0 events",
  })
  void packetsAreReadAsSpinnakerMeansThem(String hex, String events) {
    assertThat(decode(hex).toString().replace(",", "")).isEqualTo(events);
  }

  @Test
  void commandsAreCountedByName() {
    var codec = new EieioCodec();
    var events = new EventBatch();
    for (String hex :
        new String[] {"0b 40", "0a40", "0b40", "0740 01020304", "0d40", "ff7f", "0040"}) {
      assertThat(codec.decode(packet(hex), NOW, events)).isZero();
    }
    assertThat(events.isEmpty()).isTrue();
    assertThat(codec.commands(Command.START_RESUME)).isEqualTo(2);
    assertThat(codec.commands(Command.STOP_PAUSE)).isEqualTo(1);
    assertThat(codec.commands(Command.SEQUENCED_DATA)).isEqualTo(1);
    assertThat(codec.commands(Command.OTHER)).isEqualTo(3);
    assertThat(codec.commands(Command.DATABASE)).isZero();
    assertThat(codec.commands()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'bytes: 0 (expected: >= 2)'",
    "02, 'bytes: 1 (expected: >= 2)'",
    "02 08 0200010003000100 00, 'bytes: 11 (expected: 10, for 2 keys)'",
    "02 08 02000100030001, 'bytes: 9 (expected: 10, for 2 keys)'",
    "ff 2c, 'bytes: 2 (expected: 2046, for 255 keys)'",
    "00 a8 0000, 'bytes: 4 (expected: 8, for 0 keys)'",
  })
  void packetsOfAnotherLengthAreRefused(String hex, String message) {
    var events = Batches.of(1, 2);
    assertThatThrownBy(() -> new EieioCodec().decode(packet(hex), NOW, events))
        .isInstanceOf(EventFormatException.class)
        .hasMessage("EIEIO packet: " + message);
    assertThat(events).isEqualTo(Batches.of(1, 2));
  }

  @Test
  void packetsAreWrittenAsSpinnakerReadsThem() {
    var events = Batches.of(1000, 0x10002, 1000, 0x10003);
    var buffer = ByteBuffer.allocate(256);
    assertThat(EieioCodec.encode(events, 0, buffer)).isEqualTo(2);
    assertThat(buffer.flip()).isEqualTo(packet("02 08 02000100 03000100"));
    assertThat(EieioCodec.encodeTimed(events, 1, buffer.clear())).isEqualTo(1);
    assertThat(buffer.flip()).isEqualTo(packet("01 1c 03000100 e8030000"));
    events.add(0, 5, -2);
    assertThat(EieioCodec.encode(events, 2, buffer.clear())).isEqualTo(1);
    assertThat(buffer.flip()).isEqualTo(packet("01 0c 05000000 feffffff"));
  }

  @ParameterizedTest
  @CsvSource({"1000, 63, 254", "257, 63, 254", "256, 63, 254", "253, 62, 250", "6, 1, 6"})
  void aPacketHoldsWhatSpinnakerTakes(int room, int keys, int bytes) {
    var events = Batches.pixels(new Random(1), 100, SensorGeometry.N_MNIST, 5);
    var buffer = ByteBuffer.allocate(room);
    assertThat(EieioCodec.encode(events, 0, buffer)).isEqualTo(keys);
    assertThat(buffer.position()).isEqualTo(bytes);
    assertThat(EieioCodec.encodeTimed(events, 0, ByteBuffer.allocate(500))).isEqualTo(31);
  }

  @Test
  void whatAPacketCannotHoldIsRefused() {
    var events = Batches.of(1L << 32, 0);
    var buffer = ByteBuffer.allocate(256);
    assertThatThrownBy(() -> EieioCodec.encodeTimed(events, 0, buffer))
        .isInstanceOf(EventFormatException.class)
        .hasMessage(
            "EIEIO packet: event 0: time, payload: 4294967296, 1 (expected: 0 to 4294967295, 1)");
    assertThat(buffer.position()).isZero();
    assertThatThrownBy(() -> EieioCodec.encode(events, 0, ByteBuffer.allocate(5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("EIEIO packet: room for 5 bytes, events: 1 (expected: >= 6 bytes, >= 1 event)");
    assertThatThrownBy(() -> EieioCodec.encode(events, 1, buffer))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property(tries = 200, seed = "10")
  void eventsComeBackAsTheyWere(@ForAll long seed) {
    var random = new Random(seed);
    var events = new EventBatch();
    var back = new EventBatch();
    boolean timed = random.nextBoolean();
    for (int i = random.nextInt(200); i > 0; i--) {
      if (timed) {
        events.add(Integer.toUnsignedLong(random.nextInt()), random.nextInt());
      } else {
        events.add(NOW, random.nextInt(), random.nextBoolean() ? 1 : random.nextInt());
      }
    }
    var buffer = ByteBuffer.allocateDirect(300);
    var codec = new EieioCodec();
    for (int next = 0; next < events.size(); ) {
      buffer.clear();
      int written =
          timed
              ? EieioCodec.encodeTimed(events, next, buffer)
              : EieioCodec.encode(events, next, buffer);
      next += written;
      assertThat(codec.decode(buffer.flip(), NOW, back)).isEqualTo(written);
    }
    assertThat(back).isEqualTo(events);
    assertThat(buffer.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
  }

  @Test
  void noBytesMakeItFailInAnotherWay() {
    long seed = 11;
    var random = new Random(seed);
    var codec = new EieioCodec();
    var events = new EventBatch();
    int decoded = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[random.nextInt(24)];
      random.nextBytes(bytes);
      if (bytes.length > 0 && random.nextBoolean()) {
        bytes[0] = (byte) random.nextInt(4);
      }
      events.clear();
      try {
        decoded += codec.decode(ByteBuffer.wrap(bytes), NOW, events);
      } catch (EventFormatException e) {
        assertThat(events.isEmpty()).as("seed %d: %s", seed, Arrays.toString(bytes)).isTrue();
      }
    }
    assertThat(decoded).isPositive();
    assertThat(codec.commands()).isPositive();
  }

  @Test
  void itAllocatesNothingOnceItsBatchHasGrown() {
    var events = Batches.pixels(new Random(1), 60, SensorGeometry.N_MNIST, 5);
    events.add(9, 9, 9);
    var codec = new EieioCodec();
    var back = new EventBatch();
    var buffer = ByteBuffer.allocateDirect(256);
    assertThat(
            Allocation.bytesOf(() -> {
              for (int next = 0; next < events.size(); ) {
                next += EieioCodec.encode(events, next, buffer.clear());
                codec.decode(buffer.flip(), NOW, back);
              }
              back.clear();
            }))
        .isZero();
  }
}
