package engram.cli.train;

import engram.cli.common.TemporaryFolder;
import engram.client.Engram;
import engram.server.EngramServer;
import engram.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `engram demo`: the whole thing, once.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Train a 784-128-10 network on MNIST inside an emulated chip and write a report.",
    footer = {
      "",
      "The same as engram train mnist --report DIR, but on a chip that a server leases over"
          + " loopback. It takes some minutes."
    })
public final class DemoCommand implements Callable<Integer> {
  private static final String CHIP = "engram-1";

  @Option(
      names = "--report",
      paramLabel = "DIR",
      defaultValue = "engram-report",
      description = "Folder of the report. Default: engram-report.")
  private Path report;

  @Override
  public Integer call() throws IOException {
    try (var files = new TemporaryFolder("engram-demo");
        var server =
            EngramServer.start(
                ServerOptions.loopback("engram demo", 0, Map.of(CHIP, 1), files.path()));
        var connection = Engram.connect("engram://127.0.0.1:" + server.address().getPort());
        var chip = connection.lease(CHIP)) {
      return TrainCommand.demo(chip, report);
    }
  }
}
