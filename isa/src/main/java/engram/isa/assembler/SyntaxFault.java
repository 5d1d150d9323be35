package engram.isa.assembler;

/// Ends the reading of one line; the assembler turns it into a diagnostic and goes on.
final class SyntaxFault extends Exception {
  private final int column;

  SyntaxFault(int column, String message) {
    super(message, null, false, false);
    this.column = column;
  }

  int column() {
    return column;
  }
}
