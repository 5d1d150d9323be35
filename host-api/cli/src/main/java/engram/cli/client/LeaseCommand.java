package engram.cli.client;

import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.client.Engine;
import engram.client.LeaseOptions;
import engram.client.NocFidelity;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `engram client lease`: a chip that lives from command to command.
@Command(
    name = "lease",
    mixinStandardHelpOptions = true,
    description = "Lease a chip and print its token, and nothing else, on standard output.")
final class LeaseCommand implements Callable<Integer> {
  /// As long as the server grants.
  private static final int MOST_SECONDS = 24 * 3600;

  @Parameters(paramLabel = "PRESET", description = "Kind of chip, such as engram-1.")
  private String preset;

  @Option(
      names = "--engine",
      paramLabel = "reference|compiled",
      description =
          "How microcode is run: by the interpreter, or as vector code. Default: compiled.")
  private Engine engine;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that the cores are spread over. Default: 1.")
  private int threads = 1;

  @Option(
      names = "--noc",
      paramLabel = "analytic|flit",
      description =
          "How closely the network's time is modelled: bounds of each step, or every flit."
              + " Default: analytic.")
  private NocFidelity noc;

  @Option(
      names = "--ttl",
      paramLabel = "SECONDS",
      description = "Time that the lease lives between two commands. Default: 3600, an hour.")
  private int timeToLive = 3600;

  @Option(names = "--wait", description = "Wait in the queue if no chip is free.")
  private boolean wait;

  @Mixin private ServerAddress server = new ServerAddress();

  @Override
  public Integer call() throws IOException {
    if (threads < 1) {
      throw CommandException.usage("--threads: " + threads + " (expected: at least 1)");
    }
    if (timeToLive < 1 || timeToLive > MOST_SECONDS) {
      throw CommandException.usage(
          "--ttl: %d (expected: 1 to %d)".formatted(timeToLive, MOST_SECONDS));
    }
    var options =
        LeaseOptions.of(preset).withThreads(threads).withTimeToLive(Duration.ofSeconds(timeToLive));
    if (engine != null) {
      options = options.withEngine(engine);
    }
    if (noc != null) {
      options = options.withNoc(noc);
    }
    if (wait) {
      options =
          options.waiting(place -> {
            if (place > 0) {
              System.err.println("place in the queue: " + place);
            }
          });
    }
    var terms = options;
    try (var held = HeldChip.livingOn(server.connect(), connection -> connection.lease(terms))) {
      System.err.printf(
          "lease %s ends after %d s without a command%n", held.chip().lease(), timeToLive);
      System.out.println(held.chip().reattachToken());
    }
    return ExitCode.DONE;
  }
}
