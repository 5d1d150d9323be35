package engram.isa.verify;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.NumberFormat;
import engram.isa.Overflow;
import engram.isa.ProgramKind;
import engram.isa.program.Activity;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.isa.program.Table;
import engram.isa.program.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Programs need not come from the assembler: what their declarations say is judged as well, before
/// an instruction relies on it.
final class DeclarationFaultsTest {
  private static final int NONE = Trigger.NONE;
  private static final long[] WORDS = Sources.program(".program neuron n\nmov r0, 0\n").words();

  private ProgramKind kind = ProgramKind.NEURON;
  private String name = "n";
  private final List<Symbol> symbols = new ArrayList<>();
  private final List<Table> tables = new ArrayList<>();
  private final List<Trigger> triggers = new ArrayList<>();
  private Activity activity = Activity.ALWAYS;
  private int origin;

  private List<String> faults() {
    return Sources.faults(
        new Program(kind, name, symbols, tables, triggers, activity, origin, WORDS));
  }

  private DeclarationFaultsTest symbol(String symbol, SymbolRole role, NumberFormat format) {
    symbols.add(Symbol.of(symbol, role, format));
    return this;
  }

  private DeclarationFaultsTest row() {
    kind = ProgramKind.ROW;
    triggers.add(new Trigger("each", NONE, NONE, 0, 1, 0, NONE, 0));
    return this;
  }

  private DeclarationFaultsTest synapse() {
    row();
    kind = ProgramKind.SYNAPSE;
    return this;
  }

  @Test
  void aProgramWithNothingDeclaredPasses() {
    assertThat(faults()).isEmpty();
    assertThat(new DeclarationFaultsTest().row().faults()).isEmpty();
    assertThat(new DeclarationFaultsTest().synapse().faults()).isEmpty();
  }

  @Test
  void aProgramMustHaveInstructions() {
    assertThat(Sources.faults(".program neuron n\n")).containsExactly("-1: no instructions");
  }

  @Test
  void aNeuronProgramHasNoTriggers() {
    triggers.add(new Trigger("t", 0, NONE, 0, NONE, 0, NONE, 0));
    assertThat(faults()).containsExactly("-1: a neuron program has no triggers");
  }

  @Test
  void aProgramThatNothingTriggersIsRefused() {
    kind = ProgramKind.ROW;
    assertThat(faults()).containsExactly("-1: no trigger: the program would never run");
  }

  @Test
  void slotsFrom48UpAreBuiltIn() {
    for (int i = 0; i < 48; i++) {
      symbol("s" + i, SymbolRole.FIELD, NumberFormat.S32);
    }
    assertThat(faults()).isEmpty();
    symbol("one_more", SymbolRole.FIELD, NumberFormat.S32);
    assertThat(faults()).containsExactly("-1: symbols: 49 (expected: at most 48)");
  }

  @ParameterizedTest
  @EnumSource(SymbolRole.class)
  void eachKindHasItsOwnRoles(SymbolRole role) {
    for (var each : ProgramKind.values()) {
      var test = new DeclarationFaultsTest();
      if (each != ProgramKind.NEURON) {
        test.row();
      }
      test.kind = each;
      test.symbol("x", role, role == SymbolRole.STREAM ? NumberFormat.BIT : NumberFormat.S32);
      boolean goes =
          switch (role) {
            case FIELD, PARAM, ACCUMULATOR, STREAM -> each != ProgramKind.SYNAPSE;
            case GLOBAL -> true;
            case GROUP -> each == ProgramKind.NEURON;
            case TAG, ROW, ROW_ACCUMULATOR, POST -> each == ProgramKind.SYNAPSE;
            default -> false;
          };
      if (goes) {
        assertThat(test.faults()).as("%s in %s", role, each).isEmpty();
      } else {
        assertThat(test.faults())
            .containsExactly("-1: x: a %s program declares no %s".formatted(each.keyword(), role));
      }
    }
  }

  @Test
  void namesAreWordsThatAssemblyCanWrite() {
    symbol("1v", SymbolRole.FIELD, NumberFormat.S32).symbol("", SymbolRole.FIELD, NumberFormat.S32);
    symbol("r7", SymbolRole.FIELD, NumberFormat.S32)
        .symbol("w", SymbolRole.FIELD, NumberFormat.S32);
    tables.add(new Table("a b", NumberFormat.S32, new int[] {1}));
    name = "n\n.program";
    assertThat(faults())
        .containsExactly(
            "-1: name: n\n.program (expected: a word that is not reserved)",
            "-1: name: 1v (expected: a word that is not reserved)",
            "-1: name:  (expected: a word that is not reserved)",
            "-1: name: r7 (expected: a word that is not reserved)",
            "-1: name: w (expected: a word that is not reserved)",
            "-1: name: a b (expected: a word that is not reserved)");
  }

  @Test
  void namesAreDeclaredOnce() {
    row().symbol("v", SymbolRole.FIELD, NumberFormat.S32);
    symbol("v", SymbolRole.PARAM, NumberFormat.S32);
    tables.add(new Table("v", NumberFormat.S32, new int[] {1}));
    triggers.add(new Trigger("v", NONE, NONE, 0, 1, 0, NONE, 0));
    assertThat(faults()).containsOnly("-1: name declared twice: v").hasSize(3);
  }

  @Test
  void streamsHaveTheTypeThatTheirEventsHave() {
    symbol("s", SymbolRole.STREAM, NumberFormat.unsigned(3));
    symbols.add(
        new Symbol(
            "g", SymbolRole.STREAM, NumberFormat.S32, Overflow.SATURATE, 1, false, true, 0, ""));
    assertThat(faults())
        .containsExactly("-1: s: type: u3 (expected: u1)", "-1: g: type: s32 (expected: s16)");
  }

  /// A type that is narrower than what is borrowed would let the proof of a resting lane lie.
  @Test
  void borrowedNamesHaveTheWidestType() {
    synapse().symbol("v", SymbolRole.POST, NumberFormat.BIT);
    symbol("x", SymbolRole.ROW, NumberFormat.unsigned(4));
    symbol("a", SymbolRole.ROW_ACCUMULATOR, NumberFormat.signed(8));
    assertThat(faults())
        .containsExactly(
            "-1: v: type: u1 (expected: s32)",
            "-1: x: type: u4 (expected: s32)",
            "-1: a: type: s8 (expected: s32)");
  }

  private static Symbol with(
      SymbolRole role, Overflow overflow, int history, boolean hold, boolean graded, int initial) {
    var format = graded ? NumberFormat.signed(16) : NumberFormat.BIT;
    return new Symbol("x", role, format, overflow, history, hold, graded, initial, "");
  }

  @Test
  void extrasGoWithTheRolesThatHaveThem() {
    var plain = Overflow.SATURATE;
    symbols.add(with(SymbolRole.PARAM, Overflow.WRAP, 1, false, false, 0));
    assertThat(faults()).containsExactly("-1: x: wrap does not go with a param");
    symbols.set(0, with(SymbolRole.GLOBAL, plain, 2, false, false, 0));
    assertThat(faults()).containsExactly("-1: x: history does not go with a global");
    symbols.set(0, with(SymbolRole.FIELD, plain, 1, true, false, 0));
    assertThat(faults()).containsExactly("-1: x: hold does not go with a field");
    symbols.set(0, with(SymbolRole.FIELD, plain, 1, false, true, 0));
    assertThat(faults()).containsExactly("-1: x: graded does not go with a field");
    symbols.set(0, with(SymbolRole.STREAM, plain, 1, false, false, 1));
    assertThat(faults()).containsExactly("-1: x: an initial value does not go with a stream");
    symbols.set(0, with(SymbolRole.ACCUMULATOR, plain, 1, false, false, 1));
    assertThat(faults())
        .containsExactly(
            "-1: x: an initial value does not go with an accumulator that is not held");
    symbols.set(0, with(SymbolRole.ACCUMULATOR, plain, 1, true, false, 1));
    assertThat(faults()).isEmpty();
  }

  private static Symbol sums(SymbolRole role, boolean graded, String accumulator) {
    var format = graded ? NumberFormat.signed(16) : NumberFormat.BIT;
    return new Symbol("x", role, format, Overflow.SATURATE, 1, false, graded, 0, accumulator);
  }

  @Test
  void aStreamSumsAnAccumulatorOfItsRowProgram() {
    row().symbol("a", SymbolRole.ACCUMULATOR, NumberFormat.S32);
    symbol("f", SymbolRole.FIELD, NumberFormat.S32);
    symbols.add(sums(SymbolRole.STREAM, false, "a"));
    assertThat(faults()).isEmpty();
    symbols.set(2, sums(SymbolRole.STREAM, false, "f"));
    assertThat(faults()).containsExactly("-1: stream x sums f, no accumulator here");
    symbols.set(2, sums(SymbolRole.STREAM, false, "nobody"));
    assertThat(faults()).containsExactly("-1: stream x sums nobody, no accumulator here");
    symbols.set(2, sums(SymbolRole.STREAM, true, "a"));
    assertThat(faults())
        .containsExactly("-1: stream x sums a, so its events have no payload of their own");
    symbols.set(2, sums(SymbolRole.PARAM, false, "a"));
    assertThat(faults()).containsExactly("-1: x: sums does not go with a param");
  }

  @Test
  void noStreamOfANeuronSums() {
    symbol("a", SymbolRole.ACCUMULATOR, NumberFormat.S32);
    symbols.add(sums(SymbolRole.STREAM, false, "a"));
    assertThat(faults()).containsExactly("-1: x: sums does not go with a stream of a neuron");
  }

  @Test
  void rowAccumulatorsAreNeitherHeldNorKept() {
    row();
    symbols.add(with(SymbolRole.ACCUMULATOR, Overflow.SATURATE, 2, false, false, 0));
    assertThat(faults()).containsExactly("-1: row accumulator x with history or hold");
    symbols.set(0, with(SymbolRole.ACCUMULATOR, Overflow.SATURATE, 1, true, false, 0));
    assertThat(faults()).containsExactly("-1: row accumulator x with history or hold");
  }

  @Test
  void aRowWithAnAccumulatorCannotBeActiveByTouch() {
    row().symbol("a", SymbolRole.ACCUMULATOR, NumberFormat.S32);
    activity = new Activity(Activity.Kind.TOUCHED, List.of());
    assertThat(faults())
        .containsExactly(
            "-1: active touched in a program with row accumulator a: a row that is split over"
                + " cores would be touched in one and not in another");
  }

  @Test
  void aSynapseHasSevenTags() {
    synapse();
    for (int i = 0; i < 8; i++) {
      assertThat(faults()).isEmpty();
      symbol("t" + i, SymbolRole.TAG, NumberFormat.S32);
    }
    assertThat(faults()).containsExactly("-1: tags: 8 (expected: at most 7)");
  }

  @Test
  void aTableHasEntries() {
    tables.add(new Table("t", NumberFormat.S32, new int[0]));
    assertThat(faults()).containsExactly("-1: table t: no entries");
  }

  @Test
  void tablesAreCounted() {
    IntStream.rangeClosed(0, 48)
        .forEach(i -> tables.add(new Table("t" + i, NumberFormat.BIT, new int[] {1})));
    assertThat(faults()).containsExactly("-1: tables: 49 (expected: at most 48)");
  }

  @Test
  void triggersAreCounted() {
    row();
    for (int i = 0; i < 8; i++) {
      triggers.add(new Trigger("t" + i, 0, NONE, 0, NONE, 0, NONE, 0));
    }
    assertThat(faults()).containsExactly("-1: triggers: 9 (expected: at most 8)");
  }

  @Test
  void triggersWaitForWhatThereIs() {
    synapse().symbol("spike", SymbolRole.POST, NumberFormat.S32);
    symbol("reward", SymbolRole.GLOBAL, NumberFormat.BIT);
    triggers.add(new Trigger("t", 63, 0, 63, 7, 6, 1, 63));
    assertThat(faults()).isEmpty();
    refuse(new Trigger("t", NONE, NONE, 0, NONE, 0, NONE, 0), "it waits for nothing");
    refuse(new Trigger("t", 64, NONE, 0, NONE, 0, NONE, 0), "age: 64 (expected: 0 to 63)");
    refuse(new Trigger("t", -2, NONE, 0, NONE, 0, NONE, 0), "age: -2 (expected: 0 to 63)");
    refuse(new Trigger("t", NONE, 0, 64, NONE, 0, NONE, 0), "age: 64 (expected: 0 to 63)");
    refuse(
        new Trigger("t", NONE, 1, 0, NONE, 0, NONE, 0), "slot 1 is no name of the target neuron");
    refuse(
        new Trigger("t", NONE, 48, 0, NONE, 0, NONE, 0), "slot 48 is no name of the target neuron");
    refuse(
        new Trigger("t", NONE, -5, 0, NONE, 0, NONE, 0), "slot -5 is no name of the target neuron");
    refuse(new Trigger("t", NONE, NONE, 0, 0, 0, NONE, 0), "period: 0 (expected: at least 1)");
    refuse(new Trigger("t", NONE, NONE, 0, 4, 4, NONE, 0), "offset: 4 (expected: 0 to 3)");
    refuse(new Trigger("t", NONE, NONE, 0, 4, -1, NONE, 0), "offset: -1 (expected: 0 to 3)");
    refuse(new Trigger("t", NONE, NONE, 0, NONE, 0, 0, 0), "slot 0 is no global register");
    refuse(new Trigger("t", NONE, NONE, 0, NONE, 0, 99, 0), "slot 99 is no global register");
    refuse(new Trigger("t", NONE, NONE, 0, NONE, 0, 1, 64), "age: 64 (expected: 0 to 63)");
  }

  private void refuse(Trigger trigger, String reason) {
    triggers.set(1, trigger);
    assertThat(faults()).containsExactly("-1: trigger t: " + reason);
  }

  @Test
  void aRowHasNoTargetNeuronToWaitFor() {
    row();
    triggers.add(new Trigger("t", NONE, 0, 0, NONE, 0, NONE, 0));
    assertThat(faults()).containsExactly("-1: trigger t: slot 0 is no name of the target neuron");
  }

  @Test
  void activityNamesFieldsOfItsOwn() {
    symbol("a", SymbolRole.ACCUMULATOR, NumberFormat.S32)
        .symbol("k", SymbolRole.PARAM, NumberFormat.S32);
    symbol("v", SymbolRole.FIELD, NumberFormat.S32);
    refuse(Activity.Kind.WHEN, List.of(0), "active when: slot 0 is no field or param");
    refuse(Activity.Kind.WHEN, List.of(48), "active when: slot 48 is no field or param");
    refuse(Activity.Kind.WHEN, List.of(-1), "active when: slot -1 is no field or param");
    refuse(Activity.Kind.WHEN, List.of(), "active when: fields: 0 (expected: 1)");
    refuse(Activity.Kind.WHEN, List.of(2, 2), "active when: fields: 2 (expected: 1)");
    refuse(Activity.Kind.TOUCHED, List.of(1), "active touched: slot 1 is no field");
    refuse(Activity.Kind.TOUCHED, List.of(77), "active touched: slot 77 is no field");
    refuse(Activity.Kind.ALWAYS, List.of(2), "active always: fields: 1 (expected: 0)");
  }

  @Test
  void aSynapseIsActiveByAFieldOfItsRow() {
    synapse().symbol("x", SymbolRole.ROW, NumberFormat.S32);
    symbol("e", SymbolRole.TAG, NumberFormat.S32);
    refuse(Activity.Kind.WHEN, List.of(1), "active when: slot 1 is no field of the row");
    refuse(Activity.Kind.TOUCHED, List.of(), "active touched in a synapse program");
  }

  private void refuse(Activity.Kind how, List<Integer> slots, String reason) {
    activity = new Activity(how, slots);
    assertThat(faults()).containsExactly("-1: " + reason);
  }

  @Test
  void theClockOfDrawsIsKept63StepsBack() {
    origin = 64;
    assertThat(faults()).containsExactly("-1: origin: 64 (expected: 0 to 63)");
    origin = -1;
    assertThat(faults()).containsExactly("-1: origin: -1 (expected: 0 to 63)");
    origin = 63;
    assertThat(faults()).isEmpty();
  }
}
