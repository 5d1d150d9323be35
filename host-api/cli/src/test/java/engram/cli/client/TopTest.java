package engram.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import engram.client.RunOptions;
import engram.protocol.v1.Cost;
import engram.protocol.v1.DescribeResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How a chip is doing, live.
final class TopTest {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  @TempDir Path folder;

  /// @param cores number of cores; core 2i has the cycles of the i-th, five phases each
  private static Glance glance(long seconds, long steps, long cycles, int cores, int busyCycles) {
    var chip =
        DescribeResponse.newBuilder()
            .setPreset("engram-1")
            .setNetwork("echo")
            .setStep(steps + 5)
            .setRunning(true);
    var cost =
        Cost.newBuilder()
            .setCycles(cycles)
            .putCounts("steps", steps)
            .putCounts("events-emitted", 3 * steps)
            .putCounts("forward-operations", 7 * steps)
            .setEnergyKnownJoules(1e-9 * steps)
            .addEnergyMissing("static");
    for (int core = 0; core < cores; core++) {
      chip.addCores(2 * core);
      for (int phase = 0; phase < 5; phase++) {
        cost.addCoreCycles((long) busyCycles * (core + 1));
      }
    }
    return new Glance(seconds * 1_000_000_000, 1_500_000, "engram-1-1", chip.build(), cost.build());
  }

  private static final Glance BEFORE = glance(10, 1000, 50_000, 2, 0);
  private static final Glance AFTER = glance(12, 3000, 250_000, 2, 10_000);

  @Test
  void ratesAreDifferencesOverTime() throws IOException {
    var json = new ObjectMapper().readTree(Pulse.between(BEFORE, AFTER).json());
    assertThat(json.get("lease").asText()).isEqualTo("engram-1-1");
    assertThat(json.get("step").asInt()).isEqualTo(3005);
    assertThat(json.get("steps").asInt()).isEqualTo(2000);
    assertThat(json.get("seconds").asDouble()).isEqualTo(2);
    assertThat(json.get("steps_per_second").asDouble()).isEqualTo(1000);
    assertThat(json.get("events_per_second").asDouble()).isEqualTo(3000);
    assertThat(json.get("synaptic_operations_per_second").asDouble()).isEqualTo(7000);
    assertThat(json.get("cycles_per_step").asDouble()).isEqualTo(100);
    assertThat(json.get("latency_ms").asDouble()).isEqualTo(1.5);
    assertThat(json.get("joules_per_step").asDouble()).isBetween(0.99e-9, 1.01e-9);
    assertThat(json.get("energy_joules").isNull()).isTrue();
    assertThat(json.get("energy_missing").toString()).isEqualTo("[\"static\"]");
    // 5 phases of 10,000 and 20,000 cycles, out of 200,000.
    assertThat(json.get("cores").toString())
        .isEqualTo("[{\"core\":0,\"load\":0.25},{\"core\":2,\"load\":0.5}]");
  }

  @Test
  void aTerminalGetsBars() {
    assertThat(Pulse.between(BEFORE, AFTER).lines(40))
        .contains(
            "lease engram-1-1  chip engram-1  networ",
            "rate             1,000.0  steps/s",
            "cycles               100  a step",
            "latency              1.5  ms from quest",
            "core    0   25 %  [#####..............]")
        .hasSize(10)
        .allSatisfy(line -> assertThat(line.length()).isLessThan(40));
    assertThat(Pulse.between(BEFORE, AFTER).lines(80))
        .contains(
            "core    0   25 %  [##########..............................]",
            "core    2   50 %  [####################....................]");
  }

  @Test
  void aChipOfManyCoresShowsTheBusiest() {
    var lines = Pulse.between(glance(1, 1, 1, 40, 0), glance(2, 2, 10_000, 40, 10)).lines(80);
    assertThat(lines).hasSize(8 + 16 + 1).endsWith("24 cores more, none busier");
    assertThat(lines.get(8)).startsWith("core   48 ");
  }

  @Test
  void aChipThatBeganAnewShowsNoNegativeRates() {
    var pulse = Pulse.between(AFTER, glance(13, 10, 100, 2, 1));
    assertThat(pulse.line()).startsWith("step 15, running: 0.0 steps/s, 0 events/s, 0 cycles/step");
    assertThat(pulse.json()).doesNotContain("NaN", "Infinity", ":-");
  }

  @Test
  void framesAreDrawnOverEachOther() {
    assertThat(TopCommand.redrawn(0, List.of("a", "b"))).isEqualTo("a\nb\n");
    assertThat(TopCommand.redrawn(2, List.of("c"))).isEqualTo("\r\033[2A\033[Jc\n");
  }

  @Test
  void watchesWithoutDisturbing() throws IOException {
    try (var chips = new ServedChips(folder, 3)) {
      chips.client("top", "--once").isRefused(FAILED, "leases: 0 (expected: one to watch)");
      chips.client("top", "--interval", 0).isRefused(USAGE, "--interval: 0.0");
      chips.client("top", "--interval", "x").isRefused(USAGE, "--interval");
      String token = chips.lease();
      String name = chips.name(token);
      assertThat(chips.client("top", "--once", "--interval", 0.01).succeeds().out())
          .isEqualTo("lease " + name + "  chip engram-1  nothing loaded\n");
      chips.client("load", chips.network(), "--chip", token).succeeds();
      try (var connection = chips.connect()) {
        var chip = connection.reattach(token);
        var run = chip.runAsync(RunOptions.untilStopped());
        var json = chips.client("top", "--once", "--json", "--interval", 0.2).json();
        assertThat(json.get("running").asBoolean()).isTrue();
        assertThat(json.get("steps_per_second").asDouble()).isPositive();
        assertThat(json.get("cycles_per_step").asDouble()).isPositive();
        assertThat(json.at("/cores/0/load").asDouble()).isBetween(0.01, 1.0);
        assertThat(chips.client("top", "--once", "--interval", 0.01).succeeds().out())
            .contains("  network echo\n", "steps/s\n", "core    0 ");
        run.stop();
        assertThat(run.result().steps()).isPositive();
        chip.detach();
      }
      String other = chips.name(chips.lease());
      chips
          .client("top", "--once")
          .isRefused(
              FAILED, "leases: 2 (expected: --lease with one of " + name + ", " + other + ")");
      chips.client("top", "--once", "--lease", "nobody").isRefused(FAILED, "lease: nobody");
      assertThat(chips.client("top", "--once", "--lease", other, "--interval", 0.01).out())
          .contains("lease " + other);
    }
  }
}
