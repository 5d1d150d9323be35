package engram.cli.bench.host;

import com.fasterxml.jackson.databind.ObjectMapper;
import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.cli.common.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `engram bench host`: how fast chips are from the other end of a socket.
@Command(
    name = "host",
    mixinStandardHelpOptions = true,
    description = "Measure client and server, each a process of its own, over loopback.",
    footer = {"", "docs/speed.md says what is measured and what the figures mean."})
public final class HostCommand implements Callable<Integer> {
  @Option(
      names = "--case",
      split = ",",
      paramLabel = "CASE",
      description = "Only these: training, injection, subscription, paced, memory.")
  private List<String> cases = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds to take the median of. Default: 5.")
  private int rounds = 5;

  @Option(
      names = "--python",
      paramLabel = "PROGRAM",
      description =
          "A Python with the package engram-client: the subscription is measured with it, too.")
  private Path python;

  @Option(
      names = "--quick",
      description = "Tiny sizes: shows that all of it runs, and says nothing about speed.")
  private boolean quick;

  @Option(
      names = "--json",
      description = "Print one line of JSON on standard output and nothing else there.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (rounds < 1 || rounds > 1000) {
      throw CommandException.usage("--rounds: " + rounds + " (expected: 1 to 1000)");
    }
    var all =
        List.of(
            new TrainingCase(),
            new InjectionCase(),
            new SubscriptionCase(python),
            new PacedCase(),
            new MemoryCase());
    var names = all.stream().map(HostCase::name).toList();
    for (String name : cases) {
      if (!names.contains(name)) {
        throw CommandException.usage(
            "--case: %s (expected: one of %s)".formatted(name, String.join(", ", names)));
      }
    }
    var report = new ObjectMapper().createObjectNode();
    report.put("version", Version.number());
    report.put("rounds", rounds);
    report.put("quick", quick);
    for (var hostCase : all) {
      if (!cases.isEmpty() && !cases.contains(hostCase.name())) {
        continue;
      }
      var result = report.putObject(hostCase.name());
      hostCase.measure(rounds, quick, result);
      if (!json) {
        result
            .properties()
            .forEach(figure ->
                System.out.printf(
                    "%-14s %-32s %s%n",
                    hostCase.name(),
                    figure.getKey(),
                    figure.getValue().isBoolean()
                        ? figure.getValue().asText()
                        : "%,.4g".formatted(figure.getValue().asDouble())));
        System.out.flush();
      }
    }
    if (json) {
      System.out.println(report);
    }
    return ExitCode.DONE;
  }
}
