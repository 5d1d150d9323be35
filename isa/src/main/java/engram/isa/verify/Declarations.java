package engram.isa.verify;

import engram.isa.NumberFormat;
import engram.isa.Overflow;
import engram.isa.ProgramKind;
import engram.isa.program.Activity;
import engram.isa.program.Names;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.isa.program.Trigger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/// Judges what a program says about itself before its first instruction: names, types, tables,
/// triggers, activity. A program may come from a file, so nothing is taken for granted that the
/// assembler would not have written.
final class Declarations {
  private final Program program;
  private final List<Fault> faults = new ArrayList<>();

  private Declarations(Program program) {
    this.program = program;
  }

  static List<Fault> faults(Program program) {
    var declarations = new Declarations(program);
    declarations.names();
    declarations.counts();
    program.symbols().forEach(declarations::symbol);
    if (program.kind() == ProgramKind.ROW) {
      declarations.rowAccumulators();
    }
    for (var table : program.tables()) {
      if (table.values().length == 0) {
        declarations.fault("table " + table.name() + ": no entries");
      }
    }
    program.triggers().forEach(declarations::trigger);
    declarations.activity();
    return declarations.faults;
  }

  private void fault(String message) {
    faults.add(new Fault(-1, message));
  }

  private void names() {
    if (!Names.word(program.name())) {
      unreadable(program.name());
    }
    var declared = new ArrayList<String>();
    program.symbols().forEach(s -> declared.add(s.name()));
    program.tables().forEach(t -> declared.add(t.name()));
    program.triggers().forEach(t -> declared.add(t.name()));
    var used = new HashSet<String>();
    for (var name : declared) {
      if (!Names.word(name) || Names.reserved(name)) {
        unreadable(name);
      }
      if (!used.add(name)) {
        fault("name declared twice: " + name);
      }
    }
  }

  private void unreadable(String name) {
    fault("name: " + name + " (expected: a word that is not reserved)");
  }

  private void counts() {
    atMost("symbols", program.symbols().size(), Symbol.DECLARED);
    atMost("tables", program.tables().size(), Symbol.DECLARED);
    atMost("triggers", program.triggers().size(), Trigger.MOST);
    atMost("tags", program.symbols(SymbolRole.TAG).size(), Symbol.TAGS);
    if (program.kind() == ProgramKind.NEURON) {
      if (!program.triggers().isEmpty()) {
        fault("a neuron program has no triggers");
      }
    } else if (program.triggers().isEmpty()) {
      fault("no trigger: the program would never run");
    }
    range("origin", program.originAge(), Symbol.HISTORY - 1);
  }

  private void atMost(String what, int count, int most) {
    if (count > most) {
      fault(what + ": " + count + " (expected: at most " + most + ")");
    }
  }

  private void range(String what, int value, int most) {
    if (value < 0 || value > most) {
      fault(what + ": " + value + " (expected: 0 to " + most + ")");
    }
  }

  private void symbol(Symbol symbol) {
    var role = symbol.role();
    if (!role.kinds().contains(program.kind())) {
      fault(symbol.name() + ": a " + program.kind().keyword() + " program declares no " + role);
      return;
    }
    boolean accumulator = role == SymbolRole.ACCUMULATOR;
    boolean stream = role == SymbolRole.STREAM;
    boolean field = role == SymbolRole.FIELD;
    boolean param = role == SymbolRole.PARAM;
    boolean stored = field || accumulator || role == SymbolRole.TAG;
    extra(symbol, symbol.history() > 1, "history", field || param || accumulator || stream);
    extra(symbol, symbol.hold(), "hold", accumulator);
    extra(symbol, symbol.graded(), "graded", stream);
    extra(symbol, symbol.overflow() != Overflow.SATURATE, symbol.overflow().keyword(), stored);
    extra(
        symbol,
        symbol.initial() != 0,
        "an initial value",
        symbol.hold() || (role.typed() && !accumulator));
    sums(symbol, stream);
    var type = type(symbol);
    if (!symbol.format().equals(type)) {
      fault(symbol.name() + ": type: " + symbol.format() + " (expected: " + type + ")");
    }
  }

  private void extra(Symbol symbol, boolean has, String what, boolean may) {
    if (has && !may) {
      boolean accumulator = symbol.role() == SymbolRole.ACCUMULATOR;
      fault(
          symbol.name()
              + ": "
              + what
              + " does not go with "
              + (accumulator ? "an accumulator that is not held" : "a " + symbol.role()));
    }
  }

  private void sums(Symbol symbol, boolean stream) {
    String sums = symbol.sums();
    if (sums.isEmpty()) {
      return;
    }
    if (!stream || program.kind() != ProgramKind.ROW) {
      fault(
          symbol.name()
              + ": sums does not go with a "
              + symbol.role()
              + (stream ? " of a neuron" : ""));
      return;
    }
    boolean exists =
        program.slot(sums).stream()
            .anyMatch(s -> program.symbol(s).role() == SymbolRole.ACCUMULATOR);
    if (!exists) {
      fault("stream " + symbol.name() + " sums " + sums + ", no accumulator here");
    } else if (symbol.graded()) {
      fault(
          "stream "
              + symbol.name()
              + " sums "
              + sums
              + ", so its events have no payload of their own");
    }
  }

  /// The type that a symbol must have: its own where it has one; where the value lives elsewhere,
  /// the widest, so that the proof of a resting lane does not rely on less.
  private static NumberFormat type(Symbol symbol) {
    if (symbol.role().typed()) {
      return symbol.format();
    }
    if (symbol.role() != SymbolRole.STREAM) {
      return NumberFormat.S32;
    }
    return symbol.graded() ? NumberFormat.signed(16) : NumberFormat.BIT;
  }

  private void rowAccumulators() {
    for (var symbol : program.symbols(SymbolRole.ACCUMULATOR)) {
      if (symbol.history() > 1 || symbol.hold()) {
        fault("row accumulator " + symbol.name() + " with history or hold");
      }
      if (program.activity().kind() == Activity.Kind.TOUCHED) {
        fault(
            "active touched in a program with row accumulator "
                + symbol.name()
                + ": a row that is split over cores would be touched in one and not in another");
      }
    }
  }

  private boolean is(int slot, SymbolRole... roles) {
    return slot >= 0
        && slot < program.symbols().size()
        && List.of(roles).contains(program.symbols().get(slot).role());
  }

  private void trigger(Trigger trigger) {
    String name = "trigger " + trigger.name() + ": ";
    if (!trigger.hasPre() && !trigger.hasPost() && !trigger.hasPeriod() && !trigger.hasGlobal()) {
      fault(name + "it waits for nothing");
    }
    if (trigger.hasPre()) {
      range(name + "age", trigger.preAge(), Symbol.HISTORY - 1);
    }
    if (trigger.hasPost()) {
      range(name + "age", trigger.postAge(), Symbol.HISTORY - 1);
      if (!is(trigger.postSlot(), SymbolRole.POST)) {
        fault(name + "slot " + trigger.postSlot() + " is no name of the target neuron");
      }
    }
    if (trigger.hasPeriod()) {
      if (trigger.period() < 1) {
        fault(name + "period: " + trigger.period() + " (expected: at least 1)");
      } else {
        range(name + "offset", trigger.offset(), trigger.period() - 1);
      }
    }
    if (trigger.hasGlobal()) {
      range(name + "age", trigger.globalAge(), Symbol.HISTORY - 1);
      if (!is(trigger.globalSlot(), SymbolRole.GLOBAL)) {
        fault(name + "slot " + trigger.globalSlot() + " is no global register");
      }
    }
  }

  private void activity() {
    var activity = program.activity();
    String name = "active " + activity.kind().name().toLowerCase(Locale.ROOT);
    boolean synapse = program.kind() == ProgramKind.SYNAPSE;
    int slots = activity.slots().size();
    switch (activity.kind()) {
      case ALWAYS -> {
        if (slots != 0) {
          fault(name + ": fields: " + slots + " (expected: 0)");
        }
      }
      case WHEN -> {
        if (slots != 1) {
          fault(name + ": fields: " + slots + " (expected: 1)");
        } else if (synapse) {
          active(name, "no field of the row", SymbolRole.ROW);
        } else {
          active(name, "no field or param", SymbolRole.FIELD, SymbolRole.PARAM);
        }
      }
      case TOUCHED -> {
        if (synapse) {
          fault(name + " in a synapse program");
        } else {
          active(name, "no field", SymbolRole.FIELD);
        }
      }
    }
  }

  private void active(String name, String what, SymbolRole... roles) {
    for (int slot : program.activity().slots()) {
      if (!is(slot, roles)) {
        fault(name + ": slot " + slot + " is " + what);
      }
    }
  }
}
