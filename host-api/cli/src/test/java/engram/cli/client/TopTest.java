package engram.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import engram.client.RunOptions;
import engram.client.SubscribeOptions;
import engram.protocol.v1.ActivityResponse;
import engram.protocol.v1.Cost;
import engram.protocol.v1.DescribeResponse;
import engram.protocol.v1.OverflowPolicy;
import engram.protocol.v1.StreamKind;
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
    return new Glance(
        seconds * 1_000_000_000,
        1_500_000,
        "engram-1-1",
        chip.build(),
        cost.build(),
        activity(steps));
  }

  /// Two of three steps were paced, and took 300 us, 12 us late.
  private static ActivityResponse activity(long steps) {
    return ActivityResponse.newBuilder()
        .setRunning(true)
        .setPace(
            ActivityResponse.Pace.newBuilder()
                .setStepUs(1000)
                .setSteps(2 * steps / 3)
                .setMissedDeadlines(steps / 1000)
                .setLatenessUs(12 * (2 * steps / 3))
                .setWorstLatenessUs(230)
                .setBusyUs(300 * (2 * steps / 3)))
        .setWaitingEvents(40)
        .setLateEvents(31)
        .setDroppedEvents(7)
        .setCoalescedEvents(5)
        .setLost(1_002)
        .addStreams(
            ActivityResponse.Stream.newBuilder()
                .setKind(StreamKind.STREAM_KIND_EVENTS)
                .setAbout("mouth.spike")
                .setOverflow(OverflowPolicy.OVERFLOW_POLICY_BLOCK)
                .setCredit(65_536)
                .setDrives(true))
        .addStreams(
            ActivityResponse.Stream.newBuilder()
                .setKind(StreamKind.STREAM_KIND_PROBE)
                .setAbout("a-population-with-a-long-name.v")
                .setOverflow(OverflowPolicy.OVERFLOW_POLICY_DROP)
                .setCredit(Long.MAX_VALUE - 5)
                .setLost(1_002))
        .build();
  }

  private static Glance with(ActivityResponse.Builder activity) {
    return new Glance(
        AFTER.nanos(), 0, AFTER.lease(), AFTER.chip(), AFTER.cost(), activity.build());
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
    assertThat(json.get("waits").asBoolean()).isFalse();
    assertThat(json.at("/pace/step_us").asInt()).isEqualTo(1000);
    assertThat(json.at("/pace/late_us").asDouble()).isEqualTo(12);
    assertThat(json.at("/pace/busy_us").asDouble()).isEqualTo(300);
    assertThat(json.at("/pace/worst_lateness_us").asInt()).isEqualTo(230);
    assertThat(json.at("/pace/missed_deadlines").asInt()).isEqualTo(3);
    assertThat(json.get("events").toString())
        .isEqualTo("{\"waiting\":40,\"late\":31,\"dropped\":7,\"coalesced\":5,\"lost\":1002}");
    assertThat(json.at("/streams/0").toString())
        .isEqualTo(
            "{\"kind\":\"events\",\"of\":\"mouth.spike\",\"credit\":65536,\"lost\":0,"
                + "\"overflow\":\"block\",\"blocks\":false,\"drives\":true}");
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
        .hasSize(20)
        .allSatisfy(line -> assertThat(line.length()).isLessThan(40));
    assertThat(Pulse.between(BEFORE, AFTER).lines(80))
        .contains(
            "core    0   25 %  [##########..............................]",
            "core    2   50 %  [####################....................]");
  }

  @Test
  void aTerminalShowsPaceEventsAndStreams() {
    assertThat(Pulse.between(BEFORE, AFTER).lines(80))
        .containsSubsequence(
            "pace               1,000  us a step, of which the chip takes 300.0",
            "late                12.0  us a paced step, 230 at worst",
            "missed                 3  deadlines of 2,000 so far",
            "events                31  late so far, of them dropped 7",
            "                       5  coalesced",
            "                   1,002  lost by streams",
            "                      40  waiting for their step",
            "stream  of                              credit         lost  when none is left",
            "events  mouth.spike                     65,536            0  block",
            "probe   a-population-with-a-l~       unlimited        1,002  drop")
        .allSatisfy(line -> assertThat(line.length()).isLessThan(80));
  }

  @Test
  void whatAChipWaitsForIsTold() {
    var activity = activity(0).toBuilder().setWaits(true).clearPace();
    assertThat(Pulse.between(BEFORE, with(activity)).lines(80))
        .contains(
            "step               3,005  waiting for samples",
            "pace                   -  as fast as can be");
    activity.getStreamsBuilder(0).setCredit(0).setBlocks(true);
    assertThat(Pulse.between(BEFORE, with(activity)).lines(80))
        .contains(
            "step               3,005  held up by a stream",
            "events  mouth.spike                          0            0  HOLDS THE CHIP UP");
  }

  @Test
  void ofManyStreamsTheFirstAreShown() {
    var activity = ActivityResponse.newBuilder();
    for (int i = 0; i < 11; i++) {
      activity.addStreams(
          ActivityResponse.Stream.newBuilder()
              .setKind(StreamKind.STREAM_KIND_UDP_INPUT)
              .setAbout("ear" + i));
    }
    var lines = Pulse.between(BEFORE, with(activity)).lines(80);
    assertThat(lines).endsWith("3 streams more");
    assertThat(lines.get(lines.size() - 2)).startsWith("udp in  ear7 ");
  }

  @Test
  void aChipOfManyCoresShowsTheBusiest() {
    var lines = Pulse.between(glance(1, 1, 1, 40, 0), glance(2, 2, 10_000, 40, 10)).lines(80);
    assertThat(lines).hasSize(15 + 16 + 1 + 3).contains("24 cores more, none busier");
    assertThat(lines.get(15)).startsWith("core   48 ");
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
        assertThat(json.get("streams").isEmpty()).isTrue();
        try (var stream = chip.subscribe(SubscribeOptions.of("mouth").withCredit(77))) {
          assertThat(stream.isOver()).isFalse();
          assertThat(chip.describe().getRunning()).isTrue();
          assertThat(chips.client("top", "--once", "--interval", 0.01).succeeds().out())
              .contains("  network echo\n", "steps/s\n", "core    0 ", "lost by streams\n")
              .containsPattern("\nevents  mouth.spike +77 +0  drop\n");
        }
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
