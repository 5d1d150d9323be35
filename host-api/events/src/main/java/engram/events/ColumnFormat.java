package engram.events;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// Engram's own format, `.eev`: blocks of columns. All numbers are little-endian.
///
/// | header | bytes | content                                                |
/// |--------|-------|--------------------------------------------------------|
/// | 0      | 8     | `ENGRAMEV`                                             |
/// | 8      | 4     | version: 1                                             |
/// | 12     | 4     | unit: 0 microseconds, 1 timesteps                      |
/// | 16     | 12    | sensor: width, height, polarities; 0, 0, 0 if none     |
/// | 28     | 4     | CRC-32C of the bytes before                            |
///
/// | block  | bytes | content                                                |
/// |--------|-------|--------------------------------------------------------|
/// | 0      | 4     | events: 1 to 65,536                                    |
/// | 4      | 4     | 1 with a column of payloads, else 0                    |
/// | 8      | 4     | bytes of the body                                      |
/// | 12     | 4     | CRC-32C of the 12 bytes before and the body            |
/// | 16     |       | body: the columns, deflated (RFC 1951)                 |
///
/// Columns: time as 64-bit differences from the event before, the first of a block from 0; address
/// and payload as 32 bits. Each column is split into bytes: all lowest ones first, so that bytes
/// that hardly change stand together. The last block has 0 events, and a body of 8 bytes that are
/// not deflated: the number of events in the file. A file without it is truncated.
final class ColumnFormat implements EventFormat {
  static final int BLOCK_EVENTS = 1 << 16;

  private static final long MAGIC =
      ByteBuffer.wrap("ENGRAMEV".getBytes(US_ASCII)).order(ByteOrder.LITTLE_ENDIAN).getLong();
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 32;
  private static final int BLOCK_HEADER_BYTES = 16;
  private static final EventUnit[] UNITS = EventUnit.values();

  /// Of deflate. On N-MNIST, level 6 takes three times as long to save 2 %. Zstandard would take a
  /// fifth, but a reader in another language may not have it at hand.
  private static final int LEVEL = 1;

  @Override
  public String name() {
    return "eev";
  }

  @Override
  public List<String> extensions() {
    return List.of("eev");
  }

  /// Bytes of the columns of a block.
  private static int columnBytes(int events, boolean payloads) {
    return events * (payloads ? 16 : 12);
  }

  /// No body is longer than this: deflate never doubles.
  private static int mostBodyBytes(int columnBytes) {
    return 2 * columnBytes + 64;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer header(EventUnit unit, int width, int height, int polarities) {
    var header = littleEndian(HEADER_BYTES).putLong(MAGIC).putInt(VERSION).putInt(unit.ordinal());
    header.putInt(width).putInt(height).putInt(polarities);
    var crc = new CRC32C();
    crc.update(header.array(), 0, header.position());
    return header.putInt((int) crc.getValue());
  }

  private static int crcOfBlock(int events, int payloads, byte[] body, int bodyBytes) {
    var crc = new CRC32C();
    crc.update(littleEndian(12).putInt(events).putInt(payloads).putInt(bodyBytes).flip());
    crc.update(body, 0, bodyBytes);
    return (int) crc.getValue();
  }

  @Override
  public EventReader reader(InputStream in, String file, Optional<SensorGeometry> sensor)
      throws IOException {
    var bytes = new EventBytes(in, file);
    bytes.need(HEADER_BYTES, "header");
    if (bytes.i64() != MAGIC) {
      throw bytes.fault(0, "the file does not begin with ENGRAMEV");
    }
    int version = bytes.i32();
    if (version != VERSION) {
      throw bytes.fault(8, "version", version, VERSION);
    }
    int unit = bytes.i32();
    int width = bytes.i32();
    int height = bytes.i32();
    int polarities = bytes.i32();
    int crc = bytes.i32();
    if (unit < 0 || unit >= UNITS.length) {
      throw bytes.fault(12, "unit", unit, "0 or 1");
    }
    int computed = header(UNITS[unit], width, height, polarities).getInt(HEADER_BYTES - 4);
    if (crc != computed) {
      throw bytes.fault(HEADER_BYTES - 4, "CRC-32C of the header", hex(crc), hex(computed));
    }
    Optional<SensorGeometry> own = Optional.empty();
    if ((width | height | polarities) != 0) {
      try {
        own = Optional.of(new SensorGeometry(width, height, polarities));
      } catch (IllegalArgumentException e) {
        throw bytes.fault(16, e.getMessage());
      }
    }
    return new Reader(bytes, new EventHeader(UNITS[unit], bytes.agreed(own, sensor, 16)));
  }

  private static String hex(int crc) {
    return "%08x".formatted(crc);
  }

  @Override
  public EventWriter writer(OutputStream out, EventHeader header) throws IOException {
    var s = header.sensor();
    out.write(
        header(
                header.unit(),
                s.map(SensorGeometry::width).orElse(0),
                s.map(SensorGeometry::height).orElse(0),
                s.map(SensorGeometry::polarities).orElse(0))
            .array());
    return new Writer(out, addressesOf(header));
  }

  /// Addresses that events of the header can have.
  private static long addressesOf(EventHeader header) {
    return header.sensor().map(s -> (long) s.size()).orElse(1L << 32);
  }

  private static final class Reader implements EventReader {
    private final EventBytes in;
    private final EventHeader header;
    private final long addresses;
    private final Inflater inflater = new Inflater(true);

    private byte[] columns = {};
    private final EventBatch block = new EventBatch();
    private int next;

    /// Events of the blocks that were read.
    private long events;

    private boolean ended;

    Reader(EventBytes in, EventHeader header) {
      this.in = in;
      this.header = header;
      addresses = addressesOf(header);
    }

    @Override
    public EventHeader header() {
      return header;
    }

    @Override
    public int read(EventBatch into, int max) throws IOException {
      int read = 0;
      while (read < max && more()) {
        int now = Math.min(max - read, block.size() - next);
        into.addAll(block, next, next + now);
        next += now;
        read += now;
      }
      return read;
    }

    /// Whether there is an event left, be it in the next block.
    private boolean more() throws IOException {
      while (next == block.size() && !ended) {
        readBlock();
      }
      return next < block.size();
    }

    private void readBlock() throws IOException {
      long at = in.offset();
      in.need(BLOCK_HEADER_BYTES, "block");
      int count = in.i32();
      int payloads = in.i32();
      int bodyBytes = in.i32();
      int crc = in.i32();
      if (count < 0 || count > BLOCK_EVENTS) {
        throw in.fault(
            at, "events of a block", Integer.toUnsignedLong(count), "0 to " + BLOCK_EVENTS);
      }
      if (payloads != 0 && payloads != 1) {
        throw in.fault(at + 4, "payloads", Integer.toUnsignedLong(payloads), "0 or 1");
      }
      int most = count == 0 ? Long.BYTES : mostBodyBytes(columnBytes(count, payloads == 1));
      if (bodyBytes < 0 || bodyBytes > most) {
        throw in.fault(at + 8, "bytes of a block", Integer.toUnsignedLong(bodyBytes), "<= " + most);
      }
      byte[] body = in.take(bodyBytes, "body of a block");
      int computed = crcOfBlock(count, payloads, body, bodyBytes);
      if (crc != computed) {
        throw in.fault(at + 12, "CRC-32C of a block", hex(crc), hex(computed));
      }
      if (count == 0) {
        end(at, body);
      } else {
        inflate(at, body, columnBytes(count, payloads == 1));
        fill(at, count, payloads == 1);
      }
    }

    private void end(long at, byte[] body) throws IOException {
      if (body.length != Long.BYTES) {
        throw in.fault(at + 8, "bytes of the last block", body.length, Long.BYTES);
      }
      long total = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getLong();
      if (total != events) {
        throw in.fault(at + BLOCK_HEADER_BYTES, "events of the file", events, total);
      }
      if (!in.atEnd()) {
        throw in.fault(in.offset(), "there is more behind the last block");
      }
      ended = true;
    }

    private void inflate(long at, byte[] body, int bytes) {
      if (columns.length < bytes) {
        columns = new byte[bytes];
      }
      inflater.reset();
      inflater.setInput(body);
      try {
        int inflated = inflater.inflate(columns, 0, bytes);
        // The end mark may be all that is left.
        boolean more = !inflater.finished() && inflater.inflate(new byte[1]) > 0;
        String found =
            more ? "more than " + inflated : inflated + (inflater.finished() ? "" : " and no end");
        if (!found.equals(Integer.toString(bytes))) {
          throw in.fault(at + BLOCK_HEADER_BYTES, "columns: bytes", found, bytes);
        }
        if (inflater.getRemaining() > 0) {
          throw in.fault(
              at + BLOCK_HEADER_BYTES, "bytes behind the columns", inflater.getRemaining(), 0);
        }
      } catch (DataFormatException e) {
        throw in.fault(at + BLOCK_HEADER_BYTES, "columns can't be inflated: " + e.getMessage());
      }
    }

    private void fill(long at, int count, boolean payloads) {
      block.clear();
      next = 0;
      long time = 0;
      for (int i = 0; i < count; i++) {
        time += unplane(0, Long.BYTES, i, count);
        int address = (int) unplane(8 * count, Integer.BYTES, i, count);
        if (Integer.toUnsignedLong(address) >= addresses) {
          block.clear();
          throw in.fault(
              at,
              "address of event " + (events + i),
              Integer.toUnsignedLong(address),
              "< " + addresses);
        }
        block.add(time, address, payloads ? (int) unplane(12 * count, Integer.BYTES, i, count) : 1);
      }
      events += count;
    }

    /// @param from where the column begins
    private long unplane(int from, int bytes, int i, int count) {
      long value = 0;
      for (int b = 0; b < bytes; b++) {
        value |= (columns[from + b * count + i] & 0xffL) << (8 * b);
      }
      return value;
    }

    @Override
    public void close() throws IOException {
      inflater.end();
      in.close();
    }
  }

  private static final class Writer implements EventWriter {
    private final OutputStream out;
    private final long addresses;
    private final Deflater deflater = new Deflater(LEVEL, true);
    private final EventBatch block = new EventBatch();
    private byte[] columns = {};
    private byte[] body = {};
    private long events;
    private boolean closed;

    Writer(OutputStream out, long addresses) {
      this.out = out;
      this.addresses = addresses;
    }

    @Override
    public void write(EventBatch batch, int from, int to) throws IOException {
      for (int i = from; i < to; i++) {
        long address = Integer.toUnsignedLong(batch.address(i));
        if (address >= addresses) {
          throw new EventFormatException(
              "eev: address of event %d: %d (expected: < %d)"
                  .formatted(events + block.size() + i - from, address, addresses));
        }
      }
      for (int i = from; i < to; ) {
        int now = Math.min(to - i, BLOCK_EVENTS - block.size());
        block.addAll(batch, i, i + now);
        i += now;
        if (block.size() == BLOCK_EVENTS) {
          writeBlock();
        }
      }
    }

    private void writeBlock() throws IOException {
      int count = block.size();
      boolean payloads = block.hasPayloads();
      int bytes = columnBytes(count, payloads);
      if (columns.length < bytes) {
        columns = new byte[bytes];
        body = new byte[mostBodyBytes(bytes)];
      }
      long before = 0;
      for (int i = 0; i < count; i++) {
        long time = block.time(i);
        plane(time - before, 0, Long.BYTES, i, count);
        plane(block.address(i), 8 * count, Integer.BYTES, i, count);
        if (payloads) {
          plane(block.payload(i), 12 * count, Integer.BYTES, i, count);
        }
        before = time;
      }
      deflater.reset();
      deflater.setInput(columns, 0, bytes);
      deflater.finish();
      int bodyBytes = deflater.deflate(body);
      if (!deflater.finished()) {
        throw new IllegalStateException(
            "deflated bytes: more than " + bodyBytes + " of " + bytes + " columns");
      }
      put(count, payloads ? 1 : 0, body, bodyBytes);
      events += count;
      block.clear();
    }

    private void plane(long value, int from, int bytes, int i, int count) {
      for (int b = 0; b < bytes; b++) {
        columns[from + b * count + i] = (byte) (value >>> (8 * b));
      }
    }

    private void put(int count, int payloads, byte[] bytes, int length) throws IOException {
      var header = littleEndian(BLOCK_HEADER_BYTES).putInt(count).putInt(payloads).putInt(length);
      out.write(header.putInt(crcOfBlock(count, payloads, bytes, length)).array());
      out.write(bytes, 0, length);
    }

    /// Writes a block of what there is.
    @Override
    public void flush() throws IOException {
      if (!block.isEmpty()) {
        writeBlock();
      }
      out.flush();
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      try (out) {
        flush();
        put(0, 0, littleEndian(Long.BYTES).putLong(events).array(), Long.BYTES);
      } finally {
        deflater.end();
      }
    }
  }
}
