package engram.isa.verify;

import engram.isa.Instruction;
import engram.isa.Opcode;
import engram.isa.ProgramKind;
import engram.isa.program.Activity;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Proof that a lane which its program's activity leaves out would not have done anything: runs the
/// program over ranges of values, with the symbols at zero that make the lane inactive, and asks
/// that every store keeps what was there and that nothing is emitted, bid or added to a row.
final class RestingLane {
  private final Program program;
  private final Activity activity;
  private final List<Fault> faults = new ArrayList<>();
  private final Range[] registers = new Range[Instruction.REGISTERS];
  private final Truth[] predicates = new Truth[Instruction.PREDICATES];
  private Range acc = Range.ZERO;

  private RestingLane(Program program) {
    this.program = program;
    this.activity = program.activity();
  }

  /// What an inactive lane could do; empty if the activity is sound.
  static List<Fault> faults(Program program) {
    if (program.activity().kind() == Activity.Kind.ALWAYS) {
      return List.of();
    }
    var lane = new RestingLane(program);
    lane.clear();
    for (int i = 0; i < program.size(); i++) {
      lane.step(i, program.instruction(i));
    }
    return lane.faults;
  }

  private void clear() {
    Arrays.fill(registers, Range.ZERO);
    Arrays.fill(predicates, Truth.FALSE);
    predicates[0] = Truth.TRUE;
    acc = Range.ZERO;
  }

  private void step(int index, Instruction in) {
    var runs = predicates[in.predicate()];
    if (in.negated()) {
      runs = runs.not();
    }
    if (runs == Truth.FALSE) {
      return;
    }
    switch (in.opcode()) {
      case ST -> store(index, in);
      case EMIT -> fault(index, "an inactive lane could emit");
      case BID -> fault(index, "an inactive lane could bid");
      case KILL -> fault(index, "an inactive synapse could be killed");
      case ROWADD -> {
        if (!registers[in.a()].is(0) && !second(in).is(0)) {
          fault(index, "an inactive synapse could add to its row");
        }
      }
      case REDUCE -> clear();
      case CMPEQ, CMPNE, CMPLT, CMPLE, CMPGT, CMPGE, PAND, POR, PXOR, PNOT, BERN, CAUSE -> {
        var truth = truth(in);
        predicates[in.d()] = runs == Truth.TRUE ? truth : predicates[in.d()].join(truth);
      }
      case MACZ, MAC, MAS, LDACC -> {
        var value = accumulator(in);
        acc = runs == Truth.TRUE ? value : acc.join(value);
      }
      default -> {
        var value = value(in);
        registers[in.d()] = runs == Truth.TRUE ? value : registers[in.d()].join(value);
      }
    }
  }

  private void store(int index, Instruction in) {
    var symbol = program.symbol(in.slot());
    var held = load(in.slot(), 0);
    var value = second(in);
    boolean same = value.symbol() == in.slot() || (value.isConstant() && held.is(value.low()));
    if (!same) {
      fault(index, "an inactive lane could change " + symbol.name());
    }
  }

  private void fault(int index, String message) {
    faults.add(new Fault(index, message + " (declared: " + shown() + ")"));
  }

  private String shown() {
    var names = activity.slots().stream().map(s -> program.symbol(s).name()).toList();
    return activity.kind() == Activity.Kind.WHEN
        ? "active when " + names.get(0) + " != 0"
        : "active " + String.join(" or ", prepend("touched", names));
  }

  private static List<String> prepend(String first, List<String> rest) {
    var all = new ArrayList<String>();
    all.add(first);
    all.addAll(rest);
    return all;
  }

  private Range load(int slot, int age) {
    Symbol symbol = program.symbol(slot);
    boolean touched = activity.kind() == Activity.Kind.TOUCHED;
    boolean zero =
        age == 0
            && (activity.slots().contains(slot)
                || (touched
                    && (symbol.role() == SymbolRole.ACCUMULATOR
                        || symbol.role() == SymbolRole.PAYLOAD)));
    var range = zero ? Range.ZERO : Range.of(symbol.format());
    return age == 0 ? range.from(slot) : range;
  }

  private Range second(Instruction in) {
    return in.constant() ? Range.of(in.immediate()) : registers[in.b()];
  }

  private Range accumulator(Instruction in) {
    return Ranges.accumulator(in, acc, registers[in.a()], second(in));
  }

  private Range value(Instruction in) {
    if (in.opcode() == Opcode.LD) {
      return in.constant()
          ? Range.of(program.symbol(in.slot()).format())
          : load(in.slot(), in.immediate());
    }
    return Ranges.value(in, program.tables(), registers[in.a()], second(in), acc);
  }

  private Truth truth(Instruction in) {
    var a = registers[in.a()];
    return switch (in.opcode()) {
      case CMPEQ -> equal(a, second(in));
      case CMPNE -> equal(a, second(in)).not();
      case CMPLT -> less(a, second(in));
      case CMPGE -> less(a, second(in)).not();
      case CMPGT -> less(second(in), a);
      case CMPLE -> less(second(in), a).not();
      case PAND -> predicates[in.a()].and(predicates[in.b()]);
      case POR -> predicates[in.a()].or(predicates[in.b()]);
      case PXOR -> predicates[in.a()].xor(predicates[in.b()]);
      case PNOT -> predicates[in.a()].not();
      case BERN -> less(new Range(0, (1L << in.shift()) - 1), second(in));
      case CAUSE -> cause(in);
      default -> throw new IllegalStateException(in.toString());
    };
  }

  /// A row that is not touched got no event in this step.
  private Truth cause(Instruction in) {
    boolean row = program.kind() == ProgramKind.ROW;
    boolean arrival = program.triggers().get(in.slot()).preAge() == 0;
    return row && arrival && activity.kind() == Activity.Kind.TOUCHED ? Truth.FALSE : Truth.UNKNOWN;
  }

  private static Truth equal(Range a, Range b) {
    if (a.isConstant() && b.isConstant()) {
      return Truth.of(a.low() == b.low());
    }
    return a.high() < b.low() || b.high() < a.low() ? Truth.FALSE : Truth.UNKNOWN;
  }

  private static Truth less(Range a, Range b) {
    return a.high() < b.low() ? Truth.TRUE : a.low() >= b.high() ? Truth.FALSE : Truth.UNKNOWN;
  }
}
