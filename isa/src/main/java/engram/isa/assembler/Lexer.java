package engram.isa.assembler;

import java.util.ArrayList;
import java.util.List;

/// Cuts a source line into tokens. A comment runs from `;` to the end of the line.
final class Lexer {
  private static final String MARKS = ".,:=@()!+-*/%~&|^";

  private Lexer() {}

  /// A line without its comment.
  static String code(String line) {
    int comment = line.indexOf(';');
    return comment < 0 ? line : line.substring(0, comment);
  }

  /// @param number of the line, counted from 1
  static List<Token> tokens(String source, int number) throws SyntaxFault {
    var tokens = new ArrayList<Token>();
    String line = code(source);
    int i = 0;
    while (i < line.length()) {
      char c = line.charAt(i);
      int start = i;
      if (Character.isWhitespace(c)) {
        i++;
      } else if (isNameStart(c)) {
        while (i < line.length() && isNamePart(line.charAt(i))) {
          i++;
        }
        tokens.add(new Token(Token.Kind.NAME, line.substring(start, i), number, start + 1));
      } else if (isDigit(c)) {
        boolean decimal = false;
        while (i < line.length() && (isNamePart(line.charAt(i)) || line.charAt(i) == '.')) {
          decimal |= line.charAt(i) == '.';
          i++;
        }
        var kind = decimal ? Token.Kind.DECIMAL : Token.Kind.NUMBER;
        tokens.add(new Token(kind, line.substring(start, i), number, start + 1));
      } else if (line.startsWith("<<", i) || line.startsWith(">>", i) || line.startsWith("!=", i)) {
        tokens.add(new Token(Token.Kind.MARK, line.substring(i, i + 2), number, start + 1));
        i += 2;
      } else if (MARKS.indexOf(c) >= 0) {
        tokens.add(new Token(Token.Kind.MARK, String.valueOf(c), number, start + 1));
        i++;
      } else {
        throw new SyntaxFault(
            number,
            start + 1,
            "unexpected character: '" + Character.toString(line.codePointAt(i)) + "'");
      }
    }
    tokens.add(new Token(Token.Kind.END, "", number, line.stripTrailing().length() + 1));
    return tokens;
  }

  private static boolean isNameStart(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || isDigit(c);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
