package engram.isa.assembler;

import engram.isa.Instruction;
import engram.isa.NumberFormat;
import engram.isa.Operand;
import engram.isa.Overflow;
import engram.isa.Rounding;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.Table;
import engram.isa.program.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Writes a program as assembly that assembles to the same program.
public final class Disassembler {
  private static final int TABLE_COLUMNS = 12;

  private Disassembler() {}

  /// The whole program, directives first.
  public static String disassemble(Program program) {
    var lines = new ArrayList<String>();
    lines.add(".program " + program.kind().keyword() + " " + program.name());
    for (var symbol : program.symbols()) {
      lines.add(declaration(symbol));
    }
    for (var table : program.tables()) {
      lines.add(table(table));
    }
    for (var trigger : program.triggers()) {
      lines.add(".trigger " + trigger.name() + " = " + terms(program, trigger));
    }
    var activity = program.activity();
    switch (activity.kind()) {
      case ALWAYS -> {}
      case WHEN ->
          lines.add(".active when " + program.symbol(activity.slots().get(0)).name() + " != 0");
      case TOUCHED ->
          lines.add(
              ".active touched"
                  + activity.slots().stream()
                      .map(slot -> " or " + program.symbol(slot).name())
                      .collect(Collectors.joining()));
    }
    if (program.originAge() != 0) {
      lines.add(".origin " + program.originAge());
    }
    for (var instruction : program.instructions()) {
      lines.add(disassemble(program, instruction));
    }
    return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
  }

  /// One instruction, with the names of its program.
  public static String disassemble(Program program, Instruction instruction) {
    var opcode = instruction.opcode();
    String predicate =
        instruction.unconditional()
            ? ""
            : "(" + (instruction.negated() ? "!" : "") + "p" + instruction.predicate() + ")";
    var operands = new ArrayList<String>();
    for (var operand : opcode.format().operands()) {
      String text = operand(program, instruction, operand);
      if (!text.isEmpty()) {
        operands.add(text);
      }
    }
    return "%6s %-6s %s"
        .formatted(predicate, opcode.mnemonic(), String.join(", ", operands))
        .stripTrailing();
  }

  private static String operand(Program program, Instruction in, Operand operand) {
    return switch (operand) {
      case RD -> "r" + in.d();
      case RA -> "r" + in.a();
      case B -> in.constant() ? String.valueOf(in.immediate()) : "r" + in.b();
      case PAYLOAD -> in.constant() && in.immediate() == 1 ? "" : operand(program, in, Operand.B);
      case PD -> "p" + in.d();
      case PA -> "p" + in.a();
      case PB -> "p" + in.b();
      case SYMBOL -> program.symbol(in.slot()).name();
      case AGED_SYMBOL -> {
        String name = program.symbol(in.slot()).name();
        yield in.constant()
            ? name + "@" + program.symbol(in.immediate()).name()
            : name + aged(in.immediate());
      }
      case TABLE -> program.tables().get(in.slot()).name();
      case TRIGGER -> program.triggers().get(in.slot()).name();
      case REDUCER -> in.reducer().keyword();
      case BITS, SHIFT -> String.valueOf(in.shift());
      case FRACTION -> String.valueOf(in.immediate());
      case ROUNDING -> in.rounding() == Rounding.DOWN ? "" : in.rounding().keyword();
    };
  }

  private static String aged(int age) {
    return age == 0 ? "" : "@" + age;
  }

  private static String declaration(Symbol symbol) {
    var text = new StringBuilder("." + symbol.role().keyword() + " " + symbol.name());
    if (symbol.role().typed()) {
      text.append(" : ").append(format(symbol.format()));
    }
    if (symbol.graded()) {
      text.append(" graded");
    }
    if (symbol.history() > 1) {
      text.append(" history ").append(symbol.history());
    }
    if (symbol.hold()) {
      text.append(" hold");
    }
    if (symbol.overflow() != Overflow.SATURATE) {
      text.append(" ").append(symbol.overflow().keyword());
    }
    if (symbol.initial() != 0) {
      text.append(" = ").append(symbol.initial());
    }
    if (!symbol.sums().isEmpty()) {
      text.append(" sums ").append(symbol.sums());
    }
    return text.toString();
  }

  private static String format(NumberFormat format) {
    return format.toString();
  }

  private static String table(Table table) {
    var text = new StringBuilder(".table " + table.name() + " : " + format(table.format()) + " =");
    for (int i = 0; i < table.values().length; i++) {
      text.append(i == 0 ? "" : ",");
      text.append(i % TABLE_COLUMNS == 0 ? "\n    " : " ");
      text.append(table.values()[i]);
    }
    return text.toString();
  }

  private static String terms(Program program, Trigger trigger) {
    List<String> terms = new ArrayList<>();
    if (trigger.hasPre()) {
      terms.add("pre" + aged(trigger.preAge()));
    }
    if (trigger.hasPost()) {
      terms.add("post." + program.symbol(trigger.postSlot()).name() + aged(trigger.postAge()));
    }
    if (trigger.hasPeriod()) {
      terms.add(
          trigger.period() == 1 ? "step" : "every " + trigger.period() + " at " + trigger.offset());
    }
    if (trigger.hasGlobal()) {
      terms.add(program.symbol(trigger.globalSlot()).name() + aged(trigger.globalAge()));
    }
    return String.join(" and ", terms);
  }
}
