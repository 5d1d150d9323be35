package engram.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.client.Code;
import engram.client.ConnectOptions;
import engram.client.Engram;
import engram.client.EngramException;
import engram.client.LatePolicy;
import engram.client.RunOptions;
import engram.client.UdpInput;
import engram.client.UdpInputOptions;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Packets over a real socket into a real server. Packets are written by hand.
final class UdpInputTest {
  private static final int NEURONS = 100;
  private static final UdpInputOptions EIEIO = UdpInputOptions.eieio(UdpRig.IN);

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

  private List<String> arriving(UdpInputOptions options, String... packets) {
    start();
    try (var input = rig.open(options)) {
      for (String packet : packets) {
        rig.send(input.port(), packet);
      }
      rig.awaitPackets(input, packets.length);
      return rig.run(20);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "02 00 0300 0500, 3@0 5@0",
    "02 04 0300 0700 0500 ff7f, 3*7@0 5*32767@0",
    "02 08 03000000 05000000, 3@0 5@0",
    "02 0c 03000000 feffffff 05000000 07000000, 3*-2@0 5*7@0",
    "01 03 0300, 3@0",
    "01 80 0100 0200, 3@0",
    "01 88 0100 02000000, 3@0",
    "02 20 0500 0300 0400, 3*5@0 4*5@0",
    "01 28 06000000 03000000, 3*6@0",
    "01 24 0400 0300 0100, 3*5@0",
    "01 2c 00010000 03000000 01000000, 3*257@0",
    "01 a4 0100 0400 0200 0100, 3*5@0",
    "00 00, ''",
  })
  void everyKindOfKeyAndPayloadBecomesEvents(String packet, String events) {
    assertThat(String.join(" ", arriving(EIEIO, packet))).isEqualTo(events);
  }

  @ParameterizedTest
  @CsvSource({
    "02 1c 03000000 02000000 04000000 07000000, 3@2 4@7",
    "02 14 0300 0200 0400 0700, 3@2 4@7",
    "02 30 0300 0400 0500, 4@3 5@3",
    "02 38 03000000 04000000 05000000, 4@3 5@3",
    "01 34 0100 0400 0200, 4@3",
    "02 08 03000000 05000000, 3@0 5@0",
    "03 14 0300 0900 0400 0200 0500 0500, 4@2 5@5 3@9",
  })
  void timesAreSteps(String packet, String events) {
    assertThat(String.join(" ", arriving(EIEIO.timedInSteps(0), packet))).isEqualTo(events);
  }

  @Test
  void timesAreNothingUnlessTheyAreAskedFor() {
    assertThat(arriving(EIEIO, "01 1c 03000000 02000000")).containsExactly("3@0");
  }

  @Test
  void time0IsDueInTheFirstStep() {
    assertThat(arriving(EIEIO.timedInSteps(5), "02 14 0300 0000 0400 0400"))
        .containsExactly("3@5", "4@9");
  }

  @Test
  void microsecondsFallIntoTheStepWithinWhichTheyHappen() {
    assertThat(
            arriving(
                EIEIO.timedInMicroseconds(Duration.ofMillis(1), 2),
                "03 1c 03000000 e7030000 04000000 e8030000 05000000 d0070000"))
        .containsExactly("3@2", "4@3", "5@4");
  }

  @Test
  void timesGoOnBehindTheLastOfThirtyTwoBits() {
    assertThat(
            arriving(
                EIEIO.timedInMicroseconds(Duration.ofSeconds(1 << 11), 0),
                "01 1c 03000000 feffffff",
                "01 1c 04000000 05000000",
                "01 1c 05000000 fdffffff",
                "01 1c 06000000 00000050"))
        .containsExactly("3@2", "4@2", "5@2", "6@2");
  }

  @Test
  void keysCountFromTheirBase() {
    assertThat(arriving(EIEIO.withKeys(0x10000), "01 c0 0100 0300", "01 08 04000100"))
        .containsExactly("3@0", "4@0");
  }

  @Test
  void keysOfOtherPopulationsAreCounted() {
    start();
    try (var input = rig.open(EIEIO.withKeys(0x20000, 0xFFFF0000))) {
      rig.send(input.port(), "04 08 03000200 03000300 00010200 05000200");
      rig.send(input.port(), "01 00 0300");
      var counts = rig.awaitPackets(input, 2);
      assertThat(counts.outside()).isEqualTo(3);
      assertThat(counts.events()).isEqualTo(2);
      assertThat(rig.run(3)).containsExactly("3@0", "5@0");
    }
  }

  @Test
  void payloadsThatNoEventHasAreCounted() {
    start();
    try (var input = rig.open(EIEIO)) {
      rig.send(input.port(), "02 04 0300 0080 0500 0700");
      rig.send(input.port(), "01 0c 03000000 ff7fffff");
      assertThat(rig.awaitPackets(input, 2).outside()).isEqualTo(2);
      assertThat(rig.run(3)).containsExactly("5*7@0");
    }
  }

  @Test
  void commandsHaveNoEffectAndAreCountedByNumber() {
    start();
    try (var input = rig.open(EIEIO)) {
      for (String command : new String[] {"0b 40", "0b 40 0102", "01 40", "64 40", "ff 7f"}) {
        rig.send(input.port(), command);
      }
      var counts = UdpRig.await(input, c -> c.packets() == 5);
      assertThat(counts.commands()).isEqualTo(Map.of(11, 2L, 1, 1L, 0, 2L));
      assertThat(counts.events()).isZero();
      assertThat(counts.damaged()).isZero();
    }
  }

  @Test
  void damagedPacketsAreCountedAndNothingOfThemIsTaken() {
    start();
    try (var input = rig.open(EIEIO)) {
      String[] damaged = {"", "01", "01 00", "02 00 0300", "01 00 0300 04", "01 88 0100 0200"};
      for (String packet : damaged) {
        rig.send(input.port(), packet);
      }
      rig.send(input.port(), new byte[60_000]);
      rig.send(input.port(), "01 00 0700");
      var counts = rig.awaitPackets(input, damaged.length + 2);
      assertThat(counts.damaged()).isEqualTo(damaged.length + 1);
      assertThat(counts.events()).isEqualTo(1);
      assertThat(rig.run(3)).containsExactly("7@0");
    }
  }

  @Test
  void lateEventsMoveToTheNextStep() {
    start();
    rig.chip.run(10);
    try (var input = rig.open(EIEIO.timedInSteps(0))) {
      rig.send(input.port(), "03 14 0300 0900 0400 0a00 0500 0c00");
      var counts = rig.awaitPackets(input, 1);
      assertThat(counts.late()).isEqualTo(1);
      assertThat(counts.dropped()).isZero();
      assertThat(counts.events()).isEqualTo(3);
      assertThat(rig.run(20)).containsExactly("3@10", "4@10", "5@12");
    }
  }

  @Test
  void lateEventsAreDropped() {
    start();
    rig.chip.run(10);
    try (var input = rig.open(EIEIO.timedInSteps(0).withLate(LatePolicy.DROP))) {
      rig.send(input.port(), "03 14 0300 0900 0400 0a00 0500 0c00");
      var counts = rig.awaitPackets(input, 1);
      assertThat(counts.late()).isEqualTo(1);
      assertThat(counts.dropped()).isEqualTo(1);
      assertThat(counts.events()).isEqualTo(2);
      assertThat(rig.run(20)).containsExactly("4@10", "5@12");
    }
  }

  @Test
  void eventsBeyondAnyRunAreCounted() {
    start();
    try (var input = rig.open(EIEIO.timedInSteps(1L << 41))) {
      rig.send(input.port(), "01 14 0300 0000");
      assertThat(rig.awaitPackets(input, 1).outside()).isEqualTo(1);
    }
  }

  @Test
  void pixelsOfSpifBecomeNeurons() {
    start();
    var options =
        UdpInputOptions.spif(UdpRig.IN, 8, 6, 2).timedInMicroseconds(Duration.ofMillis(1), 0);
    try (var input = rig.open(options)) {
      rig.send(input.port(), "02 80 03 00 d0 07 00 00  01 00 01 80");
      UdpRig.await(input, counts -> counts.packets() == 1);
      rig.fetched();
      assertThat(rig.run(5)).containsExactly("9@0", (6 + 2) * 8 + 3 + "@2");
    }
  }

  @Test
  void pixelsThatTheSensorHasNotAreDamage() {
    start();
    try (var input = rig.open(UdpInputOptions.spif(UdpRig.IN, 8, 6, 2))) {
      rig.send(input.port(), "01 00 01 80 01 00 08 80");
      rig.send(input.port(), "01 00 01 80 01 00");
      rig.send(input.port(), "01 00 01 00");
      assertThat(UdpRig.await(input, c -> c.packets() == 3).damaged()).isEqualTo(3);
    }
  }

  @Test
  void theQuotaOfATokenHoldsForPacketsToo() throws IOException {
    var tokens = data.resolve("tokens");
    Files.writeString(tokens, "me 0123456789abcdef events=5\n");
    rig =
        new UdpRig(
            data,
            NEURONS,
            options -> options.withTokens(tokens),
            ConnectOptions.DEFAULT.withToken("0123456789abcdef"));
    try (var input = rig.open(EIEIO)) {
      rig.send(input.port(), "06 00 0100 0200 0300 0400 0500 0600");
      rig.send(input.port(), "05 00 0100 0200 0300 0400 0500");
      var counts = rig.awaitPackets(input, 2);
      assertThat(counts.lost()).isEqualTo(6);
      assertThat(counts.events()).isEqualTo(5);
    }
  }

  @Test
  void withoutCreditTheServerTellsNothingAndLosesNothing() {
    start();
    try (var read = rig.open(EIEIO);
        var unread = rig.open(EIEIO)) {
      int packets = 80;
      for (int i = 1; i <= packets; i++) {
        int sent = i;
        rig.send(unread.port(), "01 00 0100");
        rig.send(read.port(), "01 00 0100");
        UdpRig.await(read, counts -> counts.packets() == sent);
      }
      // 16 before the first is taken; what is taken makes room for one that says it all.
      int answers = 1;
      var told = unread.next(UdpRig.SOON).orElseThrow();
      for (; told.packets() < packets; answers++) {
        told = unread.next(UdpRig.SOON).orElseThrow();
      }
      assertThat(answers).isLessThanOrEqualTo(20);
      assertThat(told.lost()).isZero();
    }
  }

  // How a gateway ends.

  private static void awaitFree(int port) throws IOException {
    long deadline = System.nanoTime() + UdpRig.SOON.toNanos();
    while (true) {
      try (var _ = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  private static void assertEnds(UdpInput input, Code code) {
    assertThatThrownBy(() -> UdpRig.await(input, _ -> false))
        .isInstanceOfSatisfying(EngramException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void cancellingClosesThePort() throws IOException {
    start();
    var input = rig.open(EIEIO);
    input.close();
    awaitFree(input.port());
  }

  @Test
  void theLastCountsComeWithTheEnd() {
    start();
    var input = rig.chip.openUdpInput(EIEIO.reportEvery(Duration.ofDays(1)));
    rig.send(input.port(), "01 00 0100");
    rig.chip.run(RunOptions.untilEvents(UdpRig.OUT, "spike", 1));
    input.cancel();
    assertThat(input.next(UdpRig.SOON).orElseThrow().packets()).isZero();
    assertThat(input.next(UdpRig.SOON).orElseThrow().events()).isEqualTo(1);
    assertThat(input.next(UdpRig.SOON)).isEmpty();
    assertThat(input.isOver()).isTrue();
  }

  @Test
  void aLostConnectionClosesThePort() throws IOException {
    start();
    var input = rig.open(EIEIO);
    rig.chip.detach();
    rig.connection.close();
    awaitFree(input.port());
  }

  @Test
  void anotherConnectionThatTakesUpTheLeaseClosesThePort() throws IOException {
    start();
    var input = rig.open(EIEIO);
    try (var other = Engram.connect(rig.uri());
        var taken = other.reattach(rig.chip.reattachToken())) {
      awaitFree(input.port());
      assertEnds(input, Code.ABORTED);
      try (var again = taken.openUdpInput(EIEIO.at("", input.port()))) {
        assertThat(again.port()).isEqualTo(input.port());
      }
    }
  }

  @Test
  void anotherNetworkClosesThePort() throws IOException {
    start();
    var input = rig.open(EIEIO);
    rig.chip.load(UdpRig.echo(3));
    awaitFree(input.port());
    assertEnds(input, Code.ABORTED);
  }

  @Test
  void aReleasedChipClosesThePort() throws IOException {
    start();
    var input = rig.open(EIEIO);
    rig.chip.close();
    awaitFree(input.port());
  }

  // What is refused.

  private void assertRefused(UdpInputOptions options, Code code, String message) {
    assertThatThrownBy(() -> rig.open(options))
        .isInstanceOfSatisfying(EngramException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.7", "2001:db8::1"})
  void portsBeyondLoopbackAreTheOwnersToAllow(String host) {
    start();
    assertRefused(
        EIEIO.at(host, 0), Code.PERMISSION_DENIED, "host: " + host + " is beyond loopback");
  }

  @Test
  void portsBeyondLoopbackOpenIfTheOwnerAllowsThem() {
    rig = new UdpRig(data, NEURONS, ServerOptions::withUdpBeyondLoopback, ConnectOptions.DEFAULT);
    try (var input = rig.open(EIEIO.at("0.0.0.0", 0))) {
      rig.send(input.port(), "01 00 0300");
      assertThat(rig.awaitPackets(input, 1).events()).isEqualTo(1);
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    start();
    assertRefused(EIEIO.at("localhost", 0), Code.INVALID_ARGUMENT, "host: localhost");
    assertRefused(EIEIO.at("", 65536), Code.INVALID_ARGUMENT, "port: 65536 (expected: 0 to 65535)");
    assertRefused(EIEIO.at("", rig.socket.getLocalPort()), Code.UNAVAILABLE, "UDP at /127.0.0.1:");
    assertRefused(UdpInputOptions.eieio("nose"), Code.NOT_FOUND, "nose");
    assertRefused(UdpInputOptions.eieio(UdpRig.OUT), Code.INVALID_ARGUMENT, "not external");
    assertRefused(EIEIO.withKeys(0x123, 0xff00), Code.INVALID_ARGUMENT, "key_base: 0x123");
    assertRefused(EIEIO.withLate(LatePolicy.REJECT), Code.INVALID_ARGUMENT, "late:");
    assertRefused(EIEIO.timedInSteps(-1), Code.INVALID_ARGUMENT, "first_step:");
    assertRefused(EIEIO.timedInMicroseconds(Duration.ZERO, 0), Code.INVALID_ARGUMENT, "step_us: 0");
    assertRefused(
        UdpInputOptions.spif(UdpRig.IN, 40_000, 3, 1), Code.INVALID_ARGUMENT, "40000 x 3");
    assertRefused(UdpInputOptions.spif(UdpRig.IN, 3, 3, 0), Code.INVALID_ARGUMENT, "polarities: 0");
    assertThatThrownBy(() -> rig.chip.openUdpInput(EIEIO.reportEvery(Duration.ofMillis(9))))
        .hasMessageContaining("report_ms: 9 (expected: 0, or at least 10)");
  }

  @Test
  void aChipHasSixteenGatewaysAtMost() {
    start();
    for (int i = 0; i < 16; i++) {
      rig.open(EIEIO).port();
    }
    assertRefused(EIEIO, Code.RESOURCE_EXHAUSTED, "gateways of a chip: 17 (expected: at most 16");
  }

  @Test
  void whatIsRefusedTakesNoPlace() {
    start();
    for (int i = 0; i < 20; i++) {
      assertRefused(EIEIO.at("", rig.socket.getLocalPort()), Code.UNAVAILABLE, "UDP at");
      rig.fetched();
    }
    rig.open(EIEIO).close();
  }

  @Test
  void whoOnlyWatchesOpensNone() {
    start();
    try (var other = Engram.connect(rig.uri());
        var watched = other.watch(rig.chip.lease())) {
      assertThatThrownBy(() -> watched.openUdpInput(EIEIO))
          .isInstanceOfSatisfying(
              EngramException.class, e -> assertThat(e.code()).isEqualTo(Code.PERMISSION_DENIED));
    }
  }
}
