package engram.isa.assembler;

import engram.isa.Instruction;
import engram.isa.InstructionField;
import engram.isa.Opcode;
import engram.isa.Operand;
import engram.isa.Reducer;
import engram.isa.Rounding;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.isa.program.Table;
import engram.isa.program.Trigger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads one instruction: `(!p1) mul r0, r1, 3, 12, nearest`.
final class InstructionParser {
  private static final Map<String, Opcode> MNEMONICS = new HashMap<>();

  static {
    for (var opcode : Opcode.values()) {
      MNEMONICS.put(opcode.mnemonic(), opcode);
    }
  }

  private final LineReader reader;
  private final List<Symbol> symbols;
  private final List<Table> tables;
  private final List<Trigger> triggers;
  private Instruction instruction;

  InstructionParser(
      LineReader reader, List<Symbol> symbols, List<Table> tables, List<Trigger> triggers) {
    this.reader = reader;
    this.symbols = symbols;
    this.tables = tables;
    this.triggers = triggers;
  }

  Instruction parse() throws SyntaxFault {
    int predicate = 0;
    boolean negated = false;
    if (reader.takeIf("(")) {
      negated = reader.takeIf("!");
      predicate = register('p', Instruction.PREDICATES, negated ? 1 : 0);
      reader.expect(")");
    }
    var mnemonic = reader.name("an instruction");
    var opcode = MNEMONICS.get(mnemonic.text());
    if (opcode == null) {
      throw mnemonic.fault("unknown instruction: " + mnemonic.text());
    }
    instruction =
        Instruction.of(opcode)
            .with(InstructionField.PREDICATE, predicate)
            .with(InstructionField.NOT, negated ? 1 : 0);
    boolean first = true;
    for (var operand : opcode.format().operands()) {
      if (reader.atEnd() && !first) {
        if (operand == Operand.ROUNDING) {
          break;
        }
        if (operand == Operand.PAYLOAD) {
          constant(1);
          break;
        }
      }
      if (!first) {
        reader.expect(",");
      }
      operand(operand);
      first = false;
    }
    reader.expectEnd();
    return instruction;
  }

  private void operand(Operand operand) throws SyntaxFault {
    switch (operand) {
      case RD -> set(InstructionField.D, register('r', Instruction.REGISTERS, 0));
      case RA -> set(InstructionField.A, register('r', Instruction.REGISTERS, 0));
      case B, PAYLOAD -> registerOrConstant();
      case PD -> set(InstructionField.D, register('p', Instruction.PREDICATES, 1));
      case PA -> set(InstructionField.A, register('p', Instruction.PREDICATES, 0));
      case PB -> set(InstructionField.B, register('p', Instruction.PREDICATES, 0));
      case SYMBOL -> set(InstructionField.SHIFT, symbol(reader.name("a symbol")));
      case AGED_SYMBOL -> agedSymbol();
      case TABLE ->
          set(InstructionField.SHIFT, place("table", tables.stream().map(Table::name).toList()));
      case TRIGGER ->
          set(
              InstructionField.SHIFT,
              place("trigger", triggers.stream().map(Trigger::name).toList()));
      case REDUCER -> set(InstructionField.ROUNDING, reducer());
      case BITS -> set(InstructionField.SHIFT, reader.number("bits", 1, 31));
      case SHIFT -> set(InstructionField.SHIFT, reader.number("shift", 0, 63));
      case FRACTION -> set(InstructionField.IMMEDIATE, reader.number("fraction bits", 0, 16));
      case ROUNDING -> set(InstructionField.ROUNDING, rounding());
    }
  }

  private void set(InstructionField field, int value) {
    instruction = instruction.with(field, value);
  }

  private void constant(int value) {
    set(InstructionField.CONSTANT, 1);
    set(InstructionField.IMMEDIATE, value);
  }

  private void registerOrConstant() throws SyntaxFault {
    if (isRegister(reader.peek(), 'r')) {
      set(InstructionField.B, register('r', Instruction.REGISTERS, 0));
    } else {
      constant(reader.number("constant", Integer.MIN_VALUE, Integer.MAX_VALUE));
    }
  }

  private static boolean isRegister(Token token, char letter) {
    return token.kind() == Token.Kind.NAME && token.text().matches(letter + "[0-9]+");
  }

  private int register(char letter, int count, int lowest) throws SyntaxFault {
    var token = reader.peek();
    String expected = "%c%d to %c%d".formatted(letter, lowest, letter, count - 1);
    if (!isRegister(token, letter)) {
      throw reader.unexpected(expected);
    }
    String digits = token.text().substring(1);
    int number = digits.length() > 3 ? count : Integer.parseInt(digits);
    if (number < lowest || number >= count || (digits.startsWith("0") && digits.length() > 1)) {
      throw reader.unexpected(expected);
    }
    reader.take();
    return number;
  }

  private int symbol(Token token) throws SyntaxFault {
    for (int i = 0; i < symbols.size(); i++) {
      if (symbols.get(i).name().equals(token.text())) {
        return i;
      }
    }
    for (var role : SymbolRole.values()) {
      if (role.builtIn() && role.keyword().equals(token.text())) {
        return Symbol.slotOf(role);
      }
    }
    throw token.unknown("symbol", symbols.stream().map(Symbol::name).toList());
  }

  private void agedSymbol() throws SyntaxFault {
    set(InstructionField.SHIFT, symbol(reader.name("a symbol")));
    if (reader.takeIf("@")) {
      var at = reader.peek();
      boolean register =
          at.kind() == Token.Kind.NAME
              && symbols.stream()
                  .anyMatch(s -> s.name().equals(at.text()) && s.role() == SymbolRole.GLOBAL);
      if (register) {
        set(InstructionField.CONSTANT, 1);
        set(InstructionField.IMMEDIATE, symbol(reader.take()));
      } else {
        set(InstructionField.IMMEDIATE, reader.number("age", 0, Symbol.HISTORY - 1));
      }
    }
  }

  private int place(String what, List<String> names) throws SyntaxFault {
    var token = reader.name("a " + what);
    int place = names.indexOf(token.text());
    if (place < 0) {
      throw token.unknown(what, names);
    }
    return place;
  }

  private int rounding() throws SyntaxFault {
    var token = reader.name("a rounding");
    for (var rounding : Rounding.values()) {
      if (rounding.keyword().equals(token.text())) {
        return rounding.ordinal();
      }
    }
    throw token.fault(token.shown() + " (expected: down, zero, nearest or stochastic)");
  }

  private int reducer() throws SyntaxFault {
    var token = reader.name("a reduction");
    return Arrays.stream(Reducer.values())
        .filter(r -> r.keyword().equals(token.text()))
        .findFirst()
        .orElseThrow(() -> token.fault(token.shown() + " (expected: sum, max, any or argmax)"))
        .ordinal();
  }
}
