package engram.events;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/// Five bytes an event, no header: N-MNIST's `.bin` (Orchard et al. 2015) and SLAYER's `.bs2`.
///
/// | byte | content                                           |
/// |------|---------------------------------------------------|
/// | 0    | x                                                 |
/// | 1    | y                                                 |
/// | 2-4  | bit 23 polarity, bits 22-0 microseconds; big-endian |
///
/// 23 bits are 8.4 seconds. In `.bin`, y = 240 is no pixel but says that the clock has overflown:
/// all events behind it are 2^13 microseconds later. `.bs2` has no such rule.
///
/// A file does not say its sensor: 34 x 34 x 2 unless the caller knows better.
final class PixelFormat implements EventFormat {
  static final PixelFormat N_MNIST = new PixelFormat("n-mnist", "bin", true);
  static final PixelFormat SLAYER = new PixelFormat("slayer", "bs2", false);

  private static final int EVENT_BYTES = 5;
  private static final int TIME_BITS = 23;
  private static final int MOST_X = 256;

  /// The row that marks an overflow, in formats that have it.
  private static final int OVERFLOW_Y = 240;

  private static final int OVERFLOW_MICROSECONDS = 1 << 13;

  /// Marks that a writer puts into a file at most: 5 MB for two and a half hours.
  private static final int MOST_OVERFLOWS = 1 << 20;

  private final String name;
  private final String extension;
  private final boolean overflows;

  private PixelFormat(String name, String extension, boolean overflows) {
    this.name = name;
    this.extension = extension;
    this.overflows = overflows;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<String> extensions() {
    return List.of(extension);
  }

  private int mostY() {
    return overflows ? OVERFLOW_Y : 256;
  }

  private void checkFits(SensorGeometry sensor) {
    if (sensor.width() > MOST_X || sensor.height() > mostY()) {
      throw new EventFormatException(
          "%s: sensor: %s (expected: at most %d x %d)".formatted(name, sensor, MOST_X, mostY()));
    }
  }

  @Override
  public EventReader reader(InputStream in, String file, Optional<SensorGeometry> sensor) {
    var pixels = sensor.orElse(SensorGeometry.N_MNIST);
    checkFits(pixels);
    return new Reader(new EventBytes(in, file), pixels);
  }

  @Override
  public EventWriter writer(OutputStream out, EventHeader header) {
    if (header.unit() != EventUnit.MICROSECONDS) {
      throw new EventFormatException(
          name + ": unit: " + header.unit() + " (expected: " + EventUnit.MICROSECONDS + ")");
    }
    var pixels =
        header
            .sensor()
            .orElseThrow(() ->
                new EventFormatException(
                    name + ": sensor: none (expected: one, as events are pixels)"));
    checkFits(pixels);
    return new Writer(new BufferedOutputStream(out), pixels);
  }

  private final class Reader implements EventReader {
    private final EventBytes in;
    private final SensorGeometry sensor;

    /// Microseconds of the overflows so far.
    private long base;

    Reader(EventBytes in, SensorGeometry sensor) {
      this.in = in;
      this.sensor = sensor;
    }

    @Override
    public EventHeader header() {
      return EventHeader.of(sensor);
    }

    @Override
    public int read(EventBatch into, int max) throws IOException {
      int read = 0;
      while (read < max && !in.atEnd()) {
        in.need(EVENT_BYTES, "event");
        int x = in.u8();
        int y = in.u8();
        int rest = in.u8() << 16 | in.u8() << 8 | in.u8();
        if (overflows && y == OVERFLOW_Y) {
          base += OVERFLOW_MICROSECONDS;
          continue;
        }
        int polarity = rest >>> TIME_BITS;
        if (!sensor.contains(x, y, polarity)) {
          throw in.fault(in.offset() - EVENT_BYTES, sensor.outside(x, y, polarity));
        }
        into.add(base + (rest & ((1 << TIME_BITS) - 1)), sensor.address(x, y, polarity));
        read++;
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  private final class Writer implements EventWriter {
    private final OutputStream out;
    private final SensorGeometry sensor;
    private long events;
    private int marks;

    Writer(OutputStream out, SensorGeometry sensor) {
      this.out = out;
      this.sensor = sensor;
    }

    @Override
    public void write(EventBatch batch, int from, int to) throws IOException {
      for (int i = from; i < to; i++) {
        int address = batch.address(i);
        if (batch.payload(i) != 1) {
          throw fault("payload", batch.payload(i), "1");
        }
        if (Integer.compareUnsigned(address, sensor.size()) >= 0) {
          throw fault("address", Integer.toUnsignedLong(address), "< " + sensor.size());
        }
        long time = untilItFits(batch.time(i));
        int polarity = sensor.polarity(address);
        put(sensor.x(address), sensor.y(address), polarity << TIME_BITS | (int) time);
        events++;
      }
    }

    /// Marks overflows until a time fits behind them.
    private long untilItFits(long time) throws IOException {
      long earliest = (long) marks * OVERFLOW_MICROSECONDS;
      long most = overflows ? (long) MOST_OVERFLOWS * OVERFLOW_MICROSECONDS : 0;
      long latest = most + (1 << TIME_BITS) - 1;
      if (time < earliest || time > latest) {
        throw fault("time", time, earliest + " to " + latest);
      }
      while (time - (long) marks * OVERFLOW_MICROSECONDS >= 1 << TIME_BITS) {
        put(0, OVERFLOW_Y, 0);
        marks++;
      }
      return time - (long) marks * OVERFLOW_MICROSECONDS;
    }

    private EventFormatException fault(String what, long found, String expected) {
      return new EventFormatException(
          "%s: event %d: %s: %d (expected: %s)".formatted(name, events, what, found, expected));
    }

    private void put(int x, int y, int rest) throws IOException {
      out.write(x);
      out.write(y);
      out.write(rest >>> 16);
      out.write(rest >>> 8);
      out.write(rest);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
