package engram.chip;

/// Nothing in the chip's network has that name.
public final class UnknownNameException extends IllegalArgumentException {
  private final String name;

  UnknownNameException(String name, String message) {
    super(message);
    this.name = name;
  }

  /// The name that was asked for.
  public String name() {
    return name;
  }
}
