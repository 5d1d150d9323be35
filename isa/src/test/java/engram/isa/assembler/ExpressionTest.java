package engram.isa.assembler;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Constant expressions: what they are worth and how they fail.
final class ExpressionTest {
  private static int value(String expression) {
    return Sources.program(".program neuron n\nmov r0, " + expression + "\n")
        .instruction(0)
        .immediate();
  }

  private static String fault(String expression) {
    return Sources.fault(".program neuron n\nmov r0, " + expression + "\n").substring(2);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1_000_000, 1000000",
    "0x7fff_ffff, 2147483647",
    "-0x8000_0000, -2147483648",
    "0b1010, 10",
    "1 + 2 * 3, 7",
    "(1 + 2) * 3, 9",
    "1 << 2 + 1, 8",
    "6 & 3 << 1, 6",
    "1 | 2 ^ 3 & 1, 3",
    "7 - 4 - 2, 1",
    "-7 / 2, -3",
    "-7 % 4, -3",
    "-16 >> 2, -4",
    "~5, -6",
    "- - 5, 5",
    "-~0, 1",
    "1 << 40 >> 38, 4",
  })
  void followsTheRulesOfC(String expression, int value) {
    assertThat(value(expression)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "1 q(10), 1024",
    "0.1 q(10), 102",
    "0.5 q(0), 1",
    "-0.5 q(0), -1",
    "2.75 q(4), 44",
    "1 q(10) + 0.25 q(10), 1280",
    "1 q(5 * 2), 1024",
    "3 q(2) * 2, 24",
    "0.49999999999999994 q(0), 0",
    "0.0000000001164153218269348144531250 q(31), 0",
    "0.0000000002328306436538696289062500 q(31), 1",
  })
  void aNumberWithAFractionIsScaledAndRoundedToNearest(String expression, int value) {
    assertThat(value(expression)).isEqualTo(value);
  }

  @Property(tries = 1000, seed = "31")
  void scalingIsExact(
      @ForAll @IntRange(max = 999_999_999) int digits,
      @ForAll @IntRange(max = 21) int bits,
      @ForAll @IntRange(min = 1, max = 9) int places) {
    var decimal = BigDecimal.valueOf(digits, places);
    var exact = decimal.multiply(BigDecimal.valueOf(2).pow(bits));
    var rounded = exact.add(new BigDecimal("0.5")).setScale(0, RoundingMode.FLOOR);
    if (rounded.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0) {
      assertThat(value(decimal.toPlainString() + " q(" + bits + ")"))
          .isEqualTo(rounded.intValueExact());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "1 / 0; 11: division by 0",
        "1 % (2 - 2); 11: division by 0",
        "1 << 63; 11: shift: 63 (expected: 0 to 62)",
        "1 >> -1; 11: shift: -1 (expected: 0 to 62)",
        "0.5; 9: 0.5 has a fraction (expected: q(bits) behind it)",
        "0.5 q(32); 15: fraction bits: 32 (expected: 0 to 31)",
        "1 q 5; 11: 'q' (expected: end of line)",
        "12a; 9: not a number: 12a",
        "0x; 9: not a number: 0x",
        "1.2.3 q(4); 9: not a number: 1.2.3",
        "9_223_372_036_854_775_808; 9: not a number: 9_223_372_036_854_775_808",
        "9_223_372_036_854_775_807 q(31); 9: number too large: 9_223_372_036_854_775_807",
        "1.5e3 q(1); 9: not a number: 1.5e3",
        "(1 + 2; 15: end of line (expected: ')')",
        "1 +; 12: end of line (expected: a number)",
        "*; 9: '*' (expected: a number)",
        "2147483648; 9: constant: 2147483648 (expected: -2147483648 to 2147483647)",
        "nobody; 9: unknown constant: nobody (none is declared)",
      })
  void failsWithTheReason(String expression, String fault) {
    assertThat(fault(expression)).isEqualTo(fault);
  }

  @Test
  void deepNestingIsAnErrorAndNoOverflowOfTheStack() {
    assertThat(value("(".repeat(50) + "1" + ")".repeat(50))).isOne();
    assertThat(fault("(".repeat(100_000))).isEqualTo("73: nesting: 65 (expected: at most 64)");
    assertThat(fault("-".repeat(100_000))).isEqualTo("73: nesting: 65 (expected: at most 64)");
  }

  @Test
  void constantsBuildOnConstants() {
    var program =
        Sources.program(
            """
            .program neuron n
            .const A = 3
            .const B = A * A + 0.5 q(2)
            .table t : s8 = A, B - 20, -A
            .field v : s16 history B / 2 = B
                    mov r0, B << A
            """);
    assertThat(program.instruction(0).immediate()).isEqualTo(11 << 3);
    assertThat(program.tables().get(0).values()).containsExactly(3, -9, -3);
    assertThat(program.symbol(0).history()).isEqualTo(5);
    assertThat(program.symbol(0).initial()).isEqualTo(11);
  }

  @Test
  void constantsCanBeGivenFromOutside() {
    var source = ".program neuron n\n.const A = 3\n.const B = A + 1\n.const C\nmov r0, A + B + C\n";
    var program = Assembler.assemble("t.s", source, Map.of("A", 10L, "C", 100L)).program();
    assertThat(program.instruction(0).immediate()).isEqualTo(10 + 11 + 100);
    assertThat(Sources.fault(source))
        .isEqualTo("4:9: end of line (expected: '=', or a value from outside for C)");
  }

  @Test
  void aGivenConstantThatIsNotDeclaredIsAnError() {
    var faults =
        Sources.diagnostics(".program neuron n\n.const A = 3\nmov r0, A\n", Map.of("B", 1L));
    assertThat(faults).hasSize(1);
    assertThat(faults.get(0).message())
        .isEqualTo("constant B is not declared here (declared: [A])");
  }

  /// A random expression, as text with no parenthesis that is not needed and a few that are not,
  /// and its value; null where it has none.
  private record Expression(String text, int level, Long value) {
    private static final List<List<String>> LEVELS =
        List.of(
            List.of("|"),
            List.of("^"),
            List.of("&"),
            List.of("<<", ">>"),
            List.of("+", "-"),
            List.of("*", "/", "%"));

    static Expression random(Random random, int depth) {
      if (depth == 0 || random.nextInt(5) == 0) {
        long number = random.nextInt(4) == 0 ? random.nextInt(1 << 20) : random.nextInt(9);
        return new Expression(String.valueOf(number), LEVELS.size(), number);
      }
      if (random.nextInt(6) == 0) {
        var inner = random(random, depth - 1).within(LEVELS.size());
        boolean minus = random.nextBoolean();
        Long value = inner.value == null ? null : minus ? -inner.value : ~inner.value;
        return new Expression((minus ? "-" : "~") + inner.text, LEVELS.size(), value);
      }
      int level = random.nextInt(LEVELS.size());
      var operators = LEVELS.get(level);
      String operator = operators.get(random.nextInt(operators.size()));
      var left = random(random, depth - 1).within(level);
      var right = random(random, depth - 1).within(level + 1);
      return new Expression(
          left.text + operator + right.text, level, apply(operator, left.value, right.value));
    }

    private Expression within(int outer) {
      return level >= outer ? this : new Expression("(" + text + ")", LEVELS.size(), value);
    }

    private static Long apply(String operator, Long a, Long b) {
      if (a == null || b == null) {
        return null;
      }
      boolean divides = operator.equals("/") || operator.equals("%");
      boolean shifts = operator.equals("<<") || operator.equals(">>");
      if (divides && b == 0 || shifts && (b < 0 || b > 62)) {
        return null;
      }
      return switch (operator) {
        case "|" -> a | b;
        case "^" -> a ^ b;
        case "&" -> a & b;
        case "<<" -> a << b;
        case ">>" -> a >> b;
        case "+" -> a + b;
        case "-" -> a - b;
        case "*" -> a * b;
        case "/" -> a / b;
        default -> a % b;
      };
    }
  }

  @Property(tries = 2000, seed = "32")
  void randomExpressionsHaveTheirValue(@ForAll long seed) {
    var expression = Expression.random(new Random(seed), 5);
    var value = expression.value();
    if (value == null) {
      assertThat(fault(expression.text())).containsAnyOf("division by 0", "shift: ");
    } else if (value == value.intValue()) {
      assertThat(value(expression.text())).as(expression.text()).isEqualTo(value.intValue());
    } else {
      assertThat(fault(expression.text()))
          .contains("constant: " + value + " (expected: -2147483648 to 2147483647)");
    }
  }
}
