package engram.cli.client;

import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.client.Connection;
import engram.client.RemoteChip;
import engram.protocol.v1.ListResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `engram client top`: how a chip is doing, live.
@Command(
    name = "top",
    mixinStandardHelpOptions = true,
    description =
        "Show how a chip is doing until Ctrl-C: steps and events a second, cycles, latency, energy,"
            + " lateness of paced steps, events that came late or were dropped, load of each core,"
            + " credit of each open stream. It watches: whoever drives the chip is not disturbed.")
final class TopCommand implements Callable<Integer> {
  private static final int COLUMNS = 80;
  private static final double MOST_SECONDS = 3600;

  @Option(
      names = "--lease",
      paramLabel = "NAME",
      description = "Lease to watch. Default: the only one that there is.")
  private String lease;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      description = "Time between two looks. Default: 1.")
  private double interval = 1;

  @Option(names = "--once", description = "Show one interval, then end.")
  private boolean once;

  @Option(names = "--json", description = "Print a line of JSON an interval.")
  private boolean json;

  @Mixin private ServerAddress server = new ServerAddress();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!(interval > 0 && interval <= MOST_SECONDS)) {
      throw CommandException.usage(
          "--interval: %s (expected: more than 0, at most %.0f)".formatted(interval, MOST_SECONDS));
    }
    try (var connection = server.connect();
        var chip = connection.watch(lease == null ? onlyLease(connection) : lease)) {
      watch(chip);
    }
    return ExitCode.DONE;
  }

  private static String onlyLease(Connection connection) {
    var names =
        connection.list().getLeasesList().stream().map(ListResponse.Lease::getName).toList();
    if (names.size() != 1) {
      throw CommandException.failed(
          names.isEmpty()
              ? "leases: 0 (expected: one to watch)"
              : "leases: %d (expected: --lease with one of %s)"
                  .formatted(names.size(), names.stream().collect(Collectors.joining(", "))));
    }
    return names.getFirst();
  }

  private void watch(RemoteChip chip) throws InterruptedException {
    var console = System.console();
    boolean live = console != null && console.isTerminal() && !json && !once;
    int columns = Integer.getInteger("engram.columns", COLUMNS);
    int drawn = 0;
    var before = Glance.at(chip);
    do {
      Thread.sleep(Math.max(1, Math.round(1000 * interval)));
      var now = Glance.at(chip);
      var pulse = Pulse.between(before, now);
      if (live) {
        var lines = pulse.lines(columns);
        System.out.print(redrawn(drawn, lines));
        drawn = lines.size();
      } else if (json) {
        System.out.println(pulse.json());
      } else if (once) {
        pulse.lines(columns).forEach(System.out::println);
      } else {
        System.out.println(pulse.line());
      }
      System.out.flush();
      before = now;
    } while (!once);
  }

  /// Draws lines over those that stand there, in one write. The cursor is left below them, visible,
  /// with nothing switched on, so that Ctrl-C at any moment leaves a clean terminal.
  ///
  /// @param drawn lines that stand there
  static String redrawn(int drawn, List<String> lines) {
    String up = drawn == 0 ? "" : "\r\033[" + drawn + "A\033[J";
    return up + String.join("\n", lines) + "\n";
  }
}
