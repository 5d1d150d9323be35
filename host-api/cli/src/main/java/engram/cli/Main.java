package engram.cli;

import engram.chip.ChipStop;
import engram.chip.SnapshotException;
import engram.cli.bench.BenchCommand;
import engram.cli.chip.ChipsCommand;
import engram.cli.chip.RunCommand;
import engram.cli.client.ClientCommand;
import engram.cli.common.CommandException;
import engram.cli.common.ErrorText;
import engram.cli.common.ExitCode;
import engram.cli.common.Version;
import engram.cli.data.DataCommand;
import engram.cli.isa.AsmCommand;
import engram.cli.isa.DisasmCommand;
import engram.cli.isa.IsaCommand;
import engram.cli.isa.VerifyCommand;
import engram.cli.serve.ServeCommand;
import engram.cli.train.DemoCommand;
import engram.cli.train.InferCommand;
import engram.cli.train.TrainCommand;
import engram.client.EngramException;
import engram.events.EventFormatException;
import engram.firmware.data.DataException;
import engram.firmware.network.NetworkException;
import engram.isa.assembler.AssemblyException;
import engram.isa.image.ImageException;
import engram.isa.verify.VerificationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command `engram`.
@Command(
    name = "engram",
    mixinStandardHelpOptions = true,
    description = "A neuromorphic hardware emulator with on-chip learning.",
    subcommands = {
      DemoCommand.class,
      TrainCommand.class,
      InferCommand.class,
      RunCommand.class,
      ServeCommand.class,
      ClientCommand.class,
      DataCommand.class,
      AsmCommand.class,
      DisasmCommand.class,
      VerifyCommand.class,
      IsaCommand.class,
      ChipsCommand.class,
      BenchCommand.class
    },
    footer = {
      "",
      "Without Java: engram test [--long] runs all checks and tests of a checkout.",
      "Exit codes: 0 done, 1 failed, 2 usage, 3 refused by the chip, 130 interrupted."
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  private Main() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /// All commands with their options.
  static CommandLine commandLine() {
    var line = new CommandLine(new Main());
    tellVersion(line);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExpandAtFiles(false);
    line.setUsageHelpAutoWidth(true);
    line.setParameterExceptionHandler(Main::misused);
    line.setExecutionExceptionHandler((e, _, _) -> failed(e));
    return line;
  }

  /// Runs a command; returns its exit code.
  public static int run(String... arguments) {
    try {
      return commandLine().execute(arguments);
    } catch (OutOfMemoryError e) {
      return failed(
          CommandException.failed(
              "out of memory: the Java virtual machine may use %d MB (ENGRAM_JAVA_OPTS=-Xmx4g gives it 4 GB)"
                  .formatted(Runtime.getRuntime().maxMemory() >> 20)));
    }
  }

  /// Lets `--version` of every command say the same.
  private static void tellVersion(CommandLine line) {
    line.getCommandSpec().versionProvider(new Version());
    line.getSubcommands().values().forEach(Main::tellVersion);
  }

  public static void main(String[] arguments) {
    // Numbers look the same wherever they are printed.
    Locale.setDefault(Locale.ROOT);
    int code = run(arguments);
    if (code != ExitCode.INTERRUPTED) {
      System.exit(code);
    }
    // The shutdown that the signal began ends the process, with the signal's exit code.
  }

  /// What is wrong with the command line, and where to read on.
  private static int misused(ParameterException e, String[] arguments) {
    var command = e.getCommandLine().getCommandSpec().qualifiedName();
    System.err.println("engram: %s (%s --help tells more)".formatted(e.getMessage(), command));
    return ExitCode.USAGE;
  }

  /// One clear message instead of a stack trace.
  private static int failed(Exception e) {
    System.out.flush();
    int code =
        switch (e) {
          case CommandException c -> c.exitCode();
          case ImageException _ -> ExitCode.REFUSED;
          case ChipStop _ -> ExitCode.REFUSED;
          case EngramException refusal -> code(refusal);
          case IllegalArgumentException _ -> ExitCode.USAGE;
          default -> ExitCode.FAILED;
        };
    System.err.println("engram: " + message(e));
    if (System.getenv("ENGRAM_DEBUG") != null) {
      e.printStackTrace();
    }
    return code;
  }

  /// A server's refusal ends a command as the same refusal would without a server.
  private static int code(EngramException e) {
    return switch (e.code()) {
      // A network or an image that has no room, or wants what the chip has not.
      case FAILED_PRECONDITION -> e.reasons().isEmpty() ? ExitCode.FAILED : ExitCode.REFUSED;
      case INVALID_ARGUMENT -> e.reasons().isEmpty() ? ExitCode.USAGE : ExitCode.FAILED;
      // A population, field or preset that is not there; a lease may have been there once.
      case NOT_FOUND -> e.subject().isEmpty() ? ExitCode.FAILED : ExitCode.USAGE;
      default -> ExitCode.FAILED;
    };
  }

  private static String message(Exception e) {
    return switch (e) {
      case UncheckedIOException io -> ErrorText.of(io.getCause());
      case IOException io -> ErrorText.of(io);
      case CommandException _,
          ImageException _,
          NetworkException _,
          AssemblyException _,
          VerificationException _,
          DataException _,
          SnapshotException _,
          ChipStop _,
          EngramException _,
          EventFormatException _,
          IllegalArgumentException _,
          IllegalStateException _ ->
          e.getMessage();
      default ->
          "internal error: "
              + e
              + " (a fault of Engram: set ENGRAM_DEBUG=1 to see where, and report it)";
    };
  }
}
