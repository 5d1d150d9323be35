package engram.cli.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `engram client`: chips of a server, from a shell.
@Command(
    name = "client",
    mixinStandardHelpOptions = true,
    description = "Lease, load, run and watch chips of an Engram server.",
    subcommands = {
      LeaseCommand.class,
      ReleaseCommand.class,
      InfoCommand.class,
      LoadCommand.class,
      ResetCommand.class,
      RunCommand.class,
      StopCommand.class,
      InjectCommand.class,
      RecordCommand.class,
      ReadCommand.class,
      WriteCommand.class,
      FaultCommand.class,
      SnapshotCommand.class,
      RestoreCommand.class,
      TopCommand.class
    },
    footer = {
      "",
      "A chip lives from command to command by its token:",
      "  export ENGRAM_CHIP=$(engram client lease engram-1)",
      "  engram client load network.yaml",
      "  engram client run 1000",
      "  engram client release",
      "",
      "ENGRAM_SERVER is the server's address, ENGRAM_TOKEN the token that it may ask for."
    })
public final class ClientCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
