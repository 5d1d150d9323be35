package engram.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/// Ctrl-C, on a process of its own.
@Timeout(value = 600, threadMode = ThreadMode.SEPARATE_THREAD)
final class InterruptionTest {
  private static final Pattern WHERE = Pattern.compile("interrupted in epoch ([0-9]+) after");

  @TempDir static Path folder;
  private static Cli cli;
  private static Path mini;

  @BeforeAll
  static void writeData() throws IOException {
    cli = new Cli(folder);
    mini = MiniSet.STANDARD.write(folder.resolve("mini"));
  }

  private record Interrupted(int code, String out, String err) {
    /// The epoch that it was in, counted from 1.
    int epoch() {
      var matcher = WHERE.matcher(err);
      assertThat(matcher.find()).as(err).isTrue();
      return Integer.parseInt(matcher.group(1));
    }
  }

  /// Lets a run that would take hours come to its second epoch, then presses Ctrl-C.
  private static Interrupted interrupt(Object... options) throws Exception {
    var arguments = new ArrayList<Object>();
    arguments.addAll(List.of("train", mini, "--hidden", 16, "--epochs", 100_000));
    arguments.addAll(List.of("--test-samples", 1));
    arguments.addAll(List.of(options));
    var builder = cli.command(arguments.toArray());
    // A shell that runs the tests in the background lets its children ignore the signal.
    builder
        .command()
        .addAll(
            0,
            List.of(
                "python3",
                "-c",
                "import os, signal, sys\n"
                    + "signal.signal(signal.SIGINT, signal.SIG_DFL)\n"
                    + "os.execv(sys.argv[1], sys.argv[1:])"));
    var process = builder.start();
    try (BufferedReader err = process.errorReader()) {
      var lines = new ArrayList<String>();
      for (String line = err.readLine(); line != null; line = err.readLine()) {
        lines.add(line);
        if (line.startsWith("epoch 1/")) {
          assertThat(new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor())
              .isZero();
        }
      }
      String out = process.inputReader().lines().collect(Collectors.joining("\n"));
      return new Interrupted(process.waitFor(), out, String.join("\n", lines));
    } finally {
      if (process.isAlive()) {
        process.destroyForcibly();
        fail("it went on");
      }
    }
  }

  @Test
  void endsAtASampleBoundarySavesAndExits130() throws Exception {
    Path snapshot = folder.resolve("cut.snapshot");
    Path recording = folder.resolve("cut.jfr");
    var cut = interrupt("--save", snapshot, "--json", "--profile-recording", recording);
    assertThat(cut.code()).isEqualTo(130);
    assertThat(cut.out()).isEmpty();
    assertThat(cut.err()).endsWith("; saved to " + snapshot);
    assertThat(recording).doesNotExist();
    int epochs = cut.epoch();
    var resumed = cli.run("train", "--resume", snapshot, "--epochs", epochs, "--json").json();
    var undisturbed = cli.run("train", mini, "--hidden", 16, "--epochs", epochs, "--json").json();
    assertThat(resumed.get("state_digest")).isEqualTo(undisturbed.get("state_digest"));
    assertThat(resumed.get("test_accuracy")).isEqualTo(undisturbed.get("test_accuracy"));
  }

  @Test
  void savesNothingThatItWasNotAskedTo() throws Exception {
    var before = Cli.tree(folder);
    var cut = interrupt("--threads", 2);
    assertThat(cut.code()).isEqualTo(130);
    assertThat(cut.err()).endsWith("; nothing saved (no --save)");
    assertThat(Cli.tree(folder)).isEqualTo(before);
  }
}
