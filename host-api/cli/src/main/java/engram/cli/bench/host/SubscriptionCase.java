package engram.cli.bench.host;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import engram.cli.common.CommandException;
import engram.cli.common.Median;
import engram.client.Engram;
import engram.client.Overflow;
import engram.client.RunOptions;
import engram.client.SubscribeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Events of a chip that emits as many as the client takes.
final class SubscriptionCase implements HostCase {
  private static final int NEURONS = 8192;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path python;

  /// @param python a Python with the package `engram-client`; null: Java only
  SubscriptionCase(Path python) {
    this.python = python;
  }

  @Override
  public String name() {
    return "subscription";
  }

  @Override
  public void measure(int rounds, boolean quick, ObjectNode result) throws IOException {
    long events = quick ? 100_000 : 20_000_000;
    double[] speeds = new double[rounds];
    try (var server = new ServerProcess()) {
      try (var connection = Engram.connect(server.uri());
          var chip = connection.lease("engram-1")) {
        chip.load(Networks.fountain(NEURONS));
        var options =
            SubscribeOptions.of(Networks.OUT)
                .withOverflow(Overflow.BLOCK)
                .withCredit(1 << 20)
                .withBatches(1 << 16, 16);
        for (int round = -1; round < rounds; round++) {
          long taken = 0;
          long start = System.nanoTime();
          try (var stream = chip.subscribe(options)) {
            var run = chip.runAsync(RunOptions.untilStopped());
            while (taken < events) {
              taken +=
                  stream
                      .next(PATIENCE)
                      .orElseThrow(() -> CommandException.failed("no events came"))
                      .size();
            }
            double seconds = (System.nanoTime() - start) * 1e-9;
            if (round >= 0) {
              speeds[round] = taken / seconds;
            }
            run.stop();
          }
        }
      }
      result.put("events_per_second", Median.of(speeds));
      if (python != null) {
        result.put("python_events_per_second", python(server.uri(), rounds, events));
      }
    }
  }

  private double python(String uri, int rounds, long events) throws IOException {
    String home = System.getProperty("engram.home", ".");
    Path script = Path.of(home, "host-api", "python", "benchmarks", "subscription.py");
    if (!Files.isRegularFile(script)) {
      throw CommandException.failed(script + " is not there: --python wants a checkout");
    }
    var process =
        new ProcessBuilder(
                python.toString(),
                script.toString(),
                uri,
                Integer.toString(NEURONS),
                Integer.toString(rounds),
                Long.toString(events))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String line = process.inputReader().readLine();
    try {
      if (process.waitFor() != 0 || line == null) {
        throw CommandException.failed(python + " " + script + " failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("interrupted");
    }
    return new ObjectMapper().readTree(line).get("events_per_second").asDouble();
  }
}
