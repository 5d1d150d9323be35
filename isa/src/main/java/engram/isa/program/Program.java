package engram.isa.program;

import engram.isa.Instruction;
import engram.isa.ProgramKind;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Microcode of one duty: what the assembler makes and the verifier judges.
///
/// @param symbols the declared symbols; a symbol's slot is its place here
/// @param originAge draws are keyed with the clock as it was so many steps ago
/// @param words the instructions
public record Program(
    ProgramKind kind,
    String name,
    List<Symbol> symbols,
    List<Table> tables,
    List<Trigger> triggers,
    Activity activity,
    int originAge,
    long[] words) {

  public Program {
    symbols = List.copyOf(symbols);
    tables = List.copyOf(tables);
    triggers = List.copyOf(triggers);
  }

  public int size() {
    return words.length;
  }

  public Instruction instruction(int index) {
    return new Instruction(words[index]);
  }

  public List<Instruction> instructions() {
    return Arrays.stream(words).mapToObj(Instruction::new).toList();
  }

  /// The symbol in a slot, declared or built in; null if the slot is empty.
  public Symbol symbol(int slot) {
    return slot < symbols.size() ? symbols.get(slot) : Symbol.builtIn(slot);
  }

  /// The slot of a declared symbol.
  public OptionalInt slot(String symbol) {
    return IntStream.range(0, symbols.size())
        .filter(i -> symbols.get(i).name().equals(symbol))
        .findFirst();
  }

  /// The declared symbols of a role, in order of declaration.
  public List<Symbol> symbols(SymbolRole role) {
    return symbols.stream().filter(s -> s.role() == role).toList();
  }

  /// 64-bit words of program memory that it takes, tables included.
  public int memoryWords() {
    return words.length + tables.stream().mapToInt(Table::words).sum();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Program p
        && kind == p.kind
        && name.equals(p.name)
        && symbols.equals(p.symbols)
        && tables.equals(p.tables)
        && triggers.equals(p.triggers)
        && activity.equals(p.activity)
        && originAge == p.originAge
        && Arrays.equals(words, p.words);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(words);
  }

  @Override
  public String toString() {
    return kind.keyword() + " program " + name;
  }
}
