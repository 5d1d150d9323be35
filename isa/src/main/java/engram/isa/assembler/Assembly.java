package engram.isa.assembler;

import engram.isa.program.Program;
import java.util.List;

/// A program together with where its instructions stand in the source.
///
/// @param lines source lines
/// @param lineOf line number of each instruction, counted from 1
public record Assembly(Program program, String file, List<String> lines, int[] lineOf) {
  /// A diagnostic about an instruction; about the program as a whole for index -1.
  public Diagnostic at(int instruction, String message) {
    int line = instruction < 0 ? 1 : lineOf[instruction];
    String text = lines.get(line - 1);
    return new Diagnostic(
        file, line, text.length() - text.stripLeading().length() + 1, message, text);
  }
}
