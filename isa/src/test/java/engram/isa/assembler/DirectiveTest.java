package engram.isa.assembler;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.NumberFormat;
import engram.isa.Overflow;
import engram.isa.ProgramKind;
import engram.isa.program.Activity;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.isa.program.Table;
import engram.isa.program.Trigger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What each directive declares, and how each fails.
final class DirectiveTest {
  private static final NumberFormat S24_10 = new NumberFormat(true, 24, 10);

  private static Symbol stream(String name, int history, boolean graded, String sums) {
    var format = graded ? NumberFormat.signed(16) : NumberFormat.BIT;
    return new Symbol(
        name, SymbolRole.STREAM, format, Overflow.SATURATE, history, false, graded, 0, sums);
  }

  private static Symbol of(
      String name,
      SymbolRole role,
      NumberFormat format,
      Overflow overflow,
      int history,
      int first) {
    return new Symbol(name, role, format, overflow, history, false, false, first, "");
  }

  @Test
  void aNeuronProgramDeclaresItsSymbolsInOrder() {
    var program =
        Sources.program(
            """
            .program neuron cell
            .field  v    : s24 q(10) history 3 stop = -1 q(10)
            .field  wrap : u5 wrap
            .param  leak : u16 = 1024
            .acc    in   : s24 q(10) history 2
            .acc    held : s16 hold wrap
            .stream spike
            .stream out history 64 graded
            .global mode : u6 = 63
            .group  pool
            .group  left, right
            """);
    assertThat(program.kind()).isEqualTo(ProgramKind.NEURON);
    assertThat(program.name()).isEqualTo("cell");
    assertThat(program.symbols())
        .containsExactly(
            of("v", SymbolRole.FIELD, S24_10, Overflow.STOP, 3, -1024),
            of("wrap", SymbolRole.FIELD, NumberFormat.unsigned(5), Overflow.WRAP, 1, 0),
            of("leak", SymbolRole.PARAM, NumberFormat.unsigned(16), Overflow.SATURATE, 1, 1024),
            of("in", SymbolRole.ACCUMULATOR, S24_10, Overflow.SATURATE, 2, 0),
            new Symbol(
                "held",
                SymbolRole.ACCUMULATOR,
                NumberFormat.signed(16),
                Overflow.WRAP,
                1,
                true,
                false,
                0,
                ""),
            stream("spike", 1, false, ""),
            stream("out", 64, true, ""),
            of("mode", SymbolRole.GLOBAL, NumberFormat.unsigned(6), Overflow.SATURATE, 1, 63),
            Symbol.of("pool", SymbolRole.GROUP, NumberFormat.S32),
            Symbol.of("left", SymbolRole.GROUP, NumberFormat.S32),
            Symbol.of("right", SymbolRole.GROUP, NumberFormat.S32));
  }

  @Test
  void aRowProgramHasAccumulatorsAndStreamsThatCarryThem() {
    var program =
        Sources.program(
            """
            .program row trace
            .field  x : u16
            .acc    back : s32
            .stream out sums back
            .trigger each = step
            """);
    assertThat(program.symbols(SymbolRole.STREAM)).containsExactly(stream("out", 1, false, "back"));
    assertThat(program.symbols(SymbolRole.ACCUMULATOR)).hasSize(1);
  }

  @Test
  void aSynapseProgramBorrowsAndTags() {
    var program =
        Sources.program(
            """
            .program synapse rule
            .tag    e : s12 wrap = -5
            .row    x, y
            .rowacc back
            .post   v, spike
            .trigger each = step
            """);
    assertThat(program.symbols())
        .containsExactly(
            of("e", SymbolRole.TAG, NumberFormat.signed(12), Overflow.WRAP, 1, -5),
            Symbol.of("x", SymbolRole.ROW, NumberFormat.S32),
            Symbol.of("y", SymbolRole.ROW, NumberFormat.S32),
            Symbol.of("back", SymbolRole.ROW_ACCUMULATOR, NumberFormat.S32),
            Symbol.of("v", SymbolRole.POST, NumberFormat.S32),
            Symbol.of("spike", SymbolRole.POST, NumberFormat.S32));
  }

  @Test
  void tablesGoOnBehindACommaOrTheEqualsSign() {
    var program =
        Sources.program(
            """
            .program neuron n
            .table  one : u8 = 7
            .table  rows : s16 q(4) =       ; a comment
                1, 2,                       ; another
                3,
                -0.5 q(4)
            .table  half : s8 = 1,
                2
            """);
    assertThat(program.tables())
        .containsExactly(
            new Table("one", NumberFormat.unsigned(8), new int[] {7}),
            new Table("rows", new NumberFormat(true, 16, 4), new int[] {1, 2, 3, -8}),
            new Table("half", NumberFormat.signed(8), new int[] {1, 2}));
  }

  @Test
  void triggersJoinTheirTermsWithAnd() {
    var program =
        Sources.program(
            """
            .program synapse rule
            .global reward : s8
            .post   gplus
            .trigger each  = step
            .trigger pair  = pre@2 and post.gplus
            .trigger slow  = every 16
            .trigger early = every 16 at 3
            .trigger pay   = reward@5
            .trigger all   = pre and post.gplus@63 and every 2 and reward
            """);
    int n = Trigger.NONE;
    assertThat(program.triggers())
        .containsExactly(
            new Trigger("each", n, n, 0, 1, 0, n, 0),
            new Trigger("pair", 2, 1, 0, n, 0, n, 0),
            new Trigger("slow", n, n, 0, 16, 15, n, 0),
            new Trigger("early", n, n, 0, 16, 3, n, 0),
            new Trigger("pay", n, n, 0, n, 0, 0, 5),
            new Trigger("all", 0, 1, 63, 2, 1, 0, 0));
  }

  @Test
  void declarationsMayStandBehindTheirUse() {
    var program =
        Sources.program(
            """
            .program synapse rule
            .trigger pair = pre and post.late
            .active when x != 0
                    ld r0, late
                    mov r1, K
            .post late
            .row  x
            .const K = 5
            """);
    assertThat(program.triggers().get(0).postSlot()).isZero();
    assertThat(program.activity()).isEqualTo(new Activity(Activity.Kind.WHEN, List.of(1)));
    assertThat(program.instruction(1).immediate()).isEqualTo(5);
  }

  @Test
  void activityIsAlwaysUnlessDeclared() {
    String fields = ".program neuron n\n.field a : s8\n.field b : s8\n.param c : s8\n";
    assertThat(Sources.program(fields).activity()).isEqualTo(Activity.ALWAYS);
    assertThat(Sources.program(fields + ".active when b != 0\n").activity())
        .isEqualTo(new Activity(Activity.Kind.WHEN, List.of(1)));
    assertThat(Sources.program(fields + ".active when c != 0\n").activity())
        .isEqualTo(new Activity(Activity.Kind.WHEN, List.of(2)));
    assertThat(Sources.program(fields + ".active touched\n").activity())
        .isEqualTo(new Activity(Activity.Kind.TOUCHED, List.of()));
    assertThat(Sources.program(fields + ".active touched or b or a\n").activity())
        .isEqualTo(new Activity(Activity.Kind.TOUCHED, List.of(1, 0)));
  }

  @Test
  void drawsCanBeKeyedWithAnEarlierClock() {
    assertThat(Sources.program(".program neuron n\n.origin 63\n").originAge()).isEqualTo(63);
    assertThat(Sources.program(".program neuron n\n").originAge()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "neuron; .field 1v : s8; 8: '1v' (expected: a name)",
        "neuron; .field v s8; 10: 's8' (expected: ':')",
        "neuron; .field v : ; 11: end of line (expected: a type such as s16 or u8)",
        "neuron; .field v : f32; 12: 'f32' (expected: s1 to s32 or u1 to u31)",
        "neuron; .field v : s; 12: 's' (expected: s1 to s32 or u1 to u31)",
        "neuron; .field v : u32; 12: u width: 32 (expected: 1 to 31)",
        "neuron; .field v : s8 q(32); 17: fraction bits: 32 (expected: 0 to 31)",
        "neuron; .field v : s8 history 65; 23: history: 65 (expected: 1 to 64)",
        "neuron; .field v : s8 history 0; 23: history: 0 (expected: 1 to 64)",
        "neuron; .field v : s8 hold; 15: 'hold' does not go with .field",
        "neuron; .field v : s8 graded; 15: 'graded' does not go with .field",
        "neuron; .field v : s8 = 128; 17: initial value: 128 (expected: -128 to 127)",
        "neuron; .global g : s8 history 2; 16: 'history' does not go with .global",
        "neuron; .global g : s8 wrap; 16: 'wrap' does not go with .global",
        "neuron; .param k : s8 stop; 15: 'stop' does not go with .param",
        "neuron; .acc in : s8 = 3; 14: an accumulator that is not held starts at 0",
        "neuron; .stream s : u1; 11: ':' (expected: graded, history, or sums in a row program)",
        "neuron; .stream s sums a; 11: 'sums' (expected: graded, history, or sums in a row program)",
        "neuron; .tag t : s8; 2: .tag does not go with a neuron program",
        "neuron; .row x; 2: .row does not go with a neuron program",
        "neuron; .rowacc x; 2: .rowacc does not go with a neuron program",
        "neuron; .post x; 2: .post does not go with a neuron program",
        "neuron; .trigger t = step; 2: .trigger does not go with a neuron program",
        "neuron; .group a,; 10: end of line (expected: a name)",
        "neuron; .group a b; 10: 'b' (expected: end of line)",
        "neuron; .table t : s8 =; 16: end of line (expected: a number)",
        "neuron; .table t : s8 1; 15: '1' (expected: '=')",
        "neuron; .table t : u4 = 1, 16; 20: entry 1: 16 (expected: 0 to 15)",
        "neuron; .active; 8: end of line (expected: 'touched')",
        "neuron; .active when v != 0; 14: unknown field: v (none is declared)",
        "neuron; .active when v == 0; 16: '=' (expected: '!=')",
        "neuron; .active touched or v; 20: unknown field: v (none is declared)",
        "neuron; .origin 64; 9: origin: 64 (expected: 0 to 63)",
        "neuron; .origin 1 2; 11: '2' (expected: end of line)",
        "neuron; .program row r; 2: .program stands twice",
        "neuron; .fild v : s8; 2: unknown directive: .fild",
        "neuron; . 5; 3: '5' (expected: a directive)",
        "neuron; .const; 7: end of line (expected: a name)",
        "neuron; .const A = ; 11: end of line (expected: a number)",
        "neuron; .const A = 1 2; 14: '2' (expected: end of line)",
        "neuron; .field index : s8; 8: reserved name: index",
        "neuron; .field w : s8; 8: reserved name: w",
        "neuron; .field r3 : s8; 8: reserved name: r3",
        "neuron; .field p77 : s8; 8: reserved name: p77",
        "neuron; .global pre : s8; 9: reserved name: pre",
        "neuron; .global post : s8; 9: reserved name: post",
        "neuron; .global every : s8; 9: reserved name: every",
        "synapse; .field v : s8; 2: .field does not go with a synapse program",
        "synapse; .param v : s8; 2: .param does not go with a synapse program",
        "synapse; .acc a : s8; 2: .acc does not go with a synapse program",
        "synapse; .stream s; 2: .stream does not go with a synapse program",
        "synapse; .group g; 2: .group does not go with a synapse program",
        "synapse; .tag t : s8 history 2; 13: 'history' does not go with .tag",
        "synapse; .active touched; 2: .active does not go with a synapse program",
        "synapse; .trigger t = ; 13: end of line (expected: pre, post.NAME, step, every N, or a global register)",
        "synapse; .trigger t = pre@64; 18: age: 64 (expected: 0 to 63)",
        "synapse; .trigger t = pre and pre; 22: a second term of this sort: pre",
        "synapse; .trigger t = step and every 3; 23: a second term of this sort: every",
        "synapse; .trigger t = post; 18: end of line (expected: '.')",
        "synapse; .trigger t = post.x; 19: unknown post: x (none is declared)",
        "synapse; .trigger t = every 0; 20: period: 0 (expected: 1 to 1073741824)",
        "synapse; .trigger t = every 4 at 4; 25: offset: 4 (expected: 0 to 3)",
        "synapse; .trigger t = pre or step; 18: 'or' (expected: end of line)",
        "row; .trigger t = post.x; 14: a row has no target neuron: post",
        "row; .group g; 2: .group does not go with a row program",
        "row; .tag t : s8; 2: .tag does not go with a row program",
        "row; .acc a : s8 = 1; 13: an accumulator that is not held starts at 0",
        "row; .stream s sums 3; 16: '3' (expected: a row accumulator)",
      })
  void failsWithTheReason(String kind, String directive, String fault) {
    assertThat(Sources.fault(".program " + kind + " n\n" + directive + "\n"))
        .isEqualTo("2:" + fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        ".program; 9: end of line (expected: neuron, row or synapse)",
        ".program neuron; 16: end of line (expected: a name)",
        ".program neuron a b; 19: 'b' (expected: end of line)",
        ".program core c; 10: 'core' (expected: neuron, row or synapse)",
      })
  void theFirstDirectiveFailsWithTheReason(String directive, String fault) {
    assertThat(Sources.fault(directive + "\n")).isEqualTo("1:" + fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        ".field v : s8; 8",
        ".const v = 1; 8",
        ".table v : s8 = 1; 8",
        ".stream v; 9",
        ".group a, v; 11",
        ".global v : u1; 9",
      })
  void aNameIsDeclaredOnce(String directive, int column) {
    assertThat(Sources.fault(".program neuron n\n.field v : s8\n" + directive + "\n"))
        .isEqualTo("3:" + column + ": name declared twice: v");
    assertThat(Sources.fault(".program neuron n\n.const v = 8\n" + directive + "\n"))
        .isEqualTo("3:" + column + ": name declared twice: v");
    assertThat(Sources.fault(".program neuron n\n.table v : s8 = 1\n" + directive + "\n"))
        .isEqualTo("3:" + column + ": name declared twice: v");
  }

  @Test
  void twoActivitiesAreAnError() {
    String two = ".program neuron n\n.field v : s8\n.active touched\n.active when v != 0\n";
    assertThat(Sources.fault(two)).isEqualTo("4:2: .active stands twice");
    assertThat(Sources.fault(".program neuron n\n.field v : s8\n.active when v != 1\n"))
        .isEqualTo("3:19: value: 1 (expected: 0 to 0)");
  }

  @Test
  void slotsTablesAndTriggersAreCounted() {
    var symbols = new StringBuilder(".program synapse s\n");
    for (int i = 0; i <= Symbol.DECLARED; i++) {
      symbols.append(".row s").append(i).append('\n');
    }
    assertThat(Sources.fault(symbols.toString()))
        .isEqualTo("50:6: symbols: 49 (expected: at most 48)");
    var tables = new StringBuilder(".program synapse s\n");
    for (int i = 0; i <= Symbol.DECLARED; i++) {
      tables.append(".table t").append(i).append(" : u1 = 1\n");
    }
    assertThat(Sources.fault(tables.toString()))
        .isEqualTo("50:8: tables: 49 (expected: at most 48)");
    var triggers = new StringBuilder(".program synapse s\n");
    for (int i = 0; i <= Trigger.MOST; i++) {
      triggers.append(".trigger t").append(i).append(" = step\n");
    }
    assertThat(Sources.fault(triggers.toString()))
        .isEqualTo("10:10: triggers: 9 (expected: at most 8)");
  }
}
