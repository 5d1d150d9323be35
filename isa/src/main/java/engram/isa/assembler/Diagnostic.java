package engram.isa.assembler;

/// One thing that is wrong with a source file, and where.
///
/// @param line counted from 1
/// @param column counted from 1
/// @param text the source line
public record Diagnostic(String file, int line, int column, String message, String text) {
  /// Three lines: position and message, the source line, a caret under the column.
  @Override
  public String toString() {
    var margin = new StringBuilder();
    for (int i = 0; i < Math.min(column - 1, text.length()); i++) {
      margin.append(text.charAt(i) == '\t' ? '\t' : ' ');
    }
    return file + ":" + line + ":" + column + ": " + message + "\n" + text + "\n" + margin + "^";
  }
}
