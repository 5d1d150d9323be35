package engram.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.client.Code;
import engram.client.ConnectOptions;
import engram.client.EngramException;
import engram.client.LatePolicy;
import engram.client.UdpInputOptions;
import engram.client.UdpOutput;
import engram.client.UdpOutputOptions;
import engram.server.UdpPackets.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Packets out of a real server, read by a decoder of the test's own.
final class UdpOutputTest {
  private static final int NEURONS = 100;

  @TempDir private Path data;
  private UdpRig rig;

  @AfterEach
  void close() {
    if (rig != null) {
      rig.close();
    }
  }

  private void start() {
    rig = new UdpRig(data, NEURONS);
  }

  private UdpOutputOptions here() {
    return UdpOutputOptions.to(UdpRig.OUT, "", "127.0.0.1", rig.socket.getLocalPort())
        .reportEvery(Duration.ofMillis(10));
  }

  private void inject(int[] neurons, short[] payloads, long[] steps) {
    rig.chip.inject(UdpRig.IN, neurons, payloads, steps, LatePolicy.REJECT);
  }

  private static List<Event> plain(int first, int end) {
    return IntStream.range(first, end).mapToObj(key -> new Event(key, 1)).toList();
  }

  @Test
  void keysGoOutInOrderAtMost63InAPacket() {
    start();
    try (var output = rig.chip.openUdpOutput(here().withKeys(0x70000))) {
      rig.chip.inject(UdpRig.IN, IntStream.range(0, NEURONS).toArray());
      rig.chip.run(3);
      var first = UdpPackets.receive(rig.socket);
      var second = UdpPackets.receive(rig.socket);
      assertThat(first.kind()).isEqualTo(UdpPackets.KEYS);
      assertThat(first.events()).isEqualTo(plain(0x70000, 0x70000 + 63));
      assertThat(second.events()).isEqualTo(plain(0x70000 + 63, 0x70000 + NEURONS));
      var counts = UdpRig.await(output, c -> c.events() == NEURONS);
      assertThat(counts.packets()).isEqualTo(2);
      assertThat(counts.lost()).isZero();
    }
  }

  @Test
  void payloadsGoOutBesideKeys() {
    start();
    try (var _ = rig.chip.openUdpOutput(here())) {
      inject(new int[] {3, 7, 9}, new short[] {-5, 1, 300}, new long[0]);
      rig.chip.run(3);
      var packet = UdpPackets.receive(rig.socket);
      assertThat(packet.kind()).isEqualTo(UdpPackets.KEYS_PAYLOADS);
      assertThat(packet.events())
          .containsExactly(new Event(3, -5), new Event(7, 1), new Event(9, 300));
    }
  }

  @Test
  void stepsGoOutAsTimes() {
    start();
    try (var _ = rig.chip.openUdpOutput(here().timedInSteps(1))) {
      inject(new int[] {3, 7, 9}, new short[0], new long[] {1, 5, 5});
      rig.chip.run(1);
      rig.chip.run(1);
      assertThat(UdpPackets.receive(rig.socket))
          .isEqualTo(new UdpPackets.Packet(UdpPackets.KEYS_TIMES, List.of(new Event(3, 0))));
      rig.chip.run(8);
      assertThat(UdpPackets.receive(rig.socket).events())
          .containsExactly(new Event(7, 4), new Event(9, 4));
    }
  }

  @Test
  void microsecondsGoOutAsTimesOf32Bits() {
    start();
    var options = here().timedInMicroseconds(Duration.ofSeconds(2000), 0);
    try (var _ = rig.chip.openUdpOutput(options)) {
      inject(new int[] {3, 7}, new short[0], new long[] {1, 5});
      rig.chip.run(2);
      assertThat(UdpPackets.receive(rig.socket).events())
          .containsExactly(new Event(3, 2_000_000_000));
      rig.chip.run(5);
      assertThat(UdpPackets.receive(rig.socket).events())
          .containsExactly(new Event(7, (int) 10_000_000_000L));
    }
  }

  @Test
  void gradedEventsHaveNoRoomBesideATime() {
    start();
    try (var output = rig.chip.openUdpOutput(here().timedInSteps(0))) {
      inject(new int[] {3, 7}, new short[] {1, 2}, new long[] {1, 1});
      rig.chip.run(3);
      assertThat(UdpPackets.receive(rig.socket).events()).containsExactly(new Event(3, 1));
      assertThat(UdpRig.await(output, c -> c.events() == 1).graded()).isEqualTo(1);
    }
  }

  @Test
  void whatComesOutCanGoInAgain() {
    start();
    try (var input = rig.open(UdpInputOptions.eieio(UdpRig.IN).withKeys(0x500).timedInSteps(9));
        var _ =
            rig.chip.openUdpOutput(
                UdpOutputOptions.to(UdpRig.OUT, "spike", "", input.port())
                    .withKeys(0x500)
                    .timedInSteps(0))) {
      inject(new int[] {3, 7}, new short[0], new long[] {1, 3});
      rig.chip.run(5);
      UdpRig.await(input, counts -> counts.events() == 2);
      assertThat(rig.run(30)).startsWith("3@10", "7@12");
    }
  }

  @Test
  void aSlowNetworkLosesAndCountsButHoldsUpNobody() throws InterruptedException {
    start();
    try (var output = rig.chip.openUdpOutput(here())) {
      var runner = rig.server.leases().all().getFirst().runner();
      int steps = 3000;
      int[] neurons = new int[steps * NEURONS];
      long[] due = new long[neurons.length];
      for (int i = 0; i < neurons.length; i++) {
        neurons[i] = i % NEURONS;
        due[i] = i / NEURONS;
      }
      inject(neurons, new short[0], due);
      var release = new CountDownLatch(1);
      var done = new CountDownLatch(1);
      rig.holdLoops(release);
      runner.post(() -> {
        for (int i = 0; i <= steps; i++) {
          runner.advanceChip();
        }
        done.countDown();
      });
      done.await();
      release.countDown();
      var counts = UdpRig.await(output, c -> c.events() + c.lost() == neurons.length);
      assertThat(counts.lost()).isGreaterThanOrEqualTo(neurons.length - (1 << 16));
      assertThat(counts.events()).isPositive();
    }
  }

  private void assertRefused(UdpOutputOptions options, Code code, String message) {
    assertThatThrownBy(() -> rig.chip.openUdpOutput(options))
        .isInstanceOfSatisfying(EngramException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(message);
  }

  private static UdpOutputOptions to(String host, int port) {
    return UdpOutputOptions.to(UdpRig.OUT, "", host, port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.7", "255.255.255.255", "224.0.0.1", "0.0.0.0", "2001:db8::1"})
  void nothingGoesBeyondLoopbackUnlessTheOwnerAllowsIt(String host) {
    start();
    assertRefused(to(host, 9), Code.PERMISSION_DENIED, "host: " + host + " is beyond loopback");
  }

  @Test
  void packetsGoBeyondLoopbackIfTheOwnerAllowsIt() {
    rig = new UdpRig(data, NEURONS, ServerOptions::withUdpBeyondLoopback, ConnectOptions.DEFAULT);
    try (UdpOutput output = rig.chip.openUdpOutput(to("192.0.2.7", 9))) {
      assertThat(output.port()).isPositive();
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    start();
    assertRefused(to("localhost", 9), Code.INVALID_ARGUMENT, "host: localhost");
    assertRefused(to("", 0), Code.INVALID_ARGUMENT, "port: 0 (expected: 1 to 65535)");
    assertRefused(to("", 9).withKeys(-NEURONS + 1), Code.INVALID_ARGUMENT, "key_base: 4294967197");
    assertRefused(UdpOutputOptions.to("nose", "", "", 9), Code.NOT_FOUND, "nose");
    assertRefused(UdpOutputOptions.to(UdpRig.OUT, "smell", "", 9), Code.NOT_FOUND, "smell");
  }

  @Test
  void anotherNetworkEndsIt() {
    start();
    var output = rig.chip.openUdpOutput(here());
    rig.chip.load(UdpRig.echo(3));
    assertThatThrownBy(() -> UdpRig.await(output, _ -> false))
        .isInstanceOfSatisfying(
            EngramException.class, e -> assertThat(e.code()).isEqualTo(Code.ABORTED));
  }
}
