package engram.cli.client;

import engram.cli.common.ExitCode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `engram client fault inject`: one more fault.
@Command(
    name = "inject",
    mixinStandardHelpOptions = true,
    description =
        "Add a fault to those of the chip: bits of a memory that turn over, a dead core, or events"
            + " that get lost.")
final class FaultInjectCommand implements Callable<Integer> {
  @Mixin private FaultTerms terms = new FaultTerms();
  @Mixin private DrivenChip chip = new DrivenChip();

  @Override
  public Integer call() throws IOException {
    var fault = terms.fault();
    try (var held = chip.take()) {
      long step = held.chip().injectFault(fault);
      System.out.printf("1 fault injected; step %d sees it first%n", step);
    }
    return ExitCode.DONE;
  }
}
