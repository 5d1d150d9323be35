package engram.isa.assembler;

import engram.isa.program.Program;
import java.util.List;
import java.util.Map;

/// Assembles text for tests.
final class Sources {
  static final String FILE = "t.s";

  private Sources() {}

  static Program program(String source) {
    return Assembler.assemble(FILE, source, Map.of()).program();
  }

  /// The diagnostics of a text that must have some.
  static List<Diagnostic> diagnostics(String source) {
    return diagnostics(source, Map.of());
  }

  static List<Diagnostic> diagnostics(String source, Map<String, Long> constants) {
    try {
      var program = Assembler.assemble(FILE, source, constants).program();
      throw new AssertionError("assembles:\n" + Disassembler.disassemble(program));
    } catch (AssemblyException e) {
      return e.diagnostics();
    }
  }

  /// Position and message of the only diagnostic of a text.
  static String fault(String source) {
    var all = diagnostics(source);
    if (all.size() != 1) {
      throw new AssertionError(all.size() + " diagnostics (expected: 1):\n" + all);
    }
    var fault = all.get(0);
    return fault.line() + ":" + fault.column() + ": " + fault.message();
  }
}
