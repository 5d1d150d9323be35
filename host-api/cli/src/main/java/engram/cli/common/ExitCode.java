package engram.cli.common;

/// What the program tells its caller when it ends.
public final class ExitCode {
  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;

  /// The chip refuses what it is given: no room, or a feature that it has not.
  public static final int REFUSED = 3;

  /// 128 + SIGINT.
  public static final int INTERRUPTED = 130;

  private ExitCode() {}
}
