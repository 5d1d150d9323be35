package engram.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class CsvFormatTest {
  private static final EventFormat CSV = new CsvFormat();
  private static final SensorGeometry SMALL = new SensorGeometry(4, 3, 2);

  private static EventBatch read(String text) {
    return Batches.read(CSV, text.getBytes(UTF_8));
  }

  @Test
  void addressesArePlainNumbers() {
    assertThat(read("time,address\n-5,0\n0,4294967295\n")).isEqualTo(Batches.of(-5, 0, 0, -1));
  }

  @Test
  void payloadsHaveASign() {
    var events = Batches.of(1, 2);
    events.add(3, 4, -32768);
    assertThat(read("time,address,payload\n1,2,1\n3,4,-32768\n")).isEqualTo(events);
  }

  @Test
  void pixelsNeedASensor() {
    String text = "t,x,y,p\n10,3,2,1\n";
    assertThatThrownBy(() -> read(text))
        .hasMessage(
            "file: byte 0: line 1: sensor: none"
                + " (expected: # sensor: WIDTH x HEIGHT x POLARITIES, as events are pixels)");
    var events = Batches.of(10, SMALL.address(3, 2, 1));
    assertThat(Batches.read(CSV, text.getBytes(UTF_8), Optional.of(SMALL), 9)).isEqualTo(events);
    assertThat(read("# sensor: 4 x 3 x 2\n" + text)).isEqualTo(events);
  }

  @Test
  void commentsEmptyLinesSpacesAndCarriageReturnsAreTaken() throws IOException {
    String text = "# by hand\r\n#unit: timesteps\r\n\r\ntime, address\r\n# more\r\n 1 , 2 \r\n\r\n";
    assertThat(read(text)).isEqualTo(Batches.of(1, 2));
    try (var reader = CSV.reader(new ByteArrayInputStream(text.getBytes(UTF_8)), "file")) {
      assertThat(reader.header()).isEqualTo(EventHeader.in(EventUnit.TIMESTEPS));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "time,address|1;byte 13: line 2: line: bytes: 1 and no line feed",
        "time,address|1|;line 2: address: '' (expected: a number, 0 to 4294967295)",
        "time,address|1,|;line 2: address: ''",
        "time,address|1,2,3|;line 2: line: '1,2,3' (expected: 2 numbers)",
        "time,address|1,2,|;line 2: line: '1,2,' (expected: 2 numbers)",
        "time,address|1,4294967296|;line 2: address: '4294967296' (expected: a number, 0 to",
        "time,address|1,-1|;line 2: address: '-1'",
        "time,address|9223372036854775808,1|;line 2: time: '9223372036854775808'",
        "time,address|-9223372036854775809,1|;line 2: time: '-9223372036854775809'",
        "time,address|99999999999999999999999,1|;line 2: time: '9999",
        "time,address|1.5,1|;line 2: time: '1.5'",
        "time,address|-,1|;line 2: time: '-'",
        "time,address|+1,1|;line 2: time: '+1'",
        "time,address,payload|1,1|;line 2: payload: ''",
        "time,address,payload|1,1,2147483648|;line 2: payload: '2147483648'",
        "# sensor: 4 x 3 x 2|time,address|1,24|;line 3: address: '24' (expected: a number, 0 to 23)",
        "# sensor: 4 x 3 x 2|t,x,y,p|1,4,0,0|;line 3: x, y, polarity: 4, 0, 0 (expected: less than 4",
        "# sensor: 0 x 3 x 2|t,x,y,p|;line 1: sensor: 0 x 3",
        "# unit: hours|time,address|;line 1: unit: hours (expected: microseconds or timesteps)",
        "step,neuron|;line 1: columns: step,neuron (expected: time,address[,payload] or t,x,y,p",
        "# only a comment|;columns: none (expected: time,address"
      })
  void mistakesAreSaidWithTheirLine(String text, String message) {
    assertThatThrownBy(() -> read(text.replace('|', '\n')))
        .isInstanceOf(EventFormatException.class)
        .hasMessageStartingWith("file: byte ")
        .hasMessageContaining(message);
  }

  @Test
  void aLineWithoutEndIsNotCollected() {
    String line = "1".repeat(256);
    assertThatThrownBy(() -> read("time,address\n" + line + "1"))
        .hasMessageContaining("line 2: line: bytes: more than 256 (expected: <= 256)");
    assertThatThrownBy(() -> read("time,address\n" + line + "\n"))
        .hasMessageContaining("line 2: time: '111");
    assertThatThrownBy(() -> read("time,address\n" + "1" + " ".repeat(255) + "\n"))
        .hasMessageContaining("line 2: address: ''");
  }

  @Property(tries = 200, seed = "4")
  void addressesComeBackAsTheyWere(
      @ForAll long seed, @ForAll EventUnit unit, @ForAll @IntRange(min = 1, max = 9) int max)
      throws IOException {
    var random = new Random(seed);
    var events = Batches.any(random, random.nextInt(30));
    byte[] file = Batches.write(CSV, EventHeader.in(unit), events);
    assertThat(Batches.read(CSV, file, Optional.empty(), max)).isEqualTo(events);
    try (var reader = CSV.reader(new ByteArrayInputStream(file), "file")) {
      assertThat(reader.header()).isEqualTo(EventHeader.in(unit));
    }
  }

  @Property(tries = 100, seed = "5")
  void pixelsComeBackAsTheyWere(@ForAll long seed, @ForAll boolean payloads) throws IOException {
    var random = new Random(seed);
    var sensor =
        new SensorGeometry(
            1 + random.nextInt(1000), 1 + random.nextInt(1000), 1 + random.nextInt(2));
    var events = Batches.pixels(random, random.nextInt(30), sensor, 1000);
    if (payloads) {
      events.add(0, 0, random.nextInt());
    }
    byte[] file = Batches.write(CSV, EventHeader.of(sensor), events);
    assertThat(Batches.read(CSV, file)).isEqualTo(events);
    try (var reader = CSV.reader(new ByteArrayInputStream(file), "file")) {
      assertThat(reader.header()).isEqualTo(EventHeader.of(sensor));
    }
  }

  @Test
  void itWritesWhatPeopleExpect() {
    var events = Batches.of(10, SMALL.address(3, 2, 1), 11, SMALL.address(0, 1, 0));
    assertThat(new String(Batches.write(CSV, EventHeader.of(SMALL), events), UTF_8))
        .isEqualTo("# unit: microseconds\n# sensor: 4 x 3 x 2\nt,x,y,p\n10,3,2,1\n11,0,1,0\n");
    events.add(12, 1, 5);
    assertThat(new String(Batches.write(CSV, EventHeader.in(EventUnit.TIMESTEPS), events), UTF_8))
        .isEqualTo("# unit: timesteps\ntime,address,payload\n10,23,1\n11,4,1\n12,1,5\n");
  }

  @ParameterizedTest
  @EnumSource
  void aFileWithoutEventsIsAFile(EventUnit unit) {
    byte[] file = Batches.write(CSV, EventHeader.in(unit), new EventBatch());
    assertThat(Batches.read(CSV, file)).isEqualTo(new EventBatch());
  }

  @Test
  void aPayloadWithoutColumnIsRefused() throws IOException {
    var payload = new EventBatch();
    payload.add(1, 1, 2);
    try (var writer =
        CSV.writer(new ByteArrayOutputStream(), EventHeader.in(EventUnit.TIMESTEPS))) {
      writer.write(Batches.of(1, 1));
      assertThatThrownBy(() -> writer.write(payload))
          .hasMessage("csv: event 1: payload: 2 (expected: 1, as of the first events)");
    }
  }
}
