package engram.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ColumnFormatTest {
  private static final EventFormat EEV = new ColumnFormat();
  private static final EventHeader STEPS = EventHeader.in(EventUnit.TIMESTEPS);

  @TempDir private Path folder;

  @Property(tries = 200, seed = "6")
  void eventsComeBackAsTheyWere(
      @ForAll long seed, @ForAll EventUnit unit, @ForAll @IntRange(min = 1, max = 50) int max)
      throws IOException {
    var random = new Random(seed);
    var events = Batches.any(random, random.nextInt(200));
    byte[] file = Batches.write(EEV, EventHeader.in(unit), events);
    assertThat(Batches.read(EEV, file, Optional.empty(), max)).isEqualTo(events);
    try (var reader = EEV.reader(new ByteArrayInputStream(file), "file")) {
      assertThat(reader.header()).isEqualTo(EventHeader.in(unit));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65535, 65536, 65537, 200_000})
  void blocksHaveASeam(int size) {
    var events = Batches.any(new Random(size), size);
    byte[] file = Batches.write(EEV, STEPS, events);
    assertThat(Batches.read(EEV, file, Optional.empty(), 50_000)).isEqualTo(events);
  }

  @Test
  void payloadsMayBeginInALaterBlock() throws IOException {
    var out = new ByteArrayOutputStream();
    var plain = Batches.of(1, 2);
    var payload = new EventBatch();
    payload.add(3, 4, 5);
    try (var writer = EEV.writer(out, STEPS)) {
      writer.write(plain);
      writer.flush();
      writer.write(payload);
      writer.flush();
      writer.flush();
    }
    plain.addAll(payload, 0, 1);
    assertThat(Batches.read(EEV, out.toByteArray())).isEqualTo(plain);
  }

  @Test
  void theHeaderIsAsDocumented() {
    var header = EventHeader.of(new SensorGeometry(346, 260, 2));
    byte[] file = Batches.write(EEV, header, new EventBatch());
    assertThat(HexFormat.of().formatHex(file, 0, 28))
        .isEqualTo(
            "454e4752414d4556" + "01000000" + "00000000" + "5a010000" + "04010000" + "02000000");
    var crc = new CRC32C();
    crc.update(file, 0, 28);
    var buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(buffer.getInt(28)).isEqualTo((int) crc.getValue());
    assertThat(file).hasSize(32 + 16 + 8);
  }

  /// The layout of docs/events.md in another language, with nothing of ours in it.
  @Test
  void pythonReadsItFromTheDocumentedLayout() throws IOException, InterruptedException {
    var events = Batches.any(new Random(5), 70_000);
    events.add(4, -1, 12345);
    Path file = folder.resolve("events.eev");
    Files.write(file, Batches.write(EEV, STEPS, events));
    Process process;
    try {
      process =
          new ProcessBuilder("python3", "src/test/python/read_eev.py", file.toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      System.out.println("### SKIPPED: python3 is not on this machine, nothing else read .eev");
      return;
    }
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    long[] sums = new long[3];
    for (int i = 0; i < events.size(); i++) {
      sums[0] += (i + 1) * events.time(i);
      sums[1] += (i + 1) * Integer.toUnsignedLong(events.address(i));
      sums[2] += (i + 1L) * events.payload(i);
    }
    assertThat(output.strip())
        .isEqualTo("timesteps 0 0 0 70001 " + sums[0] + " " + sums[1] + " " + sums[2]);
  }

  @Test
  void realRecordingsAreSmallerThanWithFiveBytesAnEvent() {
    byte[] file = Batches.resource("n-mnist/419.bs2");
    var events = Batches.read(PixelFormat.SLAYER, file);
    byte[] columns = Batches.write(EEV, EventHeader.of(SensorGeometry.N_MNIST), events);
    assertThat(Batches.read(EEV, columns)).isEqualTo(events);
    assertThat(columns.length).isLessThan(file.length);
  }

  @Test
  void everyFlippedBitIsSeen() {
    byte[] good = Batches.write(EEV, STEPS, Batches.any(new Random(3), 20));
    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> Batches.read(EEV, bad))
          .as("bit " + bit)
          .isInstanceOf(EventFormatException.class);
    }
  }

  @Test
  void aBlockThatIsMissingIsRefused() throws IOException {
    var out = new ByteArrayOutputStream();
    int[] ends = new int[3];
    try (var writer = EEV.writer(out, STEPS)) {
      for (int block = 0; block < 3; block++) {
        writer.write(Batches.of(block, 1, block, 2));
        writer.flush();
        ends[block] = out.size();
      }
    }
    byte[] file = out.toByteArray();
    byte[] bad = Arrays.copyOf(file, file.length - (ends[1] - ends[0]));
    System.arraycopy(file, ends[1], bad, ends[0], file.length - ends[1]);
    assertThatThrownBy(() -> Batches.read(EEV, bad))
        .isInstanceOf(EventFormatException.class)
        .hasMessage("file: byte %d: events of the file: 4 (expected: 6)".formatted(bad.length - 8));
  }

  @Test
  void whatStandsBehindTheEndIsRefused() {
    byte[] file = Batches.write(EEV, STEPS, Batches.of(1, 2));
    assertThatThrownBy(() -> Batches.read(EEV, Arrays.copyOf(file, file.length + 1)))
        .hasMessage("file: byte %d: there is more behind the last block".formatted(file.length));
  }

  /// A check sum keeps chance away, not a foe: what it covers is checked as well.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "0;70000;events of a block: 70000 (expected: 0 to 65536)",
        "0;-1;events of a block: 4294967295",
        "0;3;columns: bytes: 24 (expected: 36)",
        "0;1;columns: bytes: more than 12 (expected: 12)",
        "4;2;payloads: 2 (expected: 0 or 1)",
        "8;-2147483648;bytes of a block: 2147483648 (expected: <= 112)",
        "8;113;bytes of a block: 113 (expected: <= 112)",
      })
  void aBlockThatLiesIsRefused(int field, int value, String message) {
    byte[] file = Batches.write(EEV, STEPS, Batches.of(1, 2, 3, 4));
    var buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int body = buffer.getInt(40);
    buffer.putInt(32 + field, value);
    var crc = new CRC32C();
    crc.update(file, 32, 12);
    crc.update(file, 48, body);
    buffer.putInt(44, (int) crc.getValue());
    assertThatThrownBy(() -> Batches.read(EEV, file))
        .isInstanceOf(EventFormatException.class)
        .hasMessageStartingWith("file: byte ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "8;2;byte 8: version: 2 (expected: 1)",
        "12;2;byte 12: unit: 2 (expected: 0 or 1)",
        "12;-1;byte 12: unit: -1 (expected: 0 or 1)",
        "16;1;byte 16: sensor: 1 x 0 (expected: 1 x 1 to",
        "24;1;byte 16: sensor: 0 x 0 (expected: 1 x 1 to",
      })
  void aHeaderThatLiesIsRefused(int field, int value, String message) {
    byte[] file = Batches.write(EEV, STEPS, Batches.of(1, 2));
    var buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(field, value);
    var crc = new CRC32C();
    crc.update(file, 0, 28);
    buffer.putInt(28, (int) crc.getValue());
    assertThatThrownBy(() -> Batches.read(EEV, file)).hasMessageContaining("file: " + message);
  }

  @Test
  void aPixelThatTheSensorHasNotIsRefused() {
    var sensor = EventHeader.of(new SensorGeometry(2, 2, 1));
    assertThatThrownBy(() -> Batches.write(EEV, sensor, Batches.of(1, 3, 2, 4)))
        .hasMessage("eev: address of event 1: 4 (expected: < 4)");
    byte[] file = Batches.write(EEV, STEPS, Batches.of(1, 3, 2, 4));
    byte[] head = Batches.write(EEV, sensor, new EventBatch());
    System.arraycopy(head, 0, file, 0, 32);
    assertThatThrownBy(() -> Batches.read(EEV, file))
        .hasMessage("file: byte 32: address of event 1: 4 (expected: < 4)");
  }

  @Test
  void aSensorOtherThanTheFilesIsRefused() {
    byte[] file = Batches.write(EEV, EventHeader.of(SensorGeometry.N_MNIST), Batches.of(1, 3));
    var other = Optional.of(new SensorGeometry(35, 34, 2));
    assertThatThrownBy(() -> Batches.read(EEV, file, other, 1))
        .hasMessage("file: byte 16: sensor: 34 x 34 x 2 (expected: 35 x 34 x 2)");
  }
}
