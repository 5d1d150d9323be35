package engram.isa.assembler;

/// Ends the reading of one line; the assembler turns it into a diagnostic and goes on.
final class SyntaxFault extends Exception {
  private final int line;
  private final int column;

  SyntaxFault(int line, int column, String message) {
    super(message, null, false, false);
    this.line = line;
    this.column = column;
  }

  int line() {
    return line;
  }

  int column() {
    return column;
  }
}
