package engram.cli.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `engram demo`: the whole thing, once.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Train a 784-128-10 network on MNIST inside an emulated chip and write a report.",
    footer = {"", "The same as: engram train mnist --report DIR. It takes some minutes."})
public final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--report",
      paramLabel = "DIR",
      defaultValue = "engram-report",
      description = "Folder of the report. Default: engram-report.")
  private Path report;

  @Override
  public Integer call() throws IOException {
    return TrainCommand.demo(report).call();
  }
}
