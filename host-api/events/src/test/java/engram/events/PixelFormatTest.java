package engram.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PixelFormatTest {
  private static final EventHeader PIXELS = EventHeader.of(SensorGeometry.N_MNIST);

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  @Test
  void anEventIsXAndYAndPolarityAboveTheTime() {
    byte[] file = bytes("02 03 80 00 07  21 20 01 02 03");
    int on = SensorGeometry.N_MNIST.address(2, 3, 1);
    int off = SensorGeometry.N_MNIST.address(33, 32, 0);
    var events = Batches.of(7, on, 0x010203, off);
    for (var format : new EventFormat[] {PixelFormat.N_MNIST, PixelFormat.SLAYER}) {
      assertThat(Batches.read(format, file)).isEqualTo(events);
      assertThat(Batches.write(format, PIXELS, events)).isEqualTo(file);
    }
  }

  @Test
  void row240SaysThatTheClockHasOverflown() {
    byte[] file =
        bytes("01 00 00 00 05  00 f0 00 00 00  01 00 00 00 05  63 f0 ff ff ff  01 00 00 00 05");
    assertThat(Batches.read(PixelFormat.N_MNIST, file))
        .isEqualTo(Batches.of(5, 1, 5 + 8192, 1, 5 + 2 * 8192, 1));
  }

  @Test
  void row240IsAPixelOfSlayer() {
    var sensor = new SensorGeometry(256, 256, 2);
    assertThat(Batches.read(PixelFormat.SLAYER, bytes("01 f0 00 00 05"), Optional.of(sensor), 9))
        .isEqualTo(Batches.of(5, 240 * 256 + 1));
  }

  @Property(tries = 300, seed = "3", edgeCases = EdgeCasesMode.NONE)
  void recordingsComeBackAsTheyWere(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 256) int width,
      @ForAll @IntRange(min = 1, max = 240) int height,
      @ForAll @IntRange(min = 1, max = 2) int polarities,
      @ForAll @IntRange(min = 1, max = 40) int max) {
    var random = new Random(seed);
    var sensor = new SensorGeometry(width, height, polarities);
    var events = Batches.pixels(random, random.nextInt(100), sensor, 1 << random.nextInt(24));
    byte[] file = Batches.write(PixelFormat.N_MNIST, EventHeader.of(sensor), events);
    assertThat(Batches.read(PixelFormat.N_MNIST, file, Optional.of(sensor), max)).isEqualTo(events);
    if (events.isEmpty() || events.time(events.size() - 1) < 1 << 23) {
      assertThat(Batches.write(PixelFormat.SLAYER, EventHeader.of(sensor), events)).isEqualTo(file);
      assertThat(Batches.read(PixelFormat.SLAYER, file, Optional.of(sensor), max))
          .isEqualTo(events);
    }
  }

  @ParameterizedTest
  @CsvSource({"419", "605", "60041"})
  void realRecordingsAreReadAndWrittenByteByByte(String number) {
    byte[] file = Batches.resource("n-mnist/" + number + ".bs2");
    var events = Batches.read(PixelFormat.SLAYER, file);
    assertThat(events.size()).isEqualTo(file.length / 5);
    assertThat(events.isSorted()).isTrue();
    long last = events.time(events.size() - 1);
    // Three saccades of about 100 ms (Orchard et al. 2015, section 2.2).
    assertThat(last).isBetween(290_000L, 340_000L);
    long ofFile = 0;
    long ofEvents = 0;
    for (int i = 0; i < events.size(); i++) {
      ofFile += 34 * 34 * ((file[5 * i + 2] & 0xff) >> 7) + 34 * file[5 * i + 1] + file[5 * i];
      ofEvents += events.address(i);
    }
    assertThat(ofEvents).isEqualTo(ofFile);
    assertThat(Batches.write(PixelFormat.SLAYER, PIXELS, events)).isEqualTo(file);
    assertThat(Batches.read(PixelFormat.N_MNIST, file)).isEqualTo(events);
  }

  @Test
  void aPixelThatTheSensorHasNotIsRefused() {
    assertThatThrownBy(
            () -> Batches.read(PixelFormat.N_MNIST, bytes("00 00 00 00 00 22 05 80 00 00")))
        .isInstanceOf(EventFormatException.class)
        .hasMessage("file: byte 5: x, y, polarity: 34, 5, 1 (expected: less than 34, 34, 2)");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1L << 23})
  void slayerTakesTimesOf23Bits(long time) {
    assertThatThrownBy(() -> Batches.write(PixelFormat.SLAYER, PIXELS, Batches.of(time, 0)))
        .hasMessage("slayer: event 0: time: " + time + " (expected: 0 to 8388607)");
  }

  @Test
  void aFileHasABoundedNumberOfOverflows() {
    long latest = (1L << 33) + (1 << 23) - 1;
    byte[] file = Batches.write(PixelFormat.N_MNIST, PIXELS, Batches.of(latest, 9));
    assertThat(file).hasSize(5 * ((1 << 20) + 1));
    assertThat(Batches.read(PixelFormat.N_MNIST, file)).isEqualTo(Batches.of(latest, 9));
    assertThatThrownBy(() -> Batches.write(PixelFormat.N_MNIST, PIXELS, Batches.of(latest + 1, 9)))
        .hasMessageContaining("time: " + (latest + 1) + " (expected: 0 to " + latest + ")");
  }

  @Test
  void whatTheFormatCannotHoldIsRefused() {
    var payload = new EventBatch();
    payload.add(0, 0);
    payload.add(0, 0, 2);
    assertThatThrownBy(() -> Batches.write(PixelFormat.N_MNIST, PIXELS, payload))
        .hasMessage("n-mnist: event 1: payload: 2 (expected: 1)");
    assertThatThrownBy(() -> Batches.write(PixelFormat.N_MNIST, PIXELS, Batches.of(0, 2312)))
        .hasMessage("n-mnist: event 0: address: 2312 (expected: < 2312)");
    // Behind an overflow, a time before it can't be said any more.
    assertThatThrownBy(
            () -> Batches.write(PixelFormat.N_MNIST, PIXELS, Batches.of(1 << 23, 0, 8191, 0)))
        .hasMessage("n-mnist: event 1: time: 8191 (expected: 8192 to 8598323199)");
    var steps = new EventHeader(EventUnit.TIMESTEPS, Optional.of(SensorGeometry.N_MNIST));
    assertThatThrownBy(() -> PixelFormat.SLAYER.writer(null, steps))
        .hasMessage("slayer: unit: timesteps (expected: microseconds)");
    assertThatThrownBy(
            () -> PixelFormat.SLAYER.writer(null, EventHeader.in(EventUnit.MICROSECONDS)))
        .hasMessageStartingWith("slayer: sensor: none");
    var wide = EventHeader.of(new SensorGeometry(257, 2, 2));
    assertThatThrownBy(() -> PixelFormat.N_MNIST.writer(null, wide))
        .hasMessage("n-mnist: sensor: 257 x 2 x 2 (expected: at most 256 x 240)");
  }
}
