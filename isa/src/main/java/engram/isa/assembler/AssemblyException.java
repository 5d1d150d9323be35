package engram.isa.assembler;

import java.util.List;
import java.util.stream.Collectors;

/// A source file is not a program; carries every reason found, in order of line.
public final class AssemblyException extends RuntimeException {
  private final transient List<Diagnostic> diagnostics;

  public AssemblyException(List<Diagnostic> diagnostics) {
    super(diagnostics.stream().map(Diagnostic::toString).collect(Collectors.joining("\n")));
    this.diagnostics = List.copyOf(diagnostics);
  }

  public List<Diagnostic> diagnostics() {
    return diagnostics;
  }
}
