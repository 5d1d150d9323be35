package engram.events;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// AEDAT4, which iniVation's DV and others record: reads the first stream of events of a file,
/// skips all others. Little-endian; tables are FlatBuffers.
///
/// | part    | content                                                               |
/// |---------|-----------------------------------------------------------------------|
/// | magic   | `#!AER-DAT4.0`, carriage return, line feed                            |
/// | header  | size (32 bits), then table `IOHE`                                     |
/// | packets | stream (32 bits), size (32 bits), content: a frame of the compression |
/// | in it   | size (32 bits), then for events table `EVTS`: a vector of events      |
/// | event   | microseconds (64 bits), x (16), y (16), polarity (8), 24 bits unused  |
/// | rest    | a data table, for those who seek; not read                            |
///
/// `IOHE` is compression (0 none, 1 and 2 LZ4, 3 and 4 Zstandard), place of the data table (-1 if
/// there is none), description in XML.
final class Aedat4Format implements EventFormat {
  private static final String MAGIC = "#!AER-DAT4.0\r\n";
  private static final int EVENT_BYTES = 16;

  /// Of a packet before and after decompression. DV's packets hold some milliseconds.
  private static final int MOST_PACKET_BYTES = 1 << 26;

  private static final int LARGEST_ZSTD_WINDOW_BITS = 26;

  private enum Compression {
    NONE,
    LZ4,
    LZ4_HIGH,
    ZSTD,
    ZSTD_HIGH
  }

  @Override
  public String name() {
    return "aedat4";
  }

  @Override
  public List<String> extensions() {
    return List.of("aedat4");
  }

  @Override
  public EventReader reader(InputStream in, String file, Optional<SensorGeometry> sensor)
      throws IOException {
    var bytes = new EventBytes(in, file);
    String magic = new String(bytes.take(MAGIC.length(), "magic"), US_ASCII);
    if (!magic.equals(MAGIC)) {
      throw bytes.fault(0, "the file does not begin with " + MAGIC.strip());
    }
    long at = bytes.offset();
    byte[] header = bytes.take(size(bytes, "header"), "header");
    var table = located(bytes, at, () -> FlatTable.root(header, 0, header.length, "IOHE"));
    int compression = located(bytes, at, () -> table.i32(0, 0));
    if (compression < 0 || compression >= Compression.values().length) {
      throw bytes.fault(at, "compression", compression, "0 to 4");
    }
    long end = located(bytes, at, () -> table.i64(1, -1));
    if (end != -1 && end < bytes.offset()) {
      throw bytes.fault(at, "place of the data table", end, "-1 or >= " + bytes.offset());
    }
    var info = located(bytes, at, () -> Aedat4Info.parse(table.string(2)));
    bytes.agreed(Optional.of(info.sensor()), sensor, at);
    return new Reader(bytes, Compression.values()[compression], end, info);
  }

  private static int size(EventBytes in, String what) throws IOException {
    long at = in.offset();
    in.need(4, "size of " + what);
    int size = in.i32();
    if (size < 0 || size > MOST_PACKET_BYTES) {
      throw in.fault(
          at, "bytes of " + what, Integer.toUnsignedLong(size), "<= " + MOST_PACKET_BYTES);
    }
    return size;
  }

  /// Adds file and place to what those say who don't know it.
  private static <T> T located(EventBytes in, long at, Supplier<T> read) {
    try {
      return read.get();
    } catch (EventFormatException e) {
      throw in.fault(at, e.getMessage());
    }
  }

  private static final class Reader implements EventReader {
    private final EventBytes in;
    private final Compression compression;

    /// Where packets end; -1 if at the end of the file.
    private final long end;

    private final Aedat4Info info;
    private final Lz4Frame lz4 = new Lz4Frame(MOST_PACKET_BYTES);
    private final EventBatch packet = new EventBatch();
    private int next;

    Reader(EventBytes in, Compression compression, long end, Aedat4Info info) {
      this.in = in;
      this.compression = compression;
      this.end = end;
      this.info = info;
    }

    @Override
    public EventHeader header() {
      return EventHeader.of(info.sensor());
    }

    @Override
    public int read(EventBatch into, int max) throws IOException {
      int read = 0;
      while (read < max && more()) {
        int now = Math.min(max - read, packet.size() - next);
        into.addAll(packet, next, next + now);
        next += now;
        read += now;
      }
      return read;
    }

    private boolean more() throws IOException {
      while (next == packet.size() && !atEnd()) {
        readPacket();
      }
      return next < packet.size();
    }

    private boolean atEnd() throws IOException {
      if (end == -1) {
        return in.atEnd();
      }
      long at = in.offset();
      if (at > end) {
        throw in.fault(at, "end of the packets", at, end);
      }
      return at == end;
    }

    private void readPacket() throws IOException {
      long at = in.offset();
      in.need(8, "packet");
      int stream = in.i32();
      int size = size(in, "packet");
      if (stream != info.stream()) {
        in.skip(size, "packet");
        return;
      }
      byte[] bytes = in.take(size, "packet");
      switch (compression) {
        case NONE -> events(at, bytes, size);
        case LZ4, LZ4_HIGH -> {
          located(
              in,
              at,
              () -> {
                lz4.decompress(bytes);
                return lz4;
              });
          events(at, lz4.content(), lz4.length());
        }
        case ZSTD, ZSTD_HIGH -> {
          byte[] content = zstd(at, bytes);
          events(at, content, content.length);
        }
      }
    }

    private byte[] zstd(long at, byte[] bytes) {
      try (var frame = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(bytes))) {
        frame.setLongMax(LARGEST_ZSTD_WINDOW_BITS);
        byte[] content = frame.readNBytes(MOST_PACKET_BYTES);
        if (frame.read() >= 0) {
          throw in.fault(
              at, "content", "more than " + content.length + " bytes", "<= " + MOST_PACKET_BYTES);
        }
        return content;
      } catch (IOException e) {
        throw in.fault(at, "Zstandard: " + e.getMessage() + "; bytes: " + bytes.length);
      }
    }

    private void events(long at, byte[] bytes, int length) {
      packet.clear();
      next = 0;
      var sensor = info.sensor();
      var events =
          located(
              in, at, () -> FlatTable.sizePrefixed(bytes, length, "EVTS").vector(0, EVENT_BYTES));
      for (int e = 0; e < events.limit(); e += EVENT_BYTES) {
        int x = events.getShort(e + 8);
        int y = events.getShort(e + 10);
        int polarity = events.get(e + 12) == 0 ? 0 : 1;
        if (!sensor.contains(x, y, polarity)) {
          int first = packet.size();
          packet.clear();
          throw in.fault(
              at, "event " + first + " of the packet: " + sensor.outside(x, y, polarity));
        }
        packet.add(events.getLong(e), sensor.address(x, y, polarity));
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
