package engram.cli.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `engram client fault`: what goes wrong with a chip, on purpose.
@Command(
    name = "fault",
    mixinStandardHelpOptions = true,
    description =
        "Inject faults into a chip, list and clear them. A reset keeps them, a snapshot carries"
            + " them, loading another network clears them. With the same faults a run gives the"
            + " same digests.",
    subcommands = {
      FaultInjectCommand.class,
      FaultListCommand.class,
      FaultClearCommand.class,
    },
    footer = {
      "",
      "  engram client fault inject --field hidden.v --index 3 --bit 7 --at 100",
      "  engram client fault inject --weights hidden --count 20 --seed 1",
      "  engram client fault inject --dead-core 2 --from 100 --until 200",
      "  engram client fault inject --loss 0.01 --seed 1 --to-core 2"
    })
final class FaultCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
