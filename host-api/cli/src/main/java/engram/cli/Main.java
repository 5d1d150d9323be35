package engram.cli;

import engram.chip.ChipStop;
import engram.chip.SnapshotException;
import engram.cli.chip.ChipsCommand;
import engram.cli.chip.RunCommand;
import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.cli.common.Version;
import engram.cli.data.DataCommand;
import engram.cli.isa.AsmCommand;
import engram.cli.isa.DisasmCommand;
import engram.cli.isa.IsaCommand;
import engram.cli.isa.VerifyCommand;
import engram.cli.train.DemoCommand;
import engram.cli.train.InferCommand;
import engram.cli.train.TrainCommand;
import engram.firmware.data.DataException;
import engram.firmware.network.NetworkException;
import engram.isa.assembler.AssemblyException;
import engram.isa.image.ImageException;
import engram.isa.verify.VerificationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/// The command `engram`.
@Command(
    name = "engram",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "A neuromorphic hardware emulator with on-chip learning.",
    subcommands = {
      DemoCommand.class,
      TrainCommand.class,
      InferCommand.class,
      RunCommand.class,
      DataCommand.class,
      AsmCommand.class,
      DisasmCommand.class,
      VerifyCommand.class,
      IsaCommand.class,
      ChipsCommand.class
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
    throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
  }

  /// Runs a command; returns its exit code.
  public static int run(String... arguments) {
    var line = new CommandLine(new Main());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setExecutionExceptionHandler(Main::report);
    return line.execute(arguments);
  }

  public static void main(String[] arguments) {
    int code = run(arguments);
    if (code != ExitCode.INTERRUPTED) {
      System.exit(code);
    }
    // The shutdown that the signal began ends the process, with the signal's exit code.
  }

  /// One clear message instead of a stack trace.
  private static int report(Exception e, CommandLine line, ParseResult result) {
    System.out.flush();
    int code =
        switch (e) {
          case CommandException c -> c.exitCode();
          case ImageException _ -> ExitCode.REFUSED;
          case ChipStop _ -> ExitCode.REFUSED;
          case IllegalArgumentException _ -> ExitCode.USAGE;
          default -> ExitCode.FAILED;
        };
    System.err.println("engram: " + message(e));
    if (System.getenv("ENGRAM_DEBUG") != null) {
      e.printStackTrace();
    }
    return code;
  }

  private static String message(Throwable e) {
    return switch (e) {
      case UncheckedIOException io -> message(io.getCause());
      case NoSuchFileException file -> file.getFile() + ": no such file";
      case AccessDeniedException file -> file.getFile() + ": permission denied";
      case FileAlreadyExistsException file -> file.getFile() + ": exists and is no directory";
      case NotDirectoryException file -> file.getFile() + ": no directory";
      case FileSystemException file ->
          file.getFile() + ": " + (file.getReason() == null ? "failed" : file.getReason());
      case IOException io -> io.getMessage();
      case CommandException _,
          ImageException _,
          NetworkException _,
          AssemblyException _,
          VerificationException _,
          DataException _,
          SnapshotException _,
          ChipStop _,
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
