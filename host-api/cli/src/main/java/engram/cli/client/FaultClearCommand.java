package engram.cli.client;

import engram.cli.common.ExitCode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `engram client fault clear`: nothing goes wrong any more.
@Command(
    name = "clear",
    mixinStandardHelpOptions = true,
    description = "Take all faults away. What they did stays.")
final class FaultClearCommand implements Callable<Integer> {
  @Mixin private DrivenChip chip = new DrivenChip();

  @Override
  public Integer call() throws IOException {
    try (var held = chip.take()) {
      System.out.printf("%d faults cleared%n", held.chip().clearFaults());
    }
    return ExitCode.DONE;
  }
}
