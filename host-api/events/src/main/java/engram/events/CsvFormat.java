package engram.events;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Events as text, one a line, under a line that names the columns: `time,address`,
/// `time,address,payload`, `t,x,y,p` or `t,x,y,p,payload`, all decimal. Lines that begin with `#`
/// are comments; before the columns two of them have a meaning:
///
/// ```
/// # unit: timesteps
/// # sensor: 34 x 34 x 2
/// ```
///
/// Without them times are microseconds and there is no sensor, which `t,x,y,p` needs. Every line
/// ends with a line feed, the last one too: else a number that was cut off would pass for a smaller
/// one.
final class CsvFormat implements EventFormat {
  private static final int MOST_LINE_BYTES = 256;
  private static final String ADDRESSES = "time,address";
  private static final String PIXELS = "t,x,y,p";
  private static final String PAYLOAD = ",payload";
  private static final Pattern UNIT = Pattern.compile("#\\s*unit:\\s*(\\w+)\\s*");
  private static final Pattern SENSOR =
      Pattern.compile("#\\s*sensor:\\s*(\\d{1,9}) x (\\d{1,9}) x (\\d{1,9})\\s*");

  @Override
  public String name() {
    return "csv";
  }

  @Override
  public List<String> extensions() {
    return List.of("csv");
  }

  @Override
  public EventReader reader(InputStream in, String file, Optional<SensorGeometry> sensor)
      throws IOException {
    return new Reader(new EventBytes(in, file), sensor);
  }

  @Override
  public EventWriter writer(OutputStream out, EventHeader header) {
    return new Writer(new BufferedOutputStream(out), header);
  }

  private static final class Reader implements EventReader {
    private final EventBytes in;
    private final EventHeader header;

    /// Whether events are x, y, p and not an address.
    private final boolean pixels;

    private final boolean payloads;

    private final byte[] line = new byte[MOST_LINE_BYTES];
    private int length;
    private int position;

    /// Offset of the line.
    private long start;

    private long number;

    Reader(EventBytes in, Optional<SensorGeometry> asked) throws IOException {
      this.in = in;
      var unit = EventUnit.MICROSECONDS;
      Optional<SensorGeometry> sensor = asked;
      while (true) {
        if (!nextLine()) {
          throw in.fault(start, "columns", "none", columns());
        }
        if (length == 0 || line[0] == '#') {
          String comment = text();
          var unitLine = UNIT.matcher(comment);
          if (unitLine.matches()) {
            unit = unit(unitLine.group(1));
          }
          var sensorLine = SENSOR.matcher(comment);
          if (sensorLine.matches()) {
            sensor = in.agreed(Optional.of(sensor(sensorLine)), sensor, start);
          }
        } else {
          break;
        }
      }
      String columns = text().replace(" ", "");
      payloads = columns.endsWith(PAYLOAD);
      String main = payloads ? columns.substring(0, columns.length() - PAYLOAD.length()) : columns;
      pixels = main.equals(PIXELS);
      if (!pixels && !main.equals(ADDRESSES)) {
        throw fault("columns", text(), columns());
      }
      if (pixels && sensor.isEmpty()) {
        throw fault(
            "sensor", "none", "# sensor: WIDTH x HEIGHT x POLARITIES, as events are pixels");
      }
      header = new EventHeader(unit, sensor);
    }

    private static String columns() {
      return "%s%s or %s%s".formatted(ADDRESSES, "[,payload]", PIXELS, "[,payload]");
    }

    private EventUnit unit(String name) {
      for (var unit : EventUnit.values()) {
        if (unit.toString().equals(name)) {
          return unit;
        }
      }
      throw fault("unit", name, "microseconds or timesteps");
    }

    private SensorGeometry sensor(Matcher line) {
      try {
        return new SensorGeometry(
            Integer.parseInt(line.group(1)),
            Integer.parseInt(line.group(2)),
            Integer.parseInt(line.group(3)));
      } catch (IllegalArgumentException e) {
        throw in.fault(start, "line " + number + ": " + e.getMessage());
      }
    }

    private String text() {
      return new String(line, 0, length, UTF_8);
    }

    @Override
    public EventHeader header() {
      return header;
    }

    @Override
    public int read(EventBatch into, int max) throws IOException {
      int read = 0;
      while (read < max && nextLine()) {
        if (length > 0 && line[0] != '#') {
          event(into);
          read++;
        }
      }
      return read;
    }

    private void event(EventBatch into) {
      position = 0;
      long time = number("time", Long.MIN_VALUE, Long.MAX_VALUE);
      int address;
      if (pixels) {
        int x = (int) number("x", 0, Integer.MAX_VALUE);
        int y = (int) number("y", 0, Integer.MAX_VALUE);
        int polarity = (int) number("p", 0, Integer.MAX_VALUE);
        var sensor = header.sensor().orElseThrow();
        if (!sensor.contains(x, y, polarity)) {
          throw in.fault(start, "line " + number + ": " + sensor.outside(x, y, polarity));
        }
        address = sensor.address(x, y, polarity);
      } else {
        long addresses = header.sensor().map(s -> (long) s.size()).orElse(1L << 32);
        address = (int) number("address", 0, addresses - 1);
      }
      int payload = payloads ? (int) number("payload", Integer.MIN_VALUE, Integer.MAX_VALUE) : 1;
      if (position <= length) {
        throw fault("line", "'" + text() + "'", (pixels ? 4 : 2) + (payloads ? 1 : 0) + " numbers");
      }
      into.add(time, address, payload);
    }

    /// The next number of the line.
    private long number(String column, long least, long most) {
      int from = position;
      int to = from;
      while (to < length && line[to] != ',') {
        to++;
      }
      position = to + 1;
      while (from < to && line[from] == ' ') {
        from++;
      }
      while (to > from && line[to - 1] == ' ') {
        to--;
      }
      boolean negative = from < to && line[from] == '-';
      int digits = negative ? from + 1 : from;
      // Below zero, since there is one number more.
      long value = 0;
      boolean good = digits < to;
      for (int i = digits; i < to && good; i++) {
        int digit = line[i] - '0';
        good =
            digit >= 0
                && digit <= 9
                && value >= Long.MIN_VALUE / 10
                && 10 * value >= Long.MIN_VALUE + digit;
        value = 10 * value - digit;
      }
      good &= negative || value != Long.MIN_VALUE;
      value = negative ? value : -value;
      if (!good || value < least || value > most) {
        String found = from < to ? new String(line, from, to - from, UTF_8) : "";
        throw fault(column, "'" + found + "'", "a number, " + least + " to " + most);
      }
      return value;
    }

    private EventFormatException fault(String what, String found, String expected) {
      return in.fault(start, "line " + number + ": " + what, found, expected);
    }

    /// Gets the next line, without its end.
    private boolean nextLine() throws IOException {
      start = in.offset();
      number++;
      length = 0;
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          if (length == 0) {
            return false;
          }
          throw fault(
              "line: bytes", length + " and no line feed", "a line feed; the file is truncated");
        }
        if (length == MOST_LINE_BYTES) {
          throw fault("line: bytes", "more than " + length, "<= " + MOST_LINE_BYTES);
        }
        line[length++] = (byte) b;
      }
      if (length > 0 && line[length - 1] == '\r') {
        length--;
      }
      return true;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  private static final class Writer implements EventWriter {
    private static final int MOST_NUMBER_BYTES = 21;

    private final OutputStream out;
    private final EventHeader header;
    private final Optional<SensorGeometry> sensor;
    private final byte[] digits = new byte[MOST_NUMBER_BYTES];

    private boolean begun;
    private boolean payloads;
    private boolean closed;
    private long events;

    Writer(OutputStream out, EventHeader header) {
      this.out = out;
      this.header = header;
      sensor = header.sensor();
    }

    /// The first events say whether there is a column of payloads.
    private void begin(boolean withPayloads) throws IOException {
      begun = true;
      payloads = withPayloads;
      var head = new StringBuilder("# unit: ").append(header.unit()).append('\n');
      sensor.ifPresent(s -> head.append("# sensor: ").append(s).append('\n'));
      head.append(sensor.isPresent() ? PIXELS : ADDRESSES).append(payloads ? PAYLOAD : "");
      out.write(head.append('\n').toString().getBytes(US_ASCII));
    }

    @Override
    public void write(EventBatch batch, int from, int to) throws IOException {
      if (!begun) {
        begin(batch.hasPayloads());
      }
      for (int i = from; i < to; i++) {
        if (!payloads && batch.payload(i) != 1) {
          throw fault("payload", batch.payload(i), "1, as of the first events");
        }
        int address = batch.address(i);
        if (sensor.isPresent() && Integer.compareUnsigned(address, sensor.get().size()) >= 0) {
          throw fault("address", Integer.toUnsignedLong(address), "< " + sensor.get().size());
        }
        number(batch.time(i), ',');
        if (sensor.isPresent()) {
          number(sensor.get().x(address), ',');
          number(sensor.get().y(address), ',');
          number(sensor.get().polarity(address), payloads ? ',' : '\n');
        } else {
          number(Integer.toUnsignedLong(address), payloads ? ',' : '\n');
        }
        if (payloads) {
          number(batch.payload(i), '\n');
        }
        events++;
      }
    }

    private EventFormatException fault(String what, long found, String expected) {
      return new EventFormatException(
          "csv: event %d: %s: %d (expected: %s)".formatted(events, what, found, expected));
    }

    private void number(long value, char behind) throws IOException {
      int at = digits.length;
      digits[--at] = (byte) behind;
      // Below zero, since there is one number more.
      long left = value < 0 ? value : -value;
      do {
        digits[--at] = (byte) ('0' - left % 10);
        left /= 10;
      } while (left != 0);
      if (value < 0) {
        digits[--at] = '-';
      }
      out.write(digits, at, digits.length - at);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      try (out) {
        if (!begun) {
          begin(false);
        }
      }
    }
  }
}
