package engram.isa;

/// What happens to a value that its field can't hold.
public enum Overflow {
  /// The nearest value that fits.
  SATURATE,
  /// The low bits.
  WRAP,
  /// The run ends with an error that names core, step, program and field.
  STOP;

  /// The word for it in assembly.
  public String keyword() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
