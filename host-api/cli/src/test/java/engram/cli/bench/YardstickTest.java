package engram.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import engram.cli.Cli;
import engram.cli.MiniSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class YardstickTest {
  /// Claims a speed of 100 samples a second for each hidden neuron.
  private static final String CLAIMS =
      """
      #include <stdio.h>
      #include <stdlib.h>
      int main(int argc, char **argv) {
        if (argc != 5 || atoi(argv[3]) != 16 || atoi(argv[4]) != 1) return 1;
        printf("epoch 1 test 97.00 %% training %d samples/s\\n", 100 * atoi(argv[2]));
        return 0;
      }
      """;

  @TempDir Path folder;
  private Path images;

  @BeforeEach
  void writeImages() throws IOException {
    images = new MiniSet(8, 10, 40, 10).write(folder.resolve("mini"));
  }

  private Cli.Outcome bench(Object... options) {
    var arguments = new ArrayList<Object>(List.of("bench", "--rounds", 2, "--yardstick", images));
    arguments.addAll(List.of(options));
    return new Cli(folder).run(arguments.toArray());
  }

  private Path source(String text) throws IOException {
    return Files.writeString(folder.resolve("loop.c"), text);
  }

  private static void needsCompiler() {
    assumeTrue(CProgram.compiler().isPresent(), "no C compiler here");
  }

  @Test
  void comparesTrainingWithALoopInC() throws IOException {
    needsCompiler();
    var json = bench("--yardstick-source", source(CLAIMS), "--threads", 2, "--json").json();
    assertThat(json.get("results")).isEmpty();
    assertThat(json.get("yardstick")).hasSize(2);
    var small = json.get("yardstick").get(0);
    var large = json.get("yardstick").get(1);
    assertThat(small.get("network").asText()).isEqualTo("64-128-10");
    assertThat(large.get("network").asText()).isEqualTo("64-512-10");
    assertThat(small.get("c_cpu_samples_per_second").asDouble()).isCloseTo(12_800, within());
    assertThat(large.get("c_cpu_samples_per_second").asDouble()).isCloseTo(51_200, within());
    for (var one : List.of(small, large)) {
      assertThat(one.get("samples_per_second").asDouble()).isPositive();
      assertThat(one.get("ratio_to_c").asDouble()).isPositive();
      assertThat(one.get("state_digest").asText()).matches("[0-9a-f]{64}");
    }
    assertThat(small.has("share_of_ceiling")).isFalse();
    assertThat(large.get("share_of_ceiling").asDouble())
        .isCloseTo(
            large.get("thread_speedup").asDouble() / large.get("c_process_speedup").asDouble(),
            within());
  }

  private static Percentage within() {
    return Percentage.withPercentage(0.001);
  }

  @Test
  void tellsPeopleTheRatio() throws IOException {
    needsCompiler();
    assertThat(bench("--yardstick-source", source(CLAIMS), "--threads", 1).succeeds().out())
        .containsPattern(
            "64-128-10 against C: [0-9,]+ and 12,800 training samples/s by CPU time, x [0-9.]+\n")
        .doesNotContain("processes");
  }

  @Test
  void refusesALoopThatDoesNotDoItsPart() throws IOException {
    needsCompiler();
    assertFails("int main() { return 0; }", "(expected: training N samples/s)");
    assertFails("int main() { return 3; }", "loop.c: exit code 3");
    assertFails("int main( {", "error");
  }

  private void assertFails(String text, String because) throws IOException {
    var outcome = bench("--yardstick-source", source(text), "--threads", 1);
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains("engram: ", "loop.c", because).doesNotContain("Exception");
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    bench().isRefused(2, "--yardstick needs --yardstick-source FILE.c");
    bench("--yardstick-source", folder.resolve("none.c")).isRefused(1, "none.c: no such file");
    Files.delete(images.resolve(MiniSet.FILES.getFirst()));
    needsCompiler();
    bench("--yardstick-source", source(CLAIMS))
        .isRefused(1, MiniSet.FILES.getFirst() + ": no such file");
  }
}
