package engram.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SpifCodecTest {
  private static final long NOW = 77;
  private static final SensorGeometry SENSOR = new SensorGeometry(640, 480, 2);
  private static final SpifCodec SPIF = new SpifCodec(SENSOR);

  private static ByteBuffer packet(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @Test
  void aWordIsXAndPolarityAndY() {
    // x 0x123, polarity 1, y 0x45, no time; x 1, polarity 0, y 2, time 1000.
    var packet = packet("45 80 23 81  02 00 01 00 e8 03 00 00");
    var events = new EventBatch();
    assertThat(SPIF.decode(packet, NOW, events)).isEqualTo(2);
    assertThat(packet.hasRemaining()).isFalse();
    assertThat(events)
        .isEqualTo(Batches.of(NOW, SENSOR.address(0x123, 0x45, 1), 1000, SENSOR.address(1, 2, 0)));
    var buffer = ByteBuffer.allocate(100);
    assertThat(SPIF.encode(events, 0, buffer)).isEqualTo(2);
    assertThat(buffer.flip()).isEqualTo(packet("45802381 02000180"));
    assertThat(SPIF.encodeTimed(events, 1, buffer.clear())).isEqualTo(1);
    assertThat(buffer.flip()).isEqualTo(packet("02000100 e8030000"));
  }

  @ParameterizedTest
  @CsvSource({
    "00000080 00, 'bytes: 5 (expected: 8)'",
    "00000080 000000, 'bytes: 7 (expected: 8)'",
    "00000000, 'bytes: 4 (expected: 8)'",
    "00000080 00000000 000000, 'bytes: 11 (expected: 12)'",
    "00000080 00008082, 'x, y, polarity: 640, 0, 0 (expected: less than 640, 480, 2)'",
  })
  void damagedPacketsAreRefusedWhole(String hex, String message) {
    var events = Batches.of(1, 2);
    assertThatThrownBy(() -> SPIF.decode(packet(hex), NOW, events))
        .isInstanceOf(EventFormatException.class)
        .hasMessage("SPIF packet: " + message);
    assertThat(events).isEqualTo(Batches.of(1, 2));
  }

  @Test
  void aPacketHoldsWhatAestreamSends() {
    var events = Batches.pixels(new Random(1), 200, SENSOR, 5);
    assertThat(SPIF.encode(events, 0, ByteBuffer.allocate(1000))).isEqualTo(128);
    assertThat(SPIF.encodeTimed(events, 0, ByteBuffer.allocate(1000))).isEqualTo(64);
    assertThat(SPIF.encode(events, 190, ByteBuffer.allocate(1000))).isEqualTo(10);
    assertThatThrownBy(() -> SPIF.encodeTimed(events, 0, ByteBuffer.allocate(7)))
        .hasMessage(
            "SPIF packet: room for 7 bytes, events: 200 (expected: >= 8 bytes, >= 1 event)");
  }

  @Test
  void whatAPacketCannotHoldIsRefused() {
    var buffer = ByteBuffer.allocate(100);
    assertThatThrownBy(() -> SPIF.encode(Batches.of(0, 614_400), 0, buffer))
        .hasMessage("SPIF packet: event 0: address: 614400 (expected: 0 to 614399)");
    assertThatThrownBy(() -> SPIF.encodeTimed(Batches.of(-1, 0), 0, buffer))
        .hasMessage("SPIF packet: event 0: time: -1 (expected: 0 to 4294967295)");
    var payload = new EventBatch();
    payload.add(0, 0, 3);
    assertThatThrownBy(() -> SPIF.encode(payload, 0, buffer))
        .hasMessage("SPIF packet: event 0: payload: 3 (expected: 1)");
    assertThat(buffer.position()).isZero();
    assertThatThrownBy(() -> new SpifCodec(new SensorGeometry(32769, 1, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sensor: 32769 x 1 x 1 (expected: at most 32768 x 32768)");
  }

  @Property(tries = 200, seed = "12")
  void eventsComeBackAsTheyWere(@ForAll long seed) {
    var random = new Random(seed);
    var events = new EventBatch();
    boolean timed = random.nextBoolean();
    for (int i = random.nextInt(300); i > 0; i--) {
      events.add(
          timed ? Integer.toUnsignedLong(random.nextInt()) : NOW, random.nextInt(SENSOR.size()));
    }
    var back = new EventBatch();
    var buffer = ByteBuffer.allocateDirect(1000);
    for (int next = 0; next < events.size(); ) {
      buffer.clear();
      int written =
          timed ? SPIF.encodeTimed(events, next, buffer) : SPIF.encode(events, next, buffer);
      next += written;
      assertThat(SPIF.decode(buffer.flip(), NOW, back)).isEqualTo(written);
    }
    assertThat(back).isEqualTo(events);
    assertThat(buffer.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
  }

  @Test
  void noBytesMakeItFailInAnotherWay() {
    long seed = 13;
    var random = new Random(seed);
    var codec = new SpifCodec(new SensorGeometry(20_000, 20_000, 2));
    var events = new EventBatch();
    int decoded = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[random.nextInt(17)];
      random.nextBytes(bytes);
      events.clear();
      try {
        decoded += codec.decode(ByteBuffer.wrap(bytes), NOW, events);
      } catch (EventFormatException e) {
        assertThat(events.isEmpty()).as("seed " + seed).isTrue();
      }
    }
    assertThat(decoded).isPositive();
  }

  @Test
  void itAllocatesNothingOnceItsBatchHasGrown() {
    var events = Batches.pixels(new Random(1), 60, SENSOR, 5);
    var back = new EventBatch();
    var buffer = ByteBuffer.allocateDirect(512);
    assertThat(
            Allocation.bytesOf(() -> {
              SPIF.encodeTimed(events, 0, buffer.clear());
              SPIF.decode(buffer.flip(), NOW, back);
              back.clear();
            }))
        .isZero();
  }
}
