package engram.cli.client;

import engram.cli.common.ExitCode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `engram client stop`: ends a run that somebody has begun.
@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description = {
      "End the run or training that is on its way, whoever began it: after its step, or at its"
          + " sample's end.",
      "The chip keeps its state. What drives it loses its lease to this command."
    })
final class StopCommand implements Callable<Integer> {
  @Mixin private DrivenChip chip = new DrivenChip();

  @Override
  public Integer call() throws IOException {
    try (var held = chip.take()) {
      var stopped = held.chip().stop();
      System.out.println(
          "%s; step %d comes next"
              .formatted(stopped.getFound() ? "stopped" : "at rest already", stopped.getStep()));
    }
    return ExitCode.DONE;
  }
}
