package engram.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import engram.client.Firmware;
import engram.client.RunOptions;
import engram.events.EventBatch;
import engram.events.EventFormats;
import engram.events.EventUnit;
import engram.events.Timesteps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Events from files into chips and out of them.
final class EventFilesTest {
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int REFUSED = 3;

  /// What `docs/events.md` promises of the recordings beside its module.
  private static final Path RECORDING =
      Path.of("../events/src/test/resources/engram/events/n-mnist/605.bs2");

  /// Steps from an injected event to the one that it brings about.
  private static final int LATENCY = 2;

  private static final String RETINA =
      """
      network: retina
      populations:
        eye:    {neurons: 2312, external: true}
        optic:  {neurons: 2312, program: neurons/lif THRESHOLD=64, record: [spike]}
      projections:
        nerve: {from: eye.spike, to: optic.in, weights: s8 q(6) one-to-one 1.0, delay: 3}
      """;

  @TempDir static Path folder;
  private static ServedChips chips;

  @BeforeAll
  static void startServer() throws IOException {
    chips = new ServedChips(folder, 40);
  }

  @AfterAll
  static void stopServer() {
    chips.close();
  }

  private static Path csv(String name, String lines) throws IOException {
    return chips.write(name, "# unit: timesteps\ntime,address\n" + lines);
  }

  private static EventBatch read(Path file, EventUnit unit) throws IOException {
    var events = new EventBatch();
    try (var reader =
        EventFormats.ofFile(file.toString()).reader(Files.newInputStream(file), "it")) {
      assertThat(reader.header().unit()).isEqualTo(unit);
      while (reader.read(events, 1000) > 0) {
        // On.
      }
    }
    return events;
  }

  @Test
  void aRecordingGoesThroughAChip() throws IOException {
    Path network = chips.write("retina.yaml", RETINA);
    Path out = folder.resolve("optic.eev");
    String token = chips.lease();
    chips.client("load", network, "--chip", token).succeeds();
    var recording = read(RECORDING, EventUnit.MICROSECONDS);
    assertThat(chips.client("inject", "eye", RECORDING, "--chip", token).succeeds().out())
        .startsWith(recording.size() + " events injected for steps 0 to ");
    int steps = (int) (recording.time(recording.size() - 1) / 1000) + 1 + LATENCY;
    var recorded =
        chips.client("record", "optic", out, "--steps", steps, "--chip", token).succeeds();
    // A neuron that spikes several times in a step spikes once.
    Timesteps.of(1000).bin(recording);
    var expected = new TreeSet<Long>();
    for (int i = 0; i < recording.size(); i++) {
      expected.add(recording.time(i) + LATENCY << 32 | recording.address(i));
    }
    var found = read(out, EventUnit.TIMESTEPS);
    var seen = new TreeSet<Long>();
    for (int i = 0; i < found.size(); i++) {
      seen.add(found.time(i) << 32 | found.address(i));
    }
    assertThat(seen).isEqualTo(expected).hasSize(found.size()).hasSizeGreaterThan(500);
    assertThat(recorded.out())
        .isEqualTo("%s: %d events of optic%n".formatted(out, expected.size()));
    assertThat(chips.client("info", "--chip", token).out()).contains("step " + steps + ",");

    // As pixels of the same camera again.
    Path pixels = folder.resolve("optic.bs2");
    chips.client("reset", "--chip", token).succeeds();
    chips.client("inject", "eye", RECORDING, "--chip", token).succeeds();
    chips
        .client(
            "record",
            "optic.spike",
            pixels,
            "--steps",
            steps,
            "--step-us",
            1000,
            "--sensor",
            "34x34x2",
            "--chip",
            token)
        .succeeds();
    var again = read(pixels, EventUnit.MICROSECONDS);
    Timesteps.of(1000).bin(again);
    assertThat(again).isEqualTo(found);
  }

  @Test
  void eventsOfAnyOrderKeepTheirSteps() throws IOException {
    String token = chips.loaded();
    Path in = csv("mixed.csv", "4,3\n0,1\n2,2\n0,0\n");
    Path out = folder.resolve("mixed-out.csv");
    assertThat(chips.client("inject", "ear", in, "--chip", token).succeeds().out())
        .isEqualTo("4 events injected for steps 0 to 4\n");
    chips.client("record", "mouth.spike", out, "--steps", 10, "--chip", token).succeeds();
    assertThat(out)
        .hasContent("# unit: timesteps\ntime,address,payload\n2,0,1\n2,1,1\n4,2,1\n6,3,1\n");
  }

  @Test
  void gradedEventsKeepTheirPayload() throws IOException {
    String token = chips.loaded();
    chips.client("inject", "ear", csv("two.csv", "0,2\n6,2\n"), "--chip", token).succeeds();
    chips.client("run", 5, "--chip", token).succeeds();
    chips.client("write", "--register", "gain", 7, "--chip", token).succeeds();
    Path out = folder.resolve("level.csv");
    chips.client("record", "mouth.level", out, "--steps", 10, "--chip", token).succeeds();
    assertThat(out).hasContent("# unit: timesteps\ntime,address,payload\n8,2,7\n");
  }

  @Test
  void aChipMayBeLeasedForOneRecording() throws IOException {
    Path out = folder.resolve("quiet.csv");
    assertThat(
            chips
                .client("record", "mouth", out, "--steps", 5, "--load", chips.network())
                .succeeds()
                .out())
        .isEqualTo(out + ": 0 events of mouth\n");
    assertThat(out).hasContent("# unit: timesteps\ntime,address\n");
  }

  @Test
  void timesCountFromTheNextStep() throws IOException {
    String token = chips.loaded();
    chips.client("run", 10, "--chip", token).succeeds();
    Path in = csv("later.csv", "100,1\n102,2\n");
    assertThat(chips.client("inject", "ear", in, "--chip", token).out())
        .isEqualTo("2 events injected for steps 110 to 112\n");
    assertThat(chips.client("inject", "ear", in, "--from-first", "--chip", token).out())
        .isEqualTo("2 events injected for steps 10 to 12\n");
    assertThat(chips.client("inject", "ear", in, "--at", 20, "--chip", token).out())
        .isEqualTo("2 events injected for steps 120 to 122\n");
    Path micros = chips.write("micros.csv", "time,address\n2400,1\n2600,2\n");
    assertThat(chips.client("inject", "ear", micros, "--chip", token).out())
        .isEqualTo("2 events injected for steps 12 to 12\n");
    assertThat(chips.client("inject", "ear", micros, "--step-us", 500, "--chip", token).out())
        .isEqualTo("2 events injected for steps 14 to 15\n");
  }

  @Test
  void lateEventsFollowThePolicy() throws IOException {
    String token = chips.loaded();
    chips.client("run", 10, "--chip", token).succeeds();
    Path in = csv("late.csv", "5,1\n12,2\n");
    chips
        .client("inject", "ear", in, "--at", 0, "--chip", token)
        .isRefused(FAILED, "step: 5 (expected: at least 10");
    assertThat(
            chips.client("inject", "ear", in, "--at", 0, "--late", "drop", "--chip", token).out())
        .isEqualTo("1 events injected for steps 5 to 12; 1 came late, 1 of them dropped\n");
    assertThat(
            chips
                .client("inject", "ear", in, "--at", 0, "--late", "next-step", "--chip", token)
                .out())
        .isEqualTo("2 events injected for steps 5 to 12; 1 came late, 0 of them dropped\n");
    chips
        .client("inject", "ear", in, "--late", "never", "--chip", token)
        .isRefused(USAGE, "--late: never (expected: reject, next-step or drop)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0,4      | event 1: neuron of ear: 4 (expected: 0 to 3)",
        "-1,0     | event 1: step: -1 (expected: at least 0; --from-first begins at it)",
        "1,x      | line 4: address: 'x'",
      })
  void aBadEventIsToldBeforeAnyIsInjected(String line, String message) throws IOException {
    String token = chips.loaded();
    Path in = csv("bad.csv", "0,1\n" + line + "\n");
    chips.client("inject", "ear", in, "--chip", token).isRefused(FAILED, "bad.csv", message);
    Path out = folder.resolve("after-bad.csv");
    chips.client("record", "mouth", out, "--steps", 10, "--chip", token).succeeds();
    assertThat(out).hasContent("# unit: timesteps\ntime,address\n");
  }

  @Test
  void badPayloadsAreTold() throws IOException {
    String token = chips.loaded();
    Path in = chips.write("loud.csv", "# unit: timesteps\ntime,address,payload\n0,1,40000\n");
    chips
        .client("inject", "ear", in, "--chip", token)
        .isRefused(FAILED, "event 0: payload: 40000 (expected: -32768 to 32767)");
  }

  @Test
  void badFilesAndPopulationsAreTold() throws IOException {
    String token = chips.loaded();
    Path in = csv("good.csv", "0,1\n");
    chips
        .client("inject", "mouth", in, "--chip", token)
        .isRefused(USAGE, "population: mouth (expected: an external one: ear)");
    chips
        .client("inject", "ear", chips.write("a.txt", ""), "--chip", token)
        .isRefused(FAILED, "a.txt: extension (expected: .eev, ");
    chips
        .client("inject", "ear", folder.resolve("absent.csv"), "--chip", token)
        .isRefused(FAILED, "absent.csv: no such file");
    chips
        .client("inject", "ear", chips.write("cut.eev", "ENGRAM"), "--chip", token)
        .isRefused(FAILED, "cut.eev");
    chips
        .client("inject", "ear", in, "--step-us", 0, "--chip", token)
        .isRefused(USAGE, "--step-us: 0");
    chips.client("inject", "ear", in, "--at", -1, "--chip", token).isRefused(USAGE, "--at: -1");
    chips
        .client("inject", "ear", in, "--sensor", "34x34", "--chip", token)
        .isRefused(USAGE, "--sensor: 34x34 (expected: as 34x34x2)");
    String empty = chips.lease();
    chips.client("inject", "ear", in, "--chip", empty).isRefused(FAILED, "nothing is loaded");
  }

  @Test
  void aRecordingThatCannotBeMadeLeavesNothing() throws IOException {
    String token = chips.loaded();
    Path out = folder.resolve("none.csv");
    chips
        .client("record", "ear", out, "--steps", 5, "--chip", token)
        .isRefused(USAGE, "population: ear (expected: one with a program: mouth)");
    chips
        .client("record", "mouth.tooth", out, "--steps", 5, "--chip", token)
        .isRefused(USAGE, "stream of mouth: tooth (expected: one of spike, level)");
    chips.client("record", "mouth", out, "--steps", 0, "--chip", token).isRefused(USAGE, "--steps");
    chips.client("record", "mouth", out, "--chip", token).isRefused(USAGE, "--steps");
    chips
        .client("record", "mouth", folder.resolve("x.aedat4"), "--steps", 5, "--chip", token)
        .isRefused(FAILED, "aedat4: it can be read only");
    chips
        .client("record", "mouth", folder.resolve("x.bs2"), "--steps", 5, "--chip", token)
        .isRefused(FAILED, "slayer: unit: timesteps (expected: microseconds)");
    chips
        .client("record", "mouth", folder.resolve("absent/x.csv"), "--steps", 5, "--chip", token)
        .isRefused(FAILED, "there is no folder");
    assertThat(out).doesNotExist();
    assertThat(folder.resolve("x.bs2")).doesNotExist();
    assertThat(folder.resolve("x.aedat4")).doesNotExist();
    assertThat(chips.client("info", "--chip", token).out()).contains("step 0,");
  }

  @Test
  void aRecordingListensToAChipThatRuns() throws IOException {
    String always = ".program neuron always\n.acc in : s24\n.stream spike\n\n        emit  spike\n";
    try (var connection = chips.connect();
        var chip = connection.lease("engram-1")) {
      chip.load(
          Firmware.network(
              RETINA.replace("neurons/lif THRESHOLD=64", "./always").replace("2312", "4"),
              Map.of("always", always)));
      var run = chip.runAsync(RunOptions.untilStopped().paced(Duration.ofMillis(1)));
      Path out = folder.resolve("overheard.csv");
      var watched = chips.client("record", "optic", out, "--steps", 50, "--lease", chip.lease());
      assertThat(watched.succeeds().out()).isEqualTo(out + ": 200 events of optic\n");
      // The token takes the chip over; its run goes on.
      chips
          .client("record", "optic", out, "--steps", 30, "--chip", chip.reattachToken())
          .succeeds();
      var events = read(out, EventUnit.TIMESTEPS);
      assertThat(events.size()).isEqualTo(120);
      assertThat(events.time(119)).isEqualTo(events.time(0) + 29);
      assertThat(run.isDone()).isFalse();
      run.stop();
      assertThat(run.result().steps()).isGreaterThan(80);
    }
  }

  @Test
  void aChipThatStopsWhileItIsRecordedEndsWith3() throws IOException {
    Path network = chips.write("stop.yaml", ServedChips.NETWORK.replace("./voice", "./stopping"));
    chips.write(
        "stopping.s",
        """
        .program neuron stopping
        .acc    in    : s24 stop hold
        .stream spike
        .stream level graded

                ld    r0, in
                cmpge p1, r0, 64
          (p1)  emit  spike
        """);
    String token = chips.lease();
    chips.client("load", network, "--chip", token).succeeds();
    var lines = new StringBuilder("# unit: timesteps\ntime,address,payload\n");
    for (int step = 0; step < 10; step++) {
      lines.append(step).append(",0,32767\n");
    }
    Path in = chips.write("flood.csv", lines.toString());
    chips.client("inject", "ear", in, "--chip", token).succeeds();
    Path out = folder.resolve("stopped.csv");
    chips
        .client("record", "mouth.spike", out, "--steps", 20, "--chip", token)
        .isRefused(REFUSED, "core 0, step 6, neuron program ");
    assertThat(out).doesNotExist();
  }
}
