package engram.cli.common;

/// Ends a command with a message for the person who ran it.
public final class CommandException extends RuntimeException {
  private final int exitCode;

  private CommandException(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /// The command was given something that it can't take.
  public static CommandException usage(String message) {
    return new CommandException(ExitCode.USAGE, message);
  }

  /// The command could not do what it was to do.
  public static CommandException failed(String message) {
    return new CommandException(ExitCode.FAILED, message);
  }

  /// The chip refuses what it was given.
  public static CommandException refused(String message) {
    return new CommandException(ExitCode.REFUSED, message);
  }

  /// The exit code that it ends with.
  public int exitCode() {
    return exitCode;
  }
}
