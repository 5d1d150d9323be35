package engram.cli.client;

import engram.cli.common.ExitCode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `engram client release`: gives a chip back.
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    description = "Give the chip back: its run is stopped, its content forgotten.")
final class ReleaseCommand implements Callable<Integer> {
  @Mixin private DrivenChip chip = new DrivenChip();

  @Override
  public Integer call() throws IOException {
    try (var held = chip.take()) {
      held.chip().close();
    }
    return ExitCode.DONE;
  }
}
