package engram.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
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

final class Aedat4FormatTest {
  private static final EventFormat AEDAT4 = new Aedat4Format();
  private static final SensorGeometry DAVIS = new SensorGeometry(346, 260, 2);

  private static Aedat4File file(int compression) {
    return new Aedat4File(compression).stream(0, "EVTS", 346, 260);
  }

  @Property(tries = 60, seed = "9", edgeCases = EdgeCasesMode.NONE)
  void whatAnotherWriterWroteIsRead(
      @ForAll long seed,
      @ForAll @IntRange(max = 4) int compression,
      @ForAll boolean dataTable,
      @ForAll @IntRange(min = 1, max = 300) int max)
      throws IOException {
    var random = new Random(seed);
    var file = file(compression);
    var all = new EventBatch();
    for (int packets = random.nextInt(5); packets > 0; packets--) {
      var events = Batches.pixels(random, random.nextInt(300), DAVIS, 100);
      file.events(0, events, DAVIS);
      all.addAll(events, 0, events.size());
    }
    byte[] bytes = (dataTable ? file.dataTable() : file).bytes();
    assertThat(Batches.read(AEDAT4, bytes, Optional.empty(), max)).isEqualTo(all);
    try (var reader = AEDAT4.reader(new ByteArrayInputStream(bytes), "file")) {
      assertThat(reader.header()).isEqualTo(EventHeader.of(DAVIS));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Aedat4File.NONE, Aedat4File.LZ4, Aedat4File.ZSTD})
  void otherStreamsAreSkipped(int compression) {
    var events = Batches.of(1_700_000_000_000_000L, 5, 1_700_000_000_000_001L, 346 * 260 + 7);
    byte[] frames = new byte[200_000];
    new Random(1).nextBytes(frames);
    byte[] bytes =
        new Aedat4File(compression)
            .stream(0, "FRME", 346, 260).stream(3, "EVTS", 346, 260).stream(4, "EVTS", 10, 10)
                .packet(0, frames)
                .events(3, events, DAVIS)
                .packet(4, frames)
                .packet(17, new byte[0])
                .events(3, events, DAVIS)
                .bytes();
    var twice = new EventBatch();
    twice.addAll(events, 0, 2);
    twice.addAll(events, 0, 2);
    assertThat(Batches.read(AEDAT4, bytes)).isEqualTo(twice);
  }

  /// 64 KiB of content and more need several blocks of LZ4, which refer to each other.
  @Test
  void aPacketOfManyBlocksIsRead() {
    var events = Batches.pixels(new Random(2), 20_000, DAVIS, 3);
    for (int compression : new int[] {Aedat4File.LZ4, Aedat4File.ZSTD}) {
      byte[] bytes = file(compression).events(0, events, DAVIS).bytes();
      assertThat(Batches.read(AEDAT4, bytes)).isEqualTo(events);
    }
  }

  @Test
  void aPixelThatTheSensorHasNotIsRefused() {
    var larger = new SensorGeometry(347, 260, 2);
    byte[] bytes = file(Aedat4File.NONE).events(0, Batches.of(1, 5, 2, 346), larger).bytes();
    assertThatThrownBy(() -> Batches.read(AEDAT4, bytes))
        .isInstanceOf(EventFormatException.class)
        .hasMessageMatching(
            "file: byte \\d+: event 1 of the packet: x, y, polarity: 346, 0, 0"
                + " \\(expected: less than 346, 260, 2\\)");
  }

  @Test
  void packetsThatDoNotEndAtTheDataTableAreRefused() {
    byte[] good = file(Aedat4File.NONE).events(0, Batches.of(1, 5), DAVIS).dataTable().bytes();
    int tableBytes = Aedat4File.DATA_TABLE.length;
    byte[] cut = Arrays.copyOf(good, good.length - tableBytes);
    assertThat(Batches.read(AEDAT4, cut)).isEqualTo(Batches.of(1, 5));
    int packet = 8 + 4 + 8 + 16 + 12 + 8;
    for (int missing = 1; missing < packet; missing++) {
      byte[] shorter = Arrays.copyOf(good, good.length - tableBytes - missing);
      assertThatThrownBy(() -> Batches.read(AEDAT4, shorter))
          .isInstanceOf(EventFormatException.class)
          .hasMessageContaining("(expected: ");
    }
  }

  @Test
  void aDataTableThatLiesWithinAPacketIsRefused() {
    byte[] bytes = file(Aedat4File.NONE).events(0, Batches.of(1, 5), DAVIS).dataTable().bytes();
    int place = bytes.length - Aedat4File.DATA_TABLE.length;
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int at = 14;
    while (buffer.getLong(at) != place) {
      at++;
    }
    buffer.putLong(at, place - 1);
    assertThatThrownBy(() -> Batches.read(AEDAT4, bytes))
        .hasMessage(
            "file: byte %d: end of the packets: %d (expected: %d)"
                .formatted(place, place, place - 1));
    buffer.putLong(at, 13);
    assertThatThrownBy(() -> Batches.read(AEDAT4, bytes))
        .hasMessageStartingWith("file: byte 14: place of the data table: 13 (expected: -1 or >= ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "<dv/>;streams of type EVTS: 0 (expected: at least 1)",
        "<dv><node name='outInfo'>;XML: ParseError",
        "'';XML: ParseError",
        "plain;XML: ParseError",
        "<dv><node name='outInfo'><node name='x'><attr key='typeIdentifier'>EVTS</attr></node></node></dv>;stream: 'x' (expected: 0 to",
        "<dv><node name='outInfo'><node name='0'><attr key='typeIdentifier'>EVTS</attr></node></node></dv>;sizeX: '' (expected: 1 to 32767)",
        "<dv><node name='outInfo'><node name='0'><attr key='typeIdentifier'>EVTS</attr><attr key='sizeX'>32768</attr></node></node></dv>;sizeX: '32768'",
        "<dv><node name='other'><node name='0'><attr key='typeIdentifier'>EVTS</attr></node></node></dv>;streams of type EVTS: 0",
      })
  void descriptionsWithoutEventsAreRefused(String xml, String message) {
    assertThatThrownBy(() -> Batches.read(AEDAT4, new Aedat4File(0).bytes(xml)))
        .isInstanceOf(EventFormatException.class)
        .hasMessageStartingWith("file: byte 14: ")
        .hasMessageContaining(message);
  }

  @Test
  void aDescriptionOpensNoFileAndExpandsNothing() {
    String info =
        "<node name='outInfo'><node name='0'><attr key='typeIdentifier'>EVTS</attr>"
            + "<attr key='sizeX'>%s</attr><attr key='sizeY'>5</attr></node></node>";
    String entity =
        "<!DOCTYPE dv [<!ENTITY e SYSTEM 'file:///etc/hostname'><!ENTITY f '7'>]><dv>%s</dv>";
    for (String use : new String[] {"&e;", "&f;"}) {
      byte[] bytes = new Aedat4File(0).bytes(entity.formatted(info.formatted(use)));
      assertThatThrownBy(() -> Batches.read(AEDAT4, bytes))
          .isInstanceOf(EventFormatException.class);
    }
    byte[] deep = new Aedat4File(0).bytes("<a>".repeat(100_000));
    assertThatThrownBy(() -> Batches.read(AEDAT4, deep))
        .hasMessage("file: byte 14: XML: depth: 65 (expected: <= 64)");
  }

  @Test
  void itCanBeReadOnly() {
    assertThatThrownBy(() -> AEDAT4.writer(null, EventHeader.of(DAVIS)))
        .hasMessage("aedat4: it can be read only");
  }
}
