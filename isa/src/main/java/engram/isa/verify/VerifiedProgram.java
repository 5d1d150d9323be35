package engram.isa.verify;

import engram.isa.Instruction;
import engram.isa.Opcode;
import engram.isa.Operand;
import engram.isa.ProgramKind;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import java.util.List;

/// A program that the verifier has passed, with what it found out. Engines take nothing else.
public final class VerifiedProgram {
  /// A stretch of straight-line code; all but the last end with a `reduce`.
  ///
  /// @param from first instruction
  /// @param to behind the last one, the barrier left out
  /// @param barrier index of the barrier that ends it, or -1
  /// @param cycles of a SIMD batch, the barrier left out
  public record Section(int from, int to, int barrier, int cycles) {}

  private final Program program;
  private final List<Section> sections;
  private final int[] sites;
  private final int cycles;

  VerifiedProgram(Program program, List<Section> sections, int[] sites) {
    this.program = program;
    this.sections = List.copyOf(sections);
    this.sites = sites;
    this.cycles = sections.stream().mapToInt(Section::cycles).sum();
  }

  public Program program() {
    return program;
  }

  public ProgramKind kind() {
    return program.kind();
  }

  public List<Section> sections() {
    return sections;
  }

  /// Cycles that one SIMD batch of lanes takes, barriers left out.
  public int cycles() {
    return cycles;
  }

  /// The site of a drawing instruction, or -1.
  public int site(int instruction) {
    return sites[instruction];
  }

  /// True if some instruction has this opcode.
  public boolean uses(Opcode opcode) {
    return program.instructions().stream().anyMatch(i -> i.opcode() == opcode);
  }

  /// How many steps back the program and its triggers look at arrivals: the longest age of `pre`
  /// and `payload`.
  public int oldestArrival() {
    int oldest = 0;
    for (var trigger : program.triggers()) {
      oldest = Math.max(oldest, trigger.preAge());
    }
    for (var instruction : program.instructions()) {
      if (readsPayload(instruction)) {
        oldest = Math.max(oldest, oldest(instruction));
      }
    }
    return oldest;
  }

  /// True if the program reads what events carried.
  public boolean readsPayload() {
    return program.instructions().stream().anyMatch(this::readsPayload);
  }

  private boolean readsPayload(Instruction instruction) {
    return instruction.opcode().format().has(Operand.AGED_SYMBOL)
        && program.symbol(instruction.slot()).role() == SymbolRole.PAYLOAD;
  }

  /// The oldest age at which the program or its triggers read a symbol: its age, or the largest
  /// value of the register that holds it.
  public int oldestRead(int slot) {
    int oldest = 0;
    for (var trigger : program.triggers()) {
      if (trigger.postSlot() == slot) {
        oldest = Math.max(oldest, trigger.postAge());
      }
      if (trigger.globalSlot() == slot) {
        oldest = Math.max(oldest, trigger.globalAge());
      }
    }
    for (var instruction : program.instructions()) {
      if (instruction.opcode().format().has(Operand.AGED_SYMBOL) && instruction.slot() == slot) {
        oldest = Math.max(oldest, oldest(instruction));
      }
    }
    return oldest;
  }

  private int oldest(Instruction instruction) {
    if (!instruction.constant()) {
      return instruction.immediate();
    }
    Symbol register = program.symbol(instruction.immediate());
    return register.format().max();
  }

  @Override
  public String toString() {
    return program.toString();
  }
}
