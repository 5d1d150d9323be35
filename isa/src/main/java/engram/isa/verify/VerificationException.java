package engram.isa.verify;

import engram.isa.program.Program;
import java.util.List;
import java.util.stream.Collectors;

/// A program is refused; carries every reason found.
public final class VerificationException extends RuntimeException {
  private final transient List<Fault> faults;

  public VerificationException(Program program, List<Fault> faults) {
    super(faults.stream().map(f -> f.in(program)).collect(Collectors.joining("\n")));
    this.faults = List.copyOf(faults);
  }

  public List<Fault> faults() {
    return faults;
  }
}
