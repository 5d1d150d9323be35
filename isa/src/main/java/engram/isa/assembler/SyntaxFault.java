package engram.isa.assembler;

/// Ends the reading of one line; the assembler turns it into a diagnostic and goes on.
final class SyntaxFault extends Exception {
  private final int line;
  private final int column;
  private final String unknown;

  SyntaxFault(int line, int column, String message) {
    this(line, column, message, "");
  }

  /// @param unknown the name that is not declared, or empty
  SyntaxFault(int line, int column, String message, String unknown) {
    super(message, null, false, false);
    this.line = line;
    this.column = column;
    this.unknown = unknown;
  }

  int line() {
    return line;
  }

  int column() {
    return column;
  }

  /// The name that is not declared, if that is the fault; else empty.
  String unknown() {
    return unknown;
  }
}
