package engram.isa.assembler;

import java.util.Collection;

/// A word of a source line.
///
/// @param line where it stands, counted from 1
/// @param column where it starts, counted from 1
record Token(Kind kind, String text, int line, int column) {
  enum Kind {
    NAME,
    NUMBER,
    DECIMAL,
    MARK,
    END
  }

  boolean is(String mark) {
    return text.equals(mark) && kind != Kind.NUMBER;
  }

  /// A fault at this token.
  SyntaxFault fault(String message) {
    return new SyntaxFault(line, column, message);
  }

  /// A fault at this token: nothing of this sort has its name.
  SyntaxFault unknown(String what, Collection<String> declared) {
    String known =
        declared.isEmpty()
            ? "(none is declared)"
            : "(declared: " + String.join(", ", declared) + ")";
    return new SyntaxFault(line, column, "unknown " + what + ": " + text + " " + known, text);
  }

  /// How a message names it.
  String shown() {
    return kind == Kind.END ? "end of line" : "'" + text + "'";
  }
}
