package engram.isa.verify;

import engram.isa.assembler.Assembler;
import engram.isa.program.Program;
import java.util.List;
import java.util.Map;

/// Verifies text for tests.
final class Sources {
  private Sources() {}

  static Program program(String source) {
    return Assembler.assemble("t.s", source, Map.of()).program();
  }

  static VerifiedProgram verified(String source) {
    return Verifier.verify(program(source));
  }

  /// Each reason why a program is refused, as `index: message`; empty if it passes.
  static List<String> faults(Program program) {
    try {
      Verifier.verify(program);
      return List.of();
    } catch (VerificationException e) {
      return e.faults().stream().map(f -> f.instruction() + ": " + f.message()).toList();
    }
  }

  static List<String> faults(String source) {
    return faults(program(source));
  }
}
