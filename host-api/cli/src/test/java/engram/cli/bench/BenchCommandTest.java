package engram.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import engram.cli.Cli;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs every case in sizes that take no time. What a machine measures is never judged here.
final class BenchCommandTest {
  /// Figures of every measurement of a network.
  private static final List<String> OF_A_NETWORK =
      List.of(
          "neurons",
          "synapses",
          "cores",
          "load_seconds",
          "load_cpu_seconds",
          "steps_per_second",
          "cpu_steps_per_second",
          "synaptic_operations_per_step",
          "synaptic_operations_per_second",
          "cpu_synaptic_operations_per_second",
          "ratio_to_interpreter");

  @TempDir static Path folder;
  private static Cli cli;

  @BeforeAll
  static void atHome() {
    cli = new Cli(folder);
    System.setProperty(
        "engram.home",
        Path.of(System.getProperty("basedir", "."), "../..").toAbsolutePath().toString());
  }

  @AfterAll
  static void leave() {
    System.clearProperty("engram.home");
  }

  private static Cli.Outcome bench(Object... options) {
    var arguments = new ArrayList<Object>(List.of("bench", "--quick", "--in-process"));
    arguments.addAll(List.of(options));
    return cli.run(arguments.toArray());
  }

  private static JsonNode measure(String name, Object... options) {
    var arguments = new ArrayList<Object>(List.of("--case", name, "--json", "--rounds", 2));
    arguments.addAll(List.of(options));
    var json = bench(arguments.toArray()).json();
    assertThat(json.get("results")).hasSize(1);
    return json.get("results").get(0);
  }

  static Stream<String> names() {
    return BenchCases.ALL.stream()
        .flatMap(c -> c.variants().stream().map(variant -> c.letter() + ":" + variant));
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyCaseMeasuresWhatItPromises(String name) {
    var result = measure(name, "--threads", 2);
    assertThat(result.get("case").asText() + ":" + result.get("variant").asText()).isEqualTo(name);
    assertThat(result.get("title").asText()).isNotBlank();
    if (name.startsWith("h:")) {
      growth(result);
      return;
    }
    for (String key : OF_A_NETWORK) {
      assertThat(positive(result, key)).as(key).isTrue();
    }
    for (String key : List.of("heap_bytes", "bytes_per_synapse", "bytes_per_neuron")) {
      assertThat(result.path(key).isNumber()).as(key).isTrue();
    }
    assertThat(result.get("state_digest").asText()).matches("[0-9a-f]{64}");
    assertThat(result.get("cost_digest").asText()).matches("[0-9a-f]{64}");
    boolean severalCores = result.get("cores").asInt() > 1;
    assertThat(positive(result, "thread_speedup")).isEqualTo(severalCores);
    assertThat(result.has("samples_per_second")).isEqualTo(name.matches("[ab]:.*"));
    assertThat(result.has("learning_operations_per_second")).isEqualTo(name.matches("[ae]:.*"));
    assertThat(result.has("kernel_ratio_to_c"))
        .isEqualTo(name.startsWith("c:") && CProgram.compiler().isPresent());
    assertThat(result.has("ratio_to_c")).isEqualTo(result.has("kernel_ratio_to_c"));
    assertThat(result.has("flit_ratio_to_analytic")).isEqualTo(name.startsWith("g:"));
  }

  private static boolean positive(JsonNode result, String key) {
    return result.path(key).isNumber() && result.get(key).asDouble() > 0;
  }

  private static void growth(JsonNode result) {
    assertThat(result.get("exponent").isNumber()).isTrue();
    assertThat(result.get("points")).hasSize(4);
    double before = 0;
    for (var point : result.get("points")) {
      assertThat(positive(point, "cpu_seconds_per_step")).isTrue();
      assertThat(point.get("synaptic_operations_per_step").asDouble()).isGreaterThan(before);
      before = point.get("synaptic_operations_per_step").asDouble();
    }
  }

  @Test
  void whatIsComputedDependsOnNothingThatIsMeasured() {
    var result = measure("e:two-tags");
    for (var other :
        List.of(measure("e:two-tags", "--threads", 3), measure("e:two-tags", "--threads", 1))) {
      for (String key : List.of("neurons", "synapses", "cores", "state_digest", "cost_digest")) {
        assertThat(other.get(key)).as(key).isEqualTo(result.get(key));
      }
    }
  }

  @Test
  void saysWhatItRanOn() {
    var json = bench("--case", "h:by-size", "--rounds", 3, "--threads", 5, "--json").json();
    assertThat(json.get("java").asText()).isEqualTo(Runtime.version().toString());
    assertThat(json.get("processor").asText()).isNotBlank();
    assertThat(json.get("processors").asInt()).isPositive();
    assertThat(json.get("heap_limit_bytes").asLong()).isPositive();
    assertThat(json.get("rounds").asInt()).isEqualTo(3);
    assertThat(json.get("threads").asInt()).isEqualTo(5);
    assertThat(json.get("quick").asBoolean()).isTrue();
    assertThat(json.get("left_out")).isEmpty();
    assertThat(json.get("yardstick")).isEmpty();
  }

  @Test
  void oneThreadMeasuresNoSpeedup() {
    assertThat(measure("e:two-tags", "--threads", 1).has("thread_speedup")).isFalse();
  }

  @Test
  void printsATableForPeople() {
    var outcome = bench("--case", "e:two-tags,h,g:49-cores", "--rounds", 1).succeeds();
    assertThat(outcome.out())
        .contains("quick sizes", "case", "M/s", "bytes")
        .containsPattern("(?m)^e:two-tags( +-?[0-9,.]+){8,}$")
        .containsPattern("(?m)^h:by-size: exponent -?[0-9.]+, [0-9,]+ synapses in [0-9.]+ us, ")
        .containsPattern("(?m)^g:49-cores: .*flit_ratio_to_analytic [0-9.]+$");
    assertThat(outcome.err().lines()).anyMatch(l -> l.startsWith("h:by-activity")).hasSize(4);
  }

  @Test
  void takesAMeasurementInAProcessOfItsOwn() {
    var outcome =
        cli.run("bench", "--quick", "--case", "h:by-size", "--rounds", 1, "--json").succeeds();
    growth(outcome.json().get("results").get(0));
    assertThat(outcome.err().lines()).hasSize(1);
  }

  @Test
  void runsWithoutACompiler() throws IOException, InterruptedException {
    var builder = cli.command("bench", "--quick", "--in-process", "--case", "c:4-bit", "--json");
    builder.environment().put("PATH", folder.toString());
    var result = Cli.outcome(builder).json().get("results").get(0);
    assertThat(positive(result, "kernel_operations_per_second")).isTrue();
    assertThat(result.has("ratio_to_c")).isFalse();
  }

  @Test
  void listsAllCases() {
    var out = cli.run("bench", "--list").succeeds().out();
    BenchCases.ALL.forEach(c ->
        assertThat(out).contains(c.letter() + "  " + c.title(), String.join(", ", c.variants())));
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    bench("--case", "z").isRefused(2, "case: z (expected: a to h");
    bench("--case", "a,c:3-bit").isRefused(2, "case: c:3-bit");
    bench("--threads", 0).isRefused(2, "--threads: 0 (expected: 1 to ");
    bench("--rounds", 0).isRefused(2, "--rounds: 0 (expected: 1 to ");
    bench("--scale", 0).isRefused(2, "--scale: 0.0 (expected: more than 0");
  }

  @Test
  void refusesNetworksThatTheHeapHasNoRoomFor() {
    cli.run("bench", "--case", "d", "--scale", 16)
        .isRefused(
            1, "case d:random: its arrays take 1280.0 GB", "ENGRAM_JAVA_OPTS=-Xmx", "--scale");
  }

  @Test
  void saysWhichScaleFitsTheHeap() {
    var random = new RandomNetworkCase();
    var setting = new Setting(false, 1, 1, 1);
    long needed = random.heapBytes(setting);
    assertThat(BenchCommand.obstacle(random, setting, needed)).isEmpty();
    assertThat(BenchCommand.obstacle(random, setting, needed / 4).orElseThrow())
        .contains(
            "its arrays take 5.0 GB, and the heap has room for 1.3 GB", "-Xmx7g", "--scale 0.5");
    assertThat(random.heapBytes(new Setting(false, 1, 1, 0.5))).isEqualTo(needed / 4);
    var large = new LargeChipCase();
    assertThat(BenchCommand.obstacle(large, setting, large.heapBytes(setting) / 4).orElseThrow())
        .contains("--scale 0.25");
  }
}
