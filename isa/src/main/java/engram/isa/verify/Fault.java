package engram.isa.verify;

import engram.isa.assembler.Disassembler;
import engram.isa.program.Program;

/// A reason why a program is refused.
///
/// @param instruction index of the instruction, or -1 for the program as a whole
public record Fault(int instruction, String message) {
  /// The reason with the instruction that it is about.
  public String in(Program program) {
    if (instruction < 0) {
      return program + ": " + message;
    }
    var word = program.instruction(instruction);
    String text =
        word.opcode() == null || !word.faults().isEmpty()
            ? "%016x".formatted(word.word())
            : readable(program, instruction);
    return program + ", instruction " + instruction + " (" + text + "): " + message;
  }

  private static String readable(Program program, int instruction) {
    var word = program.instruction(instruction);
    return Verifier.missing(program, word).isEmpty()
        ? Disassembler.disassemble(program, word).strip()
        : "%016x".formatted(word.word());
  }
}
