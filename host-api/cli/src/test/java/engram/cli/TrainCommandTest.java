package engram.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainCommandTest {
  private static final List<String> COSTS =
      List.of(
          "synaptic_operations",
          "forward_synaptic_operations",
          "backward_synaptic_operations",
          "learning_synaptic_operations",
          "timesteps",
          "cycles",
          "network_cycles",
          "host_cycles",
          "energy_joules",
          "energy_missing",
          "energy_known_joules");

  @TempDir static Path folder;
  private static Cli cli;
  private static Path mini;
  private static JsonNode plain;

  @BeforeAll
  static void writeData() throws IOException {
    cli = new Cli(folder);
    mini = MiniSet.STANDARD.write(folder.resolve("mini"));
    plain = train().json();
  }

  private static Cli.Outcome train(Object... options) {
    return trainFor(2, options);
  }

  private static Cli.Outcome trainFor(int epochs, Object... options) {
    var arguments = new ArrayList<Object>();
    arguments.addAll(List.of("train", mini, "--hidden", 16, "--epochs", epochs, "--json"));
    arguments.addAll(List.of(options));
    return cli.run(arguments.toArray());
  }

  private static String digest(JsonNode json) {
    return json.get("state_digest").asText();
  }

  @Test
  void learns() {
    assertThat(plain.get("test_accuracy").asDouble()).isBetween(0.8, 1.0);
  }

  @Test
  void jsonHasEveryResult() {
    for (String prefix : List.of("", "train_", "test_")) {
      for (String cost : COSTS) {
        assertThat(plain.has(prefix + cost)).as(prefix + cost).isTrue();
      }
      assertThat(plain.get(prefix + "energy_joules").asDouble()).isPositive();
      assertThat(plain.get(prefix + "energy_known_joules"))
          .isEqualTo(plain.get(prefix + "energy_joules"));
      assertThat(plain.get(prefix + "energy_missing")).isEmpty();
      assertThat(plain.get(prefix + "synaptic_operations").asLong())
          .isEqualTo(
              plain.get(prefix + "forward_synaptic_operations").asLong()
                  + plain.get(prefix + "backward_synaptic_operations").asLong());
    }
    for (String cost : List.of("timesteps", "cycles", "synaptic_operations")) {
      assertThat(plain.get(cost).asLong())
          .isEqualTo(plain.get("train_" + cost).asLong() + plain.get("test_" + cost).asLong())
          .isPositive();
    }
    assertThat(plain.get("test_learning_synaptic_operations").asLong()).isZero();
    assertThat(plain.get("train_learning_synaptic_operations").asLong()).isPositive();
    // Two layers behind the input: six steps after each epoch until all updates are in.
    assertThat(plain.get("train_timesteps").asLong()).isEqualTo(2 * (240 * 16 + 6));
    assertThat(plain.get("test_timesteps").asLong()).isEqualTo(60 * 64 + 6);
    assertThat(plain.get("samples_per_second").asDouble()).isPositive();
    assertThat(plain.get("wall_seconds").asDouble()).isPositive();
    assertThat(plain.get("cores_used").asInt()).isEqualTo(3);
    assertThat(digest(plain)).matches("[0-9a-f]{64}");
    assertThat(plain.get("cost_digest").asText()).matches("[0-9a-f]{64}");
    assertThat(plain.get("epochs_done")).hasSize(2);
  }

  @Test
  void jsonHasEverySettingInForce() {
    assertThat(plain.get("dataset").asText()).isEqualTo(mini.toString());
    assertThat(plain.get("hidden").toString()).isEqualTo("[16]");
    assertThat(plain.get("steps").asInt()).isEqualTo(16);
    assertThat(plain.get("epochs").asInt()).isEqualTo(2);
    assertThat(plain.get("weight_bits").asInt()).isEqualTo(12);
    assertThat(plain.get("fraction_bits").asInt()).isEqualTo(10);
    assertThat(plain.get("membrane").asText()).isEqualTo("memoryless");
    assertThat(plain.get("rate_decay").asDouble()).isEqualTo(0.9);
    assertThat(plain.get("init_scale").asDouble()).isEqualTo(1.0);
    assertThat(plain.get("quiet_steps").asInt()).isZero();
    assertThat(plain.get("test_steps").asInt()).isEqualTo(64);
    assertThat(plain.get("train_samples").asInt()).isEqualTo(240);
    assertThat(plain.get("test_samples").asInt()).isEqualTo(60);
    assertThat(plain.get("seed").asLong()).isEqualTo(1);
    assertThat(plain.get("chip").asText()).isEqualTo("engram-1");
    assertThat(plain.get("engine").asText()).isEqualTo("compiled");
    assertThat(plain.get("threads").asInt()).isEqualTo(1);
    assertThat(plain.get("noc").asText()).isEqualTo("analytic");
    assertThat(plain.get("version").asText()).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
  }

  @Test
  void jsonGoesToStandardOutputAndProgressToStandardError() {
    var outcome = train("--report", folder.resolve("report"));
    outcome.json();
    assertThat(outcome.err())
        .contains("240 training and 60 test images", "recipe: hidden 16, 16 steps, 2 epochs")
        .contains("epoch 1/2: ", "epoch 2/2: ")
        .contains("report         " + folder.resolve("report/index.html").toUri());
  }

  @Test
  void peopleGetAListOfResults() {
    var outcome = cli.run("train", mini, "--hidden", 16, "--epochs", 1, "--quiet").succeeds();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .contains("network        64-16-10, 12-bit weights with 10 fraction bits")
        .containsPattern("test accuracy  [0-9.]+ % \\(60 images, 64 steps each, learning off\\)")
        .containsPattern("timesteps      7,692\n")
        .containsPattern("chip cycles    [0-9,]+ \\([0-9.]+ s on engram-1\\)\n")
        .containsPattern("chip energy    [0-9.e-]+ J, modelled")
        .containsPattern("wall time      [0-9.]+ s")
        .containsPattern("state digest   [0-9a-f]{64}\ncost digest    [0-9a-f]{64}\n");
    assertThat(outcome.out().lines()).allMatch(line -> line.length() < 80);
  }

  @Test
  void aSecondRunGivesTheSameDigests() {
    var again = train().json();
    assertThat(digest(again)).isEqualTo(digest(plain));
    assertThat(again.get("cost_digest")).isEqualTo(plain.get("cost_digest"));
    assertThat(again.get("test_accuracy")).isEqualTo(plain.get("test_accuracy"));
  }

  @Test
  void threadsChangeNoDigest() {
    var two = train("--threads", 2).json();
    assertThat(digest(two)).isEqualTo(digest(plain));
    assertThat(two.get("cost_digest")).isEqualTo(plain.get("cost_digest"));
    assertThat(two.get("test_accuracy")).isEqualTo(plain.get("test_accuracy"));
  }

  @Test
  void enginesChangeNoDigest() {
    var compiled = train("--engine", "compiled").json();
    assertThat(compiled.get("engine").asText()).isEqualTo("compiled");
    assertThat(digest(compiled)).isEqualTo(digest(plain));
    assertThat(compiled.get("cost_digest")).isEqualTo(plain.get("cost_digest"));
    assertThat(compiled.get("test_accuracy")).isEqualTo(plain.get("test_accuracy"));
  }

  @Test
  void theFidelityOfTheNetworkChangesCyclesAndNoState() {
    var flit = train("--noc", "flit").json();
    assertThat(digest(flit)).isEqualTo(digest(plain));
    assertThat(flit.get("test_accuracy")).isEqualTo(plain.get("test_accuracy"));
    assertThat(flit.get("cycles")).isNotEqualTo(plain.get("cycles"));
  }

  @Test
  void anOtherSeedIsAnOtherRun() {
    assertThat(digest(train("--seed", 2).json())).isNotEqualTo(digest(plain));
  }

  @Test
  void twoHiddenLayersLearnToo() {
    var outcome =
        cli.run("train", mini, "--hidden", "16,12", "--epochs", 3, "--json", "--quiet").json();
    assertThat(outcome.get("hidden").toString()).isEqualTo("[16,12]");
    assertThat(outcome.get("test_accuracy").asDouble()).isBetween(0.8, 1.0);
    assertThat(outcome.get("cores_used").asInt()).isEqualTo(4);
  }

  @Test
  void gzippedFilesAreTheSameImages() throws IOException {
    Path gzipped = MiniSet.STANDARD.writeGzipped(folder.resolve("gzipped"));
    var json = cli.run("train", gzipped, "--hidden", 16, "--epochs", 2, "--json").json();
    assertThat(digest(json)).isEqualTo(digest(plain));
  }

  @Test
  void aRunThatIsTakenUpInANewProcessEndsAsOneThatWasNotCut()
      throws IOException, InterruptedException {
    Path snapshot = folder.resolve("half.snapshot");
    trainFor(1, "--save", snapshot).succeeds();
    var resumed =
        cli.process("train", "--resume", snapshot, "--epochs", 2, "--json", "--quiet").json();
    assertThat(digest(resumed)).isEqualTo(digest(plain));
    assertThat(resumed.get("test_accuracy")).isEqualTo(plain.get("test_accuracy"));
    assertThat(resumed.get("train_timesteps").asLong()).isEqualTo(240 * 16 + 6);
    assertThat(resumed.get("hidden")).isEqualTo(plain.get("hidden"));
  }

  @Test
  void aRunCanBeTakenUpFromAnyFolder() throws IOException, InterruptedException {
    Path snapshot = folder.resolve("relative.snapshot");
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    var saving =
        cli.command("train", "mini", "--hidden", 4, "--epochs", 0, "--save", "relative.snapshot")
            .directory(folder.toFile());
    Cli.outcome(saving).succeeds();
    var resuming =
        cli.command("train", "--resume", snapshot, "--json").directory(elsewhere.toFile());
    assertThat(Cli.outcome(resuming).json().get("dataset").asText())
        .isEqualTo(mini.toRealPath().toString());
  }

  @Test
  void noEpochsAreARunToo() {
    var json = trainFor(0).json();
    assertThat(json.get("samples_per_second").asDouble()).isZero();
    assertThat(json.get("train_timesteps").asLong()).isZero();
    assertThat(json.get("epochs_done")).isEmpty();
  }
}
