package engram.cli.client;

import engram.cli.common.CommandException;
import engram.events.EventBatch;
import engram.events.EventFormats;
import engram.events.EventUnit;
import engram.events.SensorGeometry;
import engram.events.Timesteps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// Events of a file as a chip takes them: a neuron, a payload, a step, in ascending order of steps.
///
/// @param steps at which the events are due, counted by the chip
record EventFile(int[] neurons, short[] payloads, long[] steps) {
  private static final int BLOCK = 1 << 16;

  /// How the times of a file become steps of a chip.
  ///
  /// @param stepMicros length of a step, for files that count microseconds
  /// @param fromFirst the file's first event is at its time 0
  /// @param at step of the chip at which the file's time 0 is
  record Clock(long stepMicros, boolean fromFirst, long at) {}

  /// Reads a file to its end.
  ///
  /// @param most neurons that there are
  static EventFile read(
      Path file, Optional<SensorGeometry> sensor, Clock clock, String population, int most)
      throws IOException {
    var format = EventFormats.ofFile(file.toString());
    var events = new EventBatch();
    EventUnit unit;
    if (Files.isDirectory(file)) {
      throw CommandException.failed(file + ": a folder (expected: a file)");
    }
    try (var in = Files.newInputStream(file);
        var reader = format.reader(in, file.toString(), sensor)) {
      unit = reader.header().unit();
      while (reader.read(events, BLOCK) > 0) {
        // On to the next block.
      }
    }
    count(events, unit, clock);
    check(file, events, clock, population, most);
    return sorted(events, clock.at());
  }

  /// Turns times into steps since the file's time 0.
  private static void count(EventBatch events, EventUnit unit, Clock clock) {
    long origin = 0;
    if (clock.fromFirst() && !events.isEmpty()) {
      origin = Arrays.stream(events.times(), 0, events.size()).min().orElseThrow();
    }
    Timesteps.of(unit == EventUnit.MICROSECONDS ? clock.stepMicros() : 1).from(origin).bin(events);
  }

  private static void check(
      Path file, EventBatch events, Clock clock, String population, int most) {
    for (int i = 0; i < events.size(); i++) {
      if (events.time(i) < 0) {
        throw fault(file, i, "step", events.time(i), "at least 0; --from-first begins at it");
      }
      if (Integer.compareUnsigned(events.address(i), most) >= 0) {
        throw fault(
            file,
            i,
            "neuron of " + population,
            Integer.toUnsignedLong(events.address(i)),
            "0 to " + (most - 1));
      }
      if (events.payload(i) != (short) events.payload(i)) {
        throw fault(file, i, "payload", events.payload(i), "-32768 to 32767");
      }
      if (events.time(i) > Long.MAX_VALUE - clock.at()) {
        throw fault(file, i, "step", events.time(i), "at most " + (Long.MAX_VALUE - clock.at()));
      }
    }
  }

  private static CommandException fault(
      Path file, int event, String what, long found, String expected) {
    return CommandException.failed(
        "%s: event %d: %s: %d (expected: %s)".formatted(file, event, what, found, expected));
  }

  /// Events of one step stay in the order of the file.
  private static EventFile sorted(EventBatch events, long at) {
    int size = events.size();
    var order = new Integer[0];
    if (!events.isSorted()) {
      order = new Integer[size];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, (a, b) -> Long.compare(events.time(a), events.time(b)));
    }
    int[] neurons = new int[size];
    short[] payloads = events.hasPayloads() ? new short[size] : new short[0];
    long[] steps = new long[size];
    for (int i = 0; i < size; i++) {
      int from = order.length == 0 ? i : order[i];
      neurons[i] = events.address(from);
      steps[i] = at + events.time(from);
      if (payloads.length > 0) {
        payloads[i] = (short) events.payload(from);
      }
    }
    return new EventFile(neurons, payloads, steps);
  }

  int size() {
    return neurons.length;
  }

  /// Some of the events.
  ///
  /// @param to end, exclusive
  EventFile part(int from, int to) {
    return new EventFile(
        Arrays.copyOfRange(neurons, from, to),
        payloads.length == 0 ? payloads : Arrays.copyOfRange(payloads, from, to),
        Arrays.copyOfRange(steps, from, to));
  }
}
