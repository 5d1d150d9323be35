package engram.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import engram.client.ProbeOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/// Ctrl-C, on a process of its own.
@Timeout(value = 600, threadMode = ThreadMode.SEPARATE_THREAD)
final class ClientInterruptionTest {
  private static final int INTERRUPTED = 130;

  @TempDir Path folder;
  private ServedChips chips;
  private String token;
  private String lease;

  @BeforeEach
  void startServer() throws IOException {
    chips = new ServedChips(folder, 1);
    token = chips.loaded();
    lease = chips.name(token);
  }

  @AfterEach
  void stopServer() {
    chips.close();
  }

  private Process start(Object... words) throws IOException {
    var builder = chips.cli().command(chips.words(words));
    // A shell that runs the tests in the background lets its children ignore the signal.
    var command =
        new ArrayList<>(
            List.of(
                "python3",
                "-c",
                "import os, signal, sys\n"
                    + "signal.signal(signal.SIGINT, signal.SIG_DFL)\n"
                    + "os.execv(sys.argv[1], sys.argv[1:])"));
    command.addAll(builder.command());
    return builder.command(command).start();
  }

  private static void interrupt(Process process) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor()).isZero();
  }

  /// Waits until somebody runs the chip.
  private void awaitSteps() {
    try (var connection = chips.connect();
        var chip = connection.watch(lease);
        var probe = chip.probe(ProbeOptions.counters())) {
      assertThat(probe.next(Duration.ofSeconds(300))).isPresent();
    }
  }

  @Test
  void endsARunAfterItsStepAndKeepsTheChip() throws Exception {
    var process = start("run", "--until-stopped", "--chip", token);
    awaitSteps();
    interrupt(process);
    assertThat(process.waitFor()).isEqualTo(INTERRUPTED);
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(out).containsPattern("^[0-9]+ steps in .*; step [0-9]+ comes next\n$");
    String step = out.replaceAll(".*step ([0-9]+) comes next\n", "$1");
    assertThat(chips.client("info", "--chip", token).succeeds().out())
        .contains("step " + step + ",")
        .doesNotContain("running");
  }

  @Test
  void endsARecordingWithAWholeFile() throws Exception {
    Path out = folder.resolve("cut.csv");
    var process = start("record", "mouth", out, "--steps", Long.MAX_VALUE / 2, "--chip", token);
    awaitSteps();
    interrupt(process);
    assertThat(process.waitFor()).isEqualTo(INTERRUPTED);
    assertThat(out).hasContent("# unit: timesteps\ntime,address\n");
    chips.client("run", 1, "--chip", token).succeeds();
  }

  @Test
  void endsARecordingThatOnlyListens() throws Exception {
    Path out = folder.resolve("quiet.csv");
    try (var connection = chips.connect()) {
      var process = start("record", "mouth", out, "--steps", 10, "--lease", lease);
      // Its file is there, under another name, while it listens.
      while (process.isAlive() && names().noneMatch(PART)) {
        connection.list();
      }
      interrupt(process);
      assertThat(process.waitFor()).isEqualTo(INTERRUPTED);
    }
    assertThat(out).hasContent("# unit: timesteps\ntime,address\n");
    assertThat(names()).noneMatch(PART);
  }

  /// What lies in the folder now. Only names: a file that is looked at may go the next moment.
  private Stream<String> names() {
    return Stream.of(folder.toFile().list());
  }

  private static final Predicate<String> PART = name -> name.startsWith(".quiet.csv.");

  @Test
  void endsTheLiveViewAndLeavesNothingSwitchedOn() throws Exception {
    var process = start("top", "--interval", 0.01);
    var out = process.inputReader();
    assertThat(out.readLine()).startsWith("step 0, at rest: ");
    interrupt(process);
    assertThat(process.waitFor()).isEqualTo(INTERRUPTED);
    assertThat(out.lines().toList()).allSatisfy(line -> assertThat(line).doesNotContain("\033"));
  }
}
