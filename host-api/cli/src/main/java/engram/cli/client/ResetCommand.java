package engram.cli.client;

import engram.cli.common.ExitCode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `engram client reset`: back to step 0.
@Command(
    name = "reset",
    mixinStandardHelpOptions = true,
    description =
        "Set all activity back to its start: fields, events, the timestep. Weights and tags stay.")
final class ResetCommand implements Callable<Integer> {
  @Mixin private DrivenChip chip = new DrivenChip();

  @Override
  public Integer call() throws IOException {
    try (var held = chip.take()) {
      held.chip().reset();
    }
    return ExitCode.DONE;
  }
}
