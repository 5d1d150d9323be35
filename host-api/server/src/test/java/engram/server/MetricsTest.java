package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import engram.protocol.Columns;
import engram.protocol.v1.InjectRequest;
import engram.protocol.v1.LatePolicy;
import engram.protocol.v1.Request;
import engram.protocol.v1.RunRequest;
import engram.protocol.v1.SubscribeRequest;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What Prometheus reads moves with what the server does.
class MetricsTest extends ServerTest {
  private Map<String, Double> scrape() throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var uri = URI.create("http://127.0.0.1:" + server().metricsPort() + "/metrics");
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
}
