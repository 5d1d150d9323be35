package engram.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import engram.cli.Cli.Outcome;
import engram.cli.train.TrainCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// Every option of `train` changes something that can be seen.
final class TrainOptionsTest {
  @TempDir static Path folder;
  private static Cli cli;
  private static Path mini;
  private static Outcome plain;
  private static Map<String, Runnable> effects;

  @BeforeAll
  static void runWithoutOptions() throws IOException {
    cli = new Cli(folder);
    mini = new MiniSet(8, 4, 60, 12).write(folder.resolve("mini"));
    // Two cores at least, so that two threads have something to share.
    plain = run("--hidden", "8");
    effects = effects();
  }

  /// A run that every option is compared with: two epochs of 40 samples.
  private static Outcome run(String... options) {
    var values = new HashMap<String, String>();
    values.put("--hidden", "8");
    values.put("--epochs", "2");
    values.put("--train-samples", "40");
    values.put("--json", "");
    for (int i = 0; i < options.length; i += 2) {
      values.put(options[i], options[i + 1]);
    }
    var arguments = new ArrayList<Object>(List.of("train", mini));
    values.forEach((name, value) -> {
      if (!value.equals("off")) {
        arguments.add(name);
      }
      if (!value.isEmpty() && !value.equals("off")) {
        arguments.add(value);
      }
    });
    return cli.run(arguments.toArray());
  }

  private static JsonNode json(String... options) {
    return run(options).json();
  }

  /// The chip learns something else.
  private static Runnable state(String... options) {
    return () ->
        assertThat(json(options).get("state_digest"))
            .isNotEqualTo(plain.json().get("state_digest"));
  }

  /// A result differs, and the chip learns the same.
  private static Runnable result(String key, String... options) {
    return () -> {
      var json = json(options);
      assertThat(json.get(key)).isNotEqualTo(plain.json().get(key));
      assertThat(json.get("state_digest")).isEqualTo(plain.json().get("state_digest"));
    };
  }

  private static Map<String, Runnable> effects() {
    var effects = new HashMap<String, Runnable>();
    effects.put("--recipe", state("--recipe", "fashion-mnist"));
    effects.put("--hidden", state("--hidden", "9"));
    effects.put("--steps", state("--steps", "15"));
    effects.put("--epochs", state("--epochs", "1"));
    effects.put("--weight-bits", state("--weight-bits", "5"));
    effects.put("--fraction-bits", state("--fraction-bits", "9"));
    effects.put("--membrane", state("--membrane", "average:2"));
    effects.put("--rate-decay", state("--rate-decay", "0.5"));
    effects.put("--init-scale", state("--init-scale", "0.5"));
    effects.put("--quiet-steps", state("--quiet-steps", "3"));
    effects.put("--test-steps", result("test_timesteps", "--test-steps", "40"));
    effects.put(
        "--chip",
        () -> run("--chip", "loihi-2").isRefused(3, "network ssnn-bp is refused by loihi-2:"));
    effects.put("--engine", result("engine", "--engine", "reference"));
    effects.put(
        "--threads", () -> assertThat(threadsStarted("2")).isGreaterThan(threadsStarted("1")));
    effects.put("--noc", result("cycles", "--noc", "flit"));
    effects.put("--train-samples", state("--train-samples", "41"));
    effects.put("--test-samples", result("test_timesteps", "--test-samples", "5"));
    effects.put("--seed", state("--seed", "7"));
    effects.put("--save", TrainOptionsTest::saves);
    effects.put("--resume", TrainOptionsTest::resumes);
    effects.put(
        "--report",
        () -> {
          run("--report", folder.resolve("page").toString()).succeeds();
          assertThat(folder.resolve("page/index.html")).isNotEmptyFile();
        });
    effects.put(
        "--profile",
        () ->
            assertThat(run("--profile", "").err())
                .contains("deliver ", "integrate ", "update ", "learn ", "emit ", "network"));
    effects.put(
        "--profile-recording",
        () -> {
          Path file = folder.resolve("run.jfr");
          run("--profile-recording", file.toString()).succeeds();
          assertThat(file).isNotEmptyFile();
        });
    effects.put("--quiet", () -> assertThat(run("--quiet", "").err()).isEmpty());
    effects.put(
        "--json",
        () -> assertThat(run("--json", "off").succeeds().out()).startsWith("network        "));
    effects.put(
        "--help",
        () -> assertThat(cli.run("train", "--help").succeeds().out()).startsWith("Usage: engram"));
    effects.put(
        "--version",
        () -> assertThat(cli.run("train", "--version").succeeds().out()).startsWith("engram "));
    return effects;
  }

  /// The least of some runs: others start threads as well, now and then.
  private static long threadsStarted(String threads) {
    var bean = ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      long before = bean.getTotalStartedThreadCount();
      run("--threads", threads).succeeds();
      least = Math.min(least, bean.getTotalStartedThreadCount() - before);
    }
    return least;
  }

  private static void saves() {
    Path file = folder.resolve("saved");
    run("--save", file.toString()).succeeds();
    try {
      assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).startsWith("ENGRAMSN");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void resumes() {
    Path file = folder.resolve("first");
    run("--epochs", "1", "--save", file.toString()).succeeds();
    var json = cli.run("train", "--resume", file, "--epochs", 2, "--json").json();
    assertThat(json.get("state_digest")).isEqualTo(plain.json().get("state_digest"));
    assertThat(json.get("epochs_done")).hasSize(1);
  }

  @TestFactory
  Stream<DynamicTest> everyOptionHasAnEffect() {
    return options()
        .map(option -> DynamicTest.dynamicTest(option, () -> effects.get(option).run()));
  }

  @Test
  void noOptionIsLeftOut() {
    assertThat(options()).containsExactlyInAnyOrderElementsOf(effects.keySet());
  }

  private static Stream<String> options() {
    return new CommandLine(new TrainCommand())
        .getCommandSpec().options().stream().map(OptionSpec::longestName);
  }
}
