package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import engram.client.RunOptions;
import engram.client.UdpInputOptions;
import engram.client.UdpOutputOptions;
import engram.events.EventBatch;
import engram.events.EventFormats;
import engram.events.SensorGeometry;
import engram.events.Timesteps;
import engram.server.UdpPackets.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A recording of N-MNIST, 300 ms of an event camera, is played over UDP into a chip that is paced
/// at 1 ms a step. Each tenth of it is sent while the chip runs the tenth before, so that nothing
/// is late however slow the machine is, and the result can be compared event by event.
final class UdpRecordingTest {
  private static final SensorGeometry SENSOR = SensorGeometry.N_MNIST;
  private static final int KEY_BASE = 0x1000000;
  private static final int MOST_EVENTS = 31;
  private static final int SLICE = 32;
  private static final Duration STEP = Duration.ofMillis(1);

  /// Kept once, beside the tests of the module that reads it.
  private static final Path RECORDINGS =
      Path.of("..", "events", "src", "test", "resources", "engram", "events", "n-mnist");

  @TempDir private Path data;

  private static EventBatch recording(String file) throws IOException {
    var events = new EventBatch();
    try (var in = Files.newInputStream(RECORDINGS.resolve(file));
        var reader = EventFormats.ofFile(file).reader(in, file, Optional.of(SENSOR))) {
      while (reader.read(events, 1000) > 0) {
        // Until it ends.
      }
    }
    Timesteps.of(1000).bin(events);
    return events;
  }

  /// What a chip without a server emits.
  private static List<String> expected(EventBatch events, long steps) {
    var emitted = new ArrayList<String>();
    try (var chip = UdpRig.chip(SENSOR.size())) {
      var stream = chip.stream(UdpRig.OUT, "spike");
      int next = 0;
      for (long step = 0; step < steps; step++) {
        for (; next < events.size() && events.time(next) == step; next++) {
          chip.inject(UdpRig.IN, events.address(next), 1);
        }
        chip.step();
        long now = step;
        stream.forEachEvent((neuron, payload) -> emitted.add(UdpRig.text(now, neuron, payload)));
      }
    }
    return emitted;
  }

  /// Packets of the events of some steps.
  private static List<byte[]> packets(EventBatch events, long from, long to) {
    var packets = new ArrayList<byte[]>();
    var part = new ArrayList<Event>();
    for (int i = 0; i < events.size(); i++) {
      if (events.time(i) >= from && events.time(i) < to) {
        part.add(new Event(KEY_BASE + events.address(i), (int) events.time(i)));
      }
      if (part.size() == MOST_EVENTS || i == events.size() - 1 && !part.isEmpty()) {
        packets.add(UdpPackets.timed(part));
        part.clear();
      }
    }
    return packets;
  }

  private static List<String> receive(UdpRig rig, int events) {
    var received = new ArrayList<String>();
    while (received.size() < events) {
      for (var event : UdpPackets.receive(rig.socket).events()) {
        received.add(UdpRig.text(event.value(), event.key() - KEY_BASE, 1));
      }
    }
    return received;
  }

  @Test
  void aRecordingThatIsPlayedIntoAPacedChipComesOutAsAChipBesideEmitsIt() throws IOException {
    var events = recording("419.bs2");
    assertThat(events.isSorted()).isTrue();
    assertThat(events.size()).isGreaterThan(1000);
    long steps = (events.time(events.size() - 1) / SLICE + 2) * SLICE;
    var expected = expected(events, steps);
    var subscribed = new ArrayList<String>();
    List<String> received;
    try (var rig = new UdpRig(data, SENSOR.size());
        var input =
            rig.open(
                UdpInputOptions.eieio(UdpRig.IN).withKeys(KEY_BASE, 0xFF000000).timedInSteps(0));
        var output =
            rig.chip.openUdpOutput(
                UdpOutputOptions.to(UdpRig.OUT, "spike", "127.0.0.1", rig.socket.getLocalPort())
                    .withKeys(KEY_BASE)
                    .timedInSteps(0)
                    .reportEvery(Duration.ofMillis(10)));
        var stream = rig.chip.subscribe(UdpRig.OUT)) {
      var receiving = CompletableFuture.supplyAsync(() -> receive(rig, expected.size()));
      long sent = 0;
      var run = rig.chip.runAsync(RunOptions.untilStep(0));
      for (long slice = 0; slice < steps; slice += SLICE) {
        var packets = packets(events, slice, slice + SLICE);
        packets.forEach(packet -> rig.send(input.port(), packet));
        sent += packets.size();
        if (!packets.isEmpty()) {
          long all = sent;
          assertThat(UdpRig.await(input, c -> c.packets() == all).late()).isZero();
        }
        assertThat(run.result().lateEvents()).isZero();
        rig.fetched();
        run = rig.chip.runAsync(RunOptions.untilStep(slice + SLICE).paced(STEP));
      }
      assertThat(run.result().lateEvents()).isZero();
      stream.cancel();
      UdpRig.collect(stream, subscribed);
      received = receiving.join();
      assertThat(UdpRig.await(output, c -> c.events() == expected.size()).lost()).isZero();
    }
    assertThat(expected).hasSizeGreaterThan(1000);
    assertThat(subscribed).isEqualTo(expected);
    assertThat(received).isEqualTo(expected);
  }
}
