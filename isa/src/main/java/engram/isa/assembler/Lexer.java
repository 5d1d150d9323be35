package engram.isa.assembler;

import java.util.ArrayList;
import java.util.List;

/// Cuts a source line into tokens. A comment runs from `;` to the end of the line.
final class Lexer {
  private static final String MARKS = ".,:=@()!+-*/%~&|^";

  private Lexer() {}

  /// @param number of the line, counted from 1
  static List<Token> tokens(String line, int number) throws SyntaxFault {
    var tokens = new ArrayList<Token>();
    int i = 0;
    while (i < line.length() && line.charAt(i) != ';') {
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
        throw new SyntaxFault(number, start + 1, "unexpected character: '" + c + "'");
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
