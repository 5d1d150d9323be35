package engram.isa.assembler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What a person reads when a source file is wrong: every error, once, in order, with its place.
final class DiagnosticTest {
  @Test
  void showsFileLineColumnAndACaretUnderTheColumn() {
    var source =
        """
        .program neuron cell
        .field v : s24
                ld    r0, v
                addd  r0, r0, 1
        """;
    assertThatThrownBy(() -> Assembler.assemble("models/cell.s", source, Map.of()))
        .isInstanceOf(AssemblyException.class)
        .hasMessage(
            """
            models/cell.s:4:9: unknown instruction: addd
                    addd  r0, r0, 1
                    ^\
            """);
  }

  @Test
  void theCaretStandsRightBehindTabs() {
    var fault = Sources.diagnostics(".program neuron cell\n\tadd\tr0,\tr99,\t1\n").get(0);
    assertThat(fault)
        .hasToString(
            """
            t.s:2:10: 'r99' (expected: r0 to r15)
            \tadd\tr0,\tr99,\t1
            \t   \t   \t^\
            """);
  }

  @Test
  void whatIsMissingIsMissingBehindTheLastWordNotBehindTheComment() {
    var fault = Sources.diagnostics(".program neuron cell\n  add r0, r1      ; sum\n").get(0);
    assertThat(fault)
        .hasToString(
            """
            t.s:2:13: end of line (expected: ',')
              add r0, r1      ; sum
                        ^\
            """);
  }

  @Test
  void reportsTheTenErrorsOfAFileAndNoOther() {
    var source =
        """
        .program synapse ten
        .const  LIMIT = 1 / 0
        .tag    e : s99
        .tag    f : s16 hold
        .post   v
        .trigger each = evry 4
        .table  t : s8 = 1, 2,
                300, 4,
                5
        .active when w != 0
                ld    r0, e
                ld    r1, v@64
                mul   r2, r0, LIMIT
                add   r2, r1
                lut   r3, t, r2 ; table of line 7
                cause p1, each
                ldd   r4, v
                st    w, r0 r1
        """;
    assertThat(
            Sources.diagnostics(source).stream()
                .map(d -> d.line() + ":" + d.column() + ": " + d.message()))
        .containsExactly(
            "2:19: division by 0",
            "3:13: s width: 99 (expected: 1 to 32)",
            "4:17: 'hold' does not go with .tag",
            "6:17: unknown global: evry (none is declared)",
            "8:9: entry 2: 300 (expected: -128 to 127)",
            "10:14: unknown row: w (none is declared)",
            "12:21: age: 64 (expected: 0 to 63)",
            "14:21: end of line (expected: ',')",
            "17:9: unknown instruction: ldd",
            "18:21: 'r1' (expected: end of line)");
  }

  /// What a faulty declaration would have declared is not reported again wherever it is used.
  @Test
  void aFaultyDeclarationIsReportedOnceHoweverOftenItsNameIsUsed() {
    var source =
        """
        .program neuron once
        .const  K = 3 +
        .field  v, w : s16
        .global g : s40
        .stream spike gradedd
        .table  t : s8 = 1, $,
                3,
                4
                ld    r0, v
                st    w, r0
                ld    r0, g
                lut   r0, t, r0
                mov   r0, K * 2
                emit  spike
        """;
    assertThat(Sources.diagnostics(source).stream().map(Diagnostic::line))
        .containsExactly(2, 3, 4, 5, 6);
  }

  @Test
  void aFaultyKindIsReportedOnce() {
    var source =
        """
        .program synaps s
        .tag    t : s16
        .row    x
        .trigger each = step
        .active when x != 0
                ld    r0, t
        """;
    assertThat(Sources.fault(source))
        .isEqualTo("1:10: 'synaps' (expected: neuron, row or synapse)");
  }

  @Test
  void aDirectiveBeforeTheProgramIsReportedOnce() {
    var source = ".const A = 1\n.program row r\n.trigger each = step\nmov r0, A\n";
    assertThat(Sources.fault(source)).isEqualTo("1:2: the first directive must be .program");
  }

  @Test
  void diagnosticsOfInstructionsAndDirectivesStandInOrderOfLine() {
    var source =
        ".program neuron n\nmov r0\n.field v : x8\nmov\n.field u : s0\n.trigger t = step\n";
    assertThat(Sources.diagnostics(source).stream().map(Diagnostic::line))
        .containsExactly(2, 3, 4, 5, 6);
  }

  @Test
  void theExceptionsMessageHoldsThemAll() {
    var source = ".program neuron n\nmov\nmov r16, 1\n";
    assertThatThrownBy(() -> Assembler.assemble("n.s", source, Map.of()))
        .hasMessage(
            Sources.diagnostics(source).stream()
                .map(d -> d.toString().replace("t.s", "n.s"))
                .collect(Collectors.joining("\n")));
  }

  @Test
  void aFileWithoutProgramIsRefused() {
    assertThat(Sources.fault("; nothing\n"))
        .isEqualTo("1:1: no .program directive (expected: .program neuron|row|synapse NAME)");
    assertThat(Sources.fault(""))
        .isEqualTo("1:1: no .program directive (expected: .program neuron|row|synapse NAME)");
  }

  @Test
  void charactersThatAreNoneOfTheLanguageAreRefused() {
    assertThat(Sources.fault(".program neuron n\nmov r0, #1\n"))
        .isEqualTo("2:9: unexpected character: '#'");
    assertThat(Sources.fault(".program neuron n\nmov r0, µ\n"))
        .isEqualTo("2:9: unexpected character: 'µ'");
    assertThat(Sources.fault(".program neuron n\nmov r0, 🧠\n"))
        .isEqualTo("2:9: unexpected character: '🧠'");
  }
}
