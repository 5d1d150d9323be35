package engram.isa.assembler;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Reads the tokens of one line from left to right, constant expressions included.
///
/// Expressions have C's operators and precedence on 64-bit integers: `| ^ & << >> + - * / % ~ -`. A
/// number followed by `q(n)` is scaled by 2^n and rounded to nearest: `0.1 q(10)` is 102. The sign
/// is an operator: `-0.5 q(0)` is -1.
final class LineReader {
  private static final List<List<String>> LEVELS =
      List.of(
          List.of("|"),
          List.of("^"),
          List.of("&"),
          List.of("<<", ">>"),
          List.of("+", "-"),
          List.of("*", "/", "%"));

  /// Parentheses and signs within each other that an expression can have.
  private static final int NESTING = 64;

  private static final BigDecimal HALF = new BigDecimal("0.5");
  private static final BigDecimal MOST = BigDecimal.valueOf(1L << 53);

  private final List<Token> tokens;
  private final Map<String, Long> constants;
  private int next;
  private int nesting;

  LineReader(List<Token> tokens, Map<String, Long> constants) {
    this.tokens = tokens;
    this.constants = constants;
  }

  Token peek() {
    return tokens.get(next);
  }

  Token peek(int ahead) {
    return tokens.get(Math.min(next + ahead, tokens.size() - 1));
  }

  Token take() {
    var token = tokens.get(next);
    if (token.kind() != Token.Kind.END) {
      next++;
    }
    return token;
  }

  boolean atEnd() {
    return peek().kind() == Token.Kind.END;
  }

  /// Takes the token if it is this mark or word.
  boolean takeIf(String text) {
    if (peek().is(text)) {
      next++;
      return true;
    }
    return false;
  }

  void expect(String text) throws SyntaxFault {
    if (!takeIf(text)) {
      throw unexpected("'" + text + "'");
    }
  }

  void expectEnd() throws SyntaxFault {
    if (!atEnd()) {
      throw unexpected("end of line");
    }
  }

  Token name(String what) throws SyntaxFault {
    if (peek().kind() != Token.Kind.NAME) {
      throw unexpected(what);
    }
    return take();
  }

  SyntaxFault unexpected(String expected) {
    return peek().fault(peek().shown() + " (expected: " + expected + ")");
  }

  /// A constant expression with a value in a range.
  int number(String what, long low, long high) throws SyntaxFault {
    var at = peek();
    long value = expression();
    if (value < low || value > high) {
      throw at.fault(what + ": " + value + " (expected: " + low + " to " + high + ")");
    }
    return (int) value;
  }

  long expression() throws SyntaxFault {
    return binary(0);
  }

  private long binary(int level) throws SyntaxFault {
    if (level == LEVELS.size()) {
      return unary();
    }
    long left = binary(level + 1);
    while (peek().kind() == Token.Kind.MARK && LEVELS.get(level).contains(peek().text())) {
      var operator = take();
      long right = binary(level + 1);
      left = apply(operator, left, right);
    }
    return left;
  }

  private static long apply(Token operator, long a, long b) throws SyntaxFault {
    boolean divides = operator.is("/") || operator.is("%");
    if (divides && b == 0) {
      throw operator.fault("division by 0");
    }
    boolean shifts = operator.is("<<") || operator.is(">>");
    if (shifts && (b < 0 || b > 62)) {
      throw operator.fault("shift: " + b + " (expected: 0 to 62)");
    }
    return switch (operator.text()) {
      case "|" -> a | b;
      case "^" -> a ^ b;
      case "&" -> a & b;
      case "<<" -> a << b;
      case ">>" -> a >> b;
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "%" -> a % b;
      default -> throw new IllegalStateException(operator.text());
    };
  }

  private long unary() throws SyntaxFault {
    var token = peek();
    if (++nesting > NESTING) {
      throw token.fault("nesting: " + nesting + " (expected: at most " + NESTING + ")");
    }
    long value = unaryInside(token);
    nesting--;
    return value;
  }

  private long unaryInside(Token token) throws SyntaxFault {
    if (takeIf("-")) {
      return -unary();
    }
    if (takeIf("~")) {
      return ~unary();
    }
    if (takeIf("(")) {
      long value = expression();
      expect(")");
      return value;
    }
    return switch (token.kind()) {
      case NUMBER -> {
        take();
        long value = integer(token);
        yield atScale() ? scale(token, BigDecimal.valueOf(value)) : value;
      }
      case DECIMAL -> {
        take();
        var value = decimal(token);
        if (!atScale()) {
          throw token.fault(token.text() + " has a fraction (expected: q(bits) behind it)");
        }
        yield scale(token, value);
      }
      case NAME -> {
        take();
        Long value = constants.get(token.text());
        if (value == null) {
          throw token.unknown("constant", new TreeSet<>(constants.keySet()));
        }
        yield value;
      }
      case MARK, END -> throw unexpected("a number");
    };
  }

  private boolean atScale() {
    return peek().is("q") && peek(1).is("(");
  }

  private long scale(Token token, BigDecimal value) throws SyntaxFault {
    expect("q");
    expect("(");
    int bits = number("fraction bits", 0, 31);
    expect(")");
    var scaled = value.multiply(BigDecimal.valueOf(1L << bits)).add(HALF);
    if (scaled.compareTo(MOST) > 0) {
      throw token.fault("number too large: " + token.text());
    }
    return scaled.setScale(0, RoundingMode.FLOOR).longValueExact();
  }

  private static long integer(Token token) throws SyntaxFault {
    try {
      String digits = token.text().replace("_", "");
      if (digits.startsWith("0x")) {
        return Long.parseLong(digits.substring(2), 16);
      }
      if (digits.startsWith("0b")) {
        return Long.parseLong(digits.substring(2), 2);
      }
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw token.fault("not a number: " + token.text());
    }
  }

  private static BigDecimal decimal(Token token) throws SyntaxFault {
    if (!token.text().matches("[0-9]+[.][0-9]*")) {
      throw token.fault("not a number: " + token.text());
    }
    return new BigDecimal(token.text());
  }
}
