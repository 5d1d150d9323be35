package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import engram.client.ConnectOptions;
import engram.client.RunOptions;
import engram.client.UdpInputOptions;
import engram.client.UdpOutputOptions;
import engram.protocol.Columns;
import engram.protocol.v1.Fault;
import engram.protocol.v1.InjectFaultsRequest;
import engram.protocol.v1.InjectRequest;
import engram.protocol.v1.LatePolicy;
import engram.protocol.v1.LeaseRequest;
import engram.protocol.v1.ReleaseRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.RunRequest;
import engram.protocol.v1.SubscribeRequest;
import engram.protocol.v1.WatchRequest;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What Prometheus reads moves with what the server does.
class MetricsTest extends ServerTest {
  private Map<String, Double> scrape() throws Exception {
    return scrape(server());
  }

  private static Map<String, Double> scrape(EngramServer server) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var uri = URI.create("http://127.0.0.1:" + server.metricsPort() + "/metrics");
      var text =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(text.statusCode()).isEqualTo(200);
      var values = new HashMap<String, Double>();
      for (String line : text.body().split("\n")) {
        if (!line.startsWith("#")) {
          int space = line.lastIndexOf(' ');
          values.put(line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
        }
      }
      return values;
    }
  }

  @Test
  void packetsOfGatewaysAreCounted() throws Exception {
    try (var rig =
        new UdpRig(
            data,
            8,
            options -> options.withMetrics(new InetSocketAddress("127.0.0.1", 0)),
            ConnectOptions.DEFAULT)) {
      var options =
          UdpInputOptions.eieio(UdpRig.IN).timedInSteps(0).withLate(engram.client.LatePolicy.DROP);
      try (var in = rig.open(options);
          var out =
              rig.chip.openUdpOutput(
                  UdpOutputOptions.to(
                      UdpRig.OUT, "spike", "127.0.0.1", rig.socket.getLocalPort()))) {
        rig.chip.run(5);
        rig.send(in.port(), "02 08 03000000 09000000"); // neuron 9 of 8
        rig.send(in.port(), "01 1c 04000000 02000000"); // step 2 of 5
        rig.send(in.port(), "02 08 03000000"); // too short
        rig.send(in.port(), "01 40"); // a command
        UdpRig.await(in, counts -> counts.packets() == 4);
        rig.fetched();
        rig.chip.run(RunOptions.untilEvents(UdpRig.OUT, "spike", 1));
        assertThat(UdpPackets.receive(rig.socket).events()).hasSize(1);
        UdpRig.await(out, c -> c.packets() == 1);
        var seen = scrape(rig.server);
        assertThat(seen)
            .containsEntry("engram_udp_packets_total{direction=\"in\"}", 4.0)
            .containsEntry("engram_udp_packets_total{direction=\"out\"}", 1.0)
            .containsEntry("engram_udp_packets_damaged_total", 1.0)
            .containsEntry("engram_udp_packets_ignored_total", 1.0)
            .containsEntry("engram_udp_events_total{direction=\"in\"}", 1.0)
            .containsEntry("engram_udp_events_total{direction=\"out\"}", 1.0)
            .containsEntry("engram_udp_events_outside_total", 1.0)
            .containsEntry("engram_udp_events_lost_total{direction=\"in\"}", 0.0)
            .containsEntry("engram_events_late_total", 1.0)
            .containsEntry("engram_events_dropped_total", 1.0)
            .containsEntry("engram_streams{kind=\"udp_input\"}", 1.0)
            .containsEntry("engram_streams{kind=\"udp_output\"}", 1.0);
      }
    }
  }

  @Test
  void whatAGatewayLosesIsCounted() throws Exception {
    var tokens = data.resolve("tokens");
    Files.writeString(tokens, "me 0123456789abcdef events=5\n");
    try (var rig =
        new UdpRig(
            data,
            8,
            options ->
                options.withTokens(tokens).withMetrics(new InetSocketAddress("127.0.0.1", 0)),
            ConnectOptions.DEFAULT.withToken("0123456789abcdef"))) {
      var in = rig.open(UdpInputOptions.eieio(UdpRig.IN));
      rig.send(in.port(), "06 00 0100 0200 0300 0400 0500 0600");
      rig.send(in.port(), "05 00 0100 0200 0300 0400 0500");
      UdpRig.await(in, counts -> counts.packets() == 2);
      rig.fetched();
      assertThat(scrape(rig.server))
          .containsEntry("engram_udp_events_lost_total{direction=\"in\"}", 6.0)
          .containsEntry("engram_udp_events_total{direction=\"in\"}", 5.0);
    }
  }

  @Test
  void connectionsStreamsAndQueuesAreCountedAsTheyComeAndGo() throws Exception {
    start(options(1).withMetrics(new InetSocketAddress("127.0.0.1", 0)));
    try (var driver = client();
        var watcher = client()) {
      var lease = driver.lease();
      driver.call(RawClient.loadYaml(lease.getChip(), Networks.ECHO));
      var watch = WatchRequest.newBuilder().setLease(lease.getLease());
      int seen = watcher.call(Request.newBuilder().setWatch(watch)).getWatch().getChip();
      watcher.send(
          Request.newBuilder()
              .setChip(seen)
              .setSubscribe(SubscribeRequest.newBuilder().setPopulation("mouth")));
      watcher.digest(seen);
      watcher.receive(
          watcher.send(
              Request.newBuilder()
                  .setLease(LeaseRequest.newBuilder().setPreset("engram-1").setWait(true))));
      assertThat(scrape())
          .containsEntry("engram_sessions", 2.0)
          .containsEntry("engram_sessions_opened_total", 2.0)
          .containsEntry("engram_sessions_refused_total", 0.0)
          .containsEntry("engram_watchers", 1.0)
          .containsEntry("engram_leases_queued", 1.0)
          .containsEntry("engram_streams{kind=\"subscribe\"}", 1.0)
          .containsEntry("engram_streams{kind=\"probe\"}", 0.0);
      watcher.call(
          Request.newBuilder().setChip(seen).setRelease(ReleaseRequest.getDefaultInstance()));
      assertThat(scrape())
          .containsEntry("engram_watchers", 0.0)
          .containsEntry("engram_streams{kind=\"subscribe\"}", 0.0);
    }
  }

  @Test
  void countersMoveWithWhatTheServerDoes() throws Exception {
    start(options().withMetrics(new InetSocketAddress("127.0.0.1", 0)));
    assertThat(scrape())
        .containsEntry("engram_leases", 0.0)
        .containsEntry("engram_steps_total", 0.0);
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      client.send(
          Request.newBuilder()
              .setChip(chip)
              .setSubscribe(SubscribeRequest.newBuilder().setPopulation("mouth").setCredit(1)));
      client.call(RawClient.run(chip, 4));
      var inject =
          InjectRequest.newBuilder()
              .setPopulation("ear")
              .setNeurons(Columns.ofInts(0, 1, 2))
              .setSteps(Columns.ofLongs(new long[] {1, 5, 6}, 3))
              .setLate(LatePolicy.LATE_POLICY_NEXT_STEP);
      client.call(Request.newBuilder().setChip(chip).setInject(inject));
      client.call(
          Request.newBuilder()
              .setChip(chip)
              .setRun(RunRequest.newBuilder().setSteps(6).setStepUs(100)));
      client.refused(Request.newBuilder().setChip(99).setInject(inject));
      var seen = scrape();
      assertThat(seen)
          .containsEntry("engram_leases", 1.0)
          .containsEntry("engram_sessions", 1.0)
          .containsEntry("engram_steps_total", 10.0)
          .containsEntry("engram_events_injected_total", 3.0)
          .containsEntry("engram_events_late_total", 1.0)
          .containsEntry("engram_events_sent_total", 1.0)
          .containsEntry("engram_requests_total{call=\"inject\"}", 2.0)
          .containsEntry("engram_requests_total{call=\"run\"}", 2.0)
          .containsEntry("engram_failures_total{call=\"inject\",code=\"NOT_FOUND\"}", 1.0)
          .containsEntry("engram_step_lateness_seconds_count", 6.0);
      assertThat(seen).containsKey("engram_deadlines_missed_total");
    }
  }

  @Test
  void whatFaultsDoIsCounted() throws Exception {
    start(options().withMetrics(new InetSocketAddress("127.0.0.1", 0)));
    try (var client = client()) {
      int chip = client.leaseWith(Networks.STORM);
      var flip = Fault.newBuilder();
      flip.getRandomFlipsBuilder().setCount(9);
      flip.getRandomFlipsBuilder()
          .getMemoryBuilder()
          .getFieldBuilder()
          .setPopulation("rain")
          .setField("x");
      client.call(
          Request.newBuilder()
              .setChip(chip)
              .setInjectFaults(InjectFaultsRequest.newBuilder().addFaults(flip)));
      assertThat(scrape()).containsEntry("engram_fault_bits_flipped_total", 9.0);
      client.call(RawClient.loadYaml(chip, Networks.DICE));
      var loss = Fault.newBuilder();
      loss.getPacketLossBuilder().setProbability(1L << 32).setFromStep(0).setUntilStep(4);
      var dead = Fault.newBuilder();
      dead.getDeadCoreBuilder().setCore(1).setFromStep(6);
      client.call(
          Request.newBuilder()
              .setChip(chip)
              .setInjectFaults(InjectFaultsRequest.newBuilder().addFaults(loss).addFaults(dead)));
      var run = client.call(RawClient.run(chip, 10)).getRun();
      assertThat(run.getLostEvents()).isPositive();
      assertThat(run.getDroppedEvents()).isPositive();
      assertThat(scrape())
          .containsEntry("engram_fault_events_lost_total", (double) run.getLostEvents())
          .containsEntry("engram_fault_events_dropped_total", (double) run.getDroppedEvents())
          .containsEntry("engram_fault_bits_flipped_total", 9.0);
    }
  }
}
