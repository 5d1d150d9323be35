package engram.events;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Random;

/// Events for tests, and files as bytes.
final class Batches {
  private Batches() {}

  static EventBatch of(long... timesAndAddresses) {
    var batch = new EventBatch();
    for (int i = 0; i < timesAndAddresses.length; i += 2) {
      batch.add(timesAndAddresses[i], (int) timesAndAddresses[i + 1]);
    }
    return batch;
  }

  /// Pixels in order of time.
  static EventBatch pixels(Random random, int events, SensorGeometry sensor, int mostGap) {
    var batch = new EventBatch();
    long time = 0;
    for (int i = 0; i < events; i++) {
      time += random.nextInt(mostGap + 1);
      batch.add(time, random.nextInt(sensor.size()));
    }
    return batch;
  }

  /// Any times, addresses and payloads.
  static EventBatch any(Random random, int events) {
    var batch = new EventBatch();
    boolean payloads = random.nextBoolean();
    for (int i = 0; i < events; i++) {
      long time = random.nextLong() >> random.nextInt(64);
      batch.add(time, random.nextInt(), payloads ? random.nextInt() : 1);
    }
    return batch;
  }

  static byte[] write(EventFormat format, EventHeader header, EventBatch events) {
    var out = new ByteArrayOutputStream();
    try (var writer = format.writer(out, header)) {
      writer.write(events);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static EventBatch read(EventFormat format, byte[] file) {
    return read(format, file, Optional.empty(), 1000);
  }

  static EventBatch read(
      EventFormat format, byte[] file, Optional<SensorGeometry> sensor, int max) {
    var batch = new EventBatch();
    read(format, new ByteArrayInputStream(file), sensor, max, batch);
    return batch;
  }

  /// Reads in portions until the end or a fault.
  static void read(
      EventFormat format,
      InputStream in,
      Optional<SensorGeometry> sensor,
      int max,
      EventBatch into) {
    try (var reader = format.reader(in, "file", sensor)) {
      int before = into.size();
      for (int n = reader.read(into, max); n > 0; n = reader.read(into, max)) {
        if (n > max || into.size() != before + n) {
          throw new AssertionError("events: %d, batch: %d to %d".formatted(n, before, into.size()));
        }
        before = into.size();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] resource(String name) {
    try (var in = Batches.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
