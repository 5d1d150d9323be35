package engram.cli.bench.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import engram.cli.common.CommandException;
import engram.client.Engram;
import engram.client.LatePolicy;
import engram.client.Overflow;
import engram.client.RemoteChip;
import engram.client.RunOptions;
import engram.client.RunResult;
import engram.client.SubscribeOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/// A robot's loop: a chip that takes a millisecond a step, 100 events in a step, and the time until
/// the events that answer them are back. What is injected waits for the next step, which answers
/// it. A client that sends as soon as it has the last answer, so that each step gets its events,
/// waits a whole millisecond; one that sends at any time waits half of it.
final class PacedCase implements HostCase {
  private static final int NEURONS = 1000;
  private static final int EVENTS = 100;
  private static final long STEP_NANOS = 1_000_000;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @Override
  public String name() {
    return "paced";
  }

  @Override
  public void measure(int rounds, boolean quick, ObjectNode result) throws IOException {
    int steps = quick ? 200 : 10_000;
    try (var server = new ServerProcess();
        var connection = Engram.connect(server.uri());
        var chip = connection.lease("engram-1")) {
      chip.load(Networks.echo(NEURONS));
      var paced = RunOptions.untilStopped().paced(Duration.ofNanos(STEP_NANOS));
      // At a thousand steps a second the compilers of both sides would be at work for minutes.
      loop(chip, RunOptions.untilStopped(), quick ? 100 : 50_000, true);
      loop(chip, paced, quick ? 100 : 20_000, true);
      loop(chip, paced, steps, true).put(result, "");
      loop(chip, paced, steps, false).put(result, "any_time_");
    }
  }

  /// Sends, waits for the answer, and sends again.
  ///
  /// @param eachStep send at once, else at any time within the next step's length
  private static Outcome loop(RemoteChip chip, RunOptions how, int steps, boolean eachStep) {
    double[] micros = new double[steps];
    int[] neurons = new int[EVENTS];
    var options = SubscribeOptions.of(Networks.OUT).withOverflow(Overflow.FAIL);
    try (var stream = chip.subscribe(options);
        var injector = chip.injector(Networks.IN, LatePolicy.NEXT_STEP)) {
      var run = chip.runAsync(how);
      var random = new Random(1);
      for (int i = 0; i < steps; i++) {
        for (int e = 0; e < EVENTS; e++) {
          neurons[e] = (i + e * (NEURONS / EVENTS)) % NEURONS;
        }
        long sent = System.nanoTime();
        injector.inject(neurons);
        int taken = 0;
        while (taken < EVENTS) {
          taken +=
              stream
                  .next(PATIENCE)
                  .orElseThrow(() -> CommandException.failed("no events came"))
                  .size();
        }
        long answered = System.nanoTime();
        micros[i] = (answered - sent) * 1e-3;
        long wait = eachStep ? 0 : random.nextLong(STEP_NANOS);
        for (long left = wait; left > 0; left = answered + wait - System.nanoTime()) {
          LockSupport.parkNanos(left > 100_000 ? left - 80_000 : 0);
          Thread.onSpinWait();
        }
      }
      run.stop();
      return new Outcome(micros, run.result());
    }
  }

  /// @param micros from each injection to its answer
  private record Outcome(double[] micros, RunResult run) {
    void put(ObjectNode result, String prefix) {
      result.put(prefix + "p50_us", quantile(micros, 0.5));
      result.put(prefix + "p99_us", quantile(micros, 0.99));
      result.put(prefix + "worst_us", quantile(micros, 1));
      result.put(prefix + "missed_share", (double) run.missedDeadlines() / run.steps());
    }
  }

  /// The smallest value that a share of all do not exceed.
  private static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[Math.clamp((int) Math.ceil(share * sorted.length) - 1, 0, sorted.length - 1)];
  }
}
