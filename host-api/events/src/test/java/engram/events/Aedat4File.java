package engram.events;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.github.luben.zstd.Zstd;
import com.google.flatbuffers.FlatBufferBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4FrameOutputStream;

/// Writes AEDAT4 files with the libraries that others write them with; shares nothing with the
/// reader.
final class Aedat4File {
  static final int NONE = 0;
  static final int LZ4 = 1;
  static final int LZ4_HIGH = 2;
  static final int ZSTD = 3;
  static final int ZSTD_HIGH = 4;

  /// It needs no content, as nobody reads it.
  static final byte[] DATA_TABLE = "a data table".getBytes(US_ASCII);

  private static final String HEAD =
      "<dv version=\"2.0\"><node name=\"outInfo\" path=\"/outInfo/\">";

  private final int compression;
  private final ByteArrayOutputStream packets = new ByteArrayOutputStream();
  private final StringBuilder xml = new StringBuilder(HEAD);
  private boolean withDataTable;

  Aedat4File(int compression) {
    this.compression = compression;
  }

  Aedat4File stream(int number, String type, int width, int height) {
    xml.append(
        """

        <node name="%d" path="/outInfo/%d/">
          <attr key="compression" type="string">LZ4</attr>
          <attr key="typeIdentifier" type="string">%s</attr>
          <node name="info" path="/outInfo/%d/info/">
            <attr key="sizeX" type="int">%d</attr>
            <attr key="sizeY" type="int">%d</attr>
            <attr key="source" type="string">DVXplorer &amp; co</attr>
          </node>
        </node>\
        """
            .formatted(number, number, type, number, width, height));
    return this;
  }

  /// Adds a packet of events; addresses are those of the sensor.
  Aedat4File events(int stream, EventBatch events, SensorGeometry sensor) {
    var builder = new FlatBufferBuilder(64);
    builder.startVector(16, events.size(), 8);
    for (int i = events.size() - 1; i >= 0; i--) {
      int address = events.address(i);
      builder.prep(8, 16);
      builder.pad(3);
      builder.putBoolean(sensor.polarity(address) == 1);
      builder.putShort((short) sensor.y(address));
      builder.putShort((short) sensor.x(address));
      builder.putLong(events.time(i));
    }
    int elements = builder.endVector();
    builder.startTable(1);
    builder.addOffset(0, elements, 0);
    builder.finishSizePrefixed(builder.endTable(), "EVTS");
    return packet(stream, builder.sizedByteArray());
  }

  Aedat4File packet(int stream, byte[] content) {
    byte[] bytes = compressed(content);
    var head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    packets.writeBytes(head.putInt(stream).putInt(bytes.length).array());
    packets.writeBytes(bytes);
    return this;
  }

  Aedat4File dataTable() {
    withDataTable = true;
    return this;
  }

  private byte[] compressed(byte[] content) {
    return switch (compression) {
      case LZ4, LZ4_HIGH -> {
        var out = new ByteArrayOutputStream();
        try (var frame = new LZ4FrameOutputStream(out)) {
          frame.write(content);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        yield out.toByteArray();
      }
      case ZSTD -> Zstd.compress(content);
      case ZSTD_HIGH -> Zstd.compress(content, 19);
      default -> content;
    };
  }

  byte[] bytes() {
    return bytes(xml + "</node></dv>");
  }

  /// With a description of one's own.
  byte[] bytes(String description) {
    byte[] header = header(description, -1);
    var file = new ByteArrayOutputStream();
    file.writeBytes("#!AER-DAT4.0\r\n".getBytes(US_ASCII));
    // A header's size does not depend on the place of the table, unless that is the absent one.
    int length = header(description, 1).length;
    int end = 14 + length + packets.size();
    file.writeBytes(withDataTable ? header(description, end) : header);
    file.writeBytes(packets.toByteArray());
    if (withDataTable) {
      file.writeBytes(compressed(DATA_TABLE));
    }
    return file.toByteArray();
  }

  private byte[] header(String description, long dataTable) {
    var builder = new FlatBufferBuilder(64);
    int text = builder.createString(description);
    builder.startTable(3);
    builder.addInt(0, compression, 0);
    builder.addLong(1, dataTable, -1);
    builder.addOffset(2, text, 0);
    builder.finishSizePrefixed(builder.endTable(), "IOHE");
    return builder.sizedByteArray();
  }
}
