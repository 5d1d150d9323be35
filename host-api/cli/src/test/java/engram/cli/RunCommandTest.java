package engram.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunCommandTest {
  private static final String ECHO =
      """
      network: echo
      populations:
        ear:   {neurons: 4, external: true}
        mouth: {neurons: 4, program: neurons/lif THRESHOLD=64, record: [spike]}
      projections:
        nerve: {from: ear.spike, to: mouth.in, weights: s8 q(6) one-to-one 1.0, delay: 3}
      """;

  @TempDir Path folder;
  private Cli cli;
  private Path network;

  @BeforeEach
  void writeNetwork() throws IOException {
    cli = new Cli(folder);
    network = Files.writeString(folder.resolve("echo.yaml"), ECHO);
  }

  private Path events(String text) throws IOException {
    return Files.writeString(folder.resolve("events.csv"), text);
  }

  @Test
  void runsANetworkOfOnesOwn() throws IOException {
    Path output = folder.resolve("out.csv");
    Path input = events("# what the ear hears\n0,ear,2\n\n5, ear, 0, 1\n");
    var outcome =
        cli.run("run", network, "--steps", 20, "--input", input, "--output", output).succeeds();
    assertThat(output).hasContent("2,mouth,spike,2,1\n7,mouth,spike,0,1\n");
    assertThat(outcome.out())
        .contains("mouth ", "synapse memory", "mouth.spike: 2 events", "20 steps, 2 synaptic")
        .containsPattern("state digest [0-9a-f]{64}");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void everyOptionHasAnEffect() throws IOException {
    String plain = cli.run("run", network).succeeds().out();
    assertThat(plain).contains("100 steps, 0 synaptic operations");
    assertThat(cli.run("run", network, "--steps", 7).out()).contains("\n7 steps, ");
    Path input = events("0,ear,2\n");
    String heard = cli.run("run", network, "--input", input).out();
    assertThat(heard).contains("mouth.spike: 1 events");
    assertThat(cli.run("run", network, "--input", input, "--threads", 2).out()).isEqualTo(heard);
    assertThat(cli.run("run", network, "--input", input, "--engine", "compiled").out())
        .isEqualTo(heard);
    String elsewhere = cli.run("run", network, "--input", input, "--chip", "loihi-1").out();
    assertThat(lastLine(elsewhere)).isEqualTo(lastLine(heard)).startsWith("state digest ");
    assertThat(elsewhere).isNotEqualTo(heard);
    cli.run("run", network, "--chip", "truenorth")
        .isRefused(3, "network echo is refused by truenorth:", "weight width: 8 (expected: 1 to 1");
  }

  private static String lastLine(String text) {
    return text.lines().toList().getLast();
  }

  @Test
  void programsMayStandBesideTheNetwork() throws IOException {
    Files.writeString(
        folder.resolve("always.s"),
        """
        .program neuron always
        .acc    in : s24
        .stream spike

                emit  spike
        """);
    Files.writeString(network, ECHO.replace("neurons/lif THRESHOLD=64", "./always"));
    assertThat(cli.run("run", network, "--steps", 5).succeeds().out())
        .contains("mouth.spike: 20 events");
    Files.delete(folder.resolve("always.s"));
    cli.run("run", network).isRefused(1, "always.s: no such file");
  }
}
