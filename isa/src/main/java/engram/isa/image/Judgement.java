package engram.isa.image;

import engram.isa.ProgramKind;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerifiedProgram;
import java.util.ArrayList;
import java.util.List;

/// An image that is being judged: look-ups that need no care, and the reasons against it so far.
///
/// @param programs the image's programs, verified, in order
record Judgement(
    ChipSpec spec, ChipImage image, List<VerifiedProgram> programs, List<String> faults) {

  Judgement(ChipSpec spec, ChipImage image) {
    this(spec, image, new ArrayList<>(), new ArrayList<>());
  }

  void fault(String format, Object... values) {
    faults.add(format.formatted(values));
  }

  /// @throws ImageException with every reason found, if there is one
  void stopIfFaulty() {
    if (!faults.isEmpty()) {
      throw new ImageException(
          "network " + image.network() + " is refused by " + spec.name() + ":", faults);
    }
  }

  boolean isPopulation(int index) {
    return index >= 0 && index < image.populations().size();
  }

  boolean isProjection(int index) {
    return index >= 0 && index < image.projections().size();
  }

  boolean isProgram(int index, ProgramKind kind) {
    return index >= 0 && index < programs.size() && programs.get(index).kind() == kind;
  }

  Program program(int index) {
    return programs.get(index).program();
  }

  /// True if neurons or rows that run a program emit a stream of this name.
  boolean emits(Program program, String stream) {
    return program.symbols(SymbolRole.STREAM).stream().anyMatch(s -> s.name().equals(stream));
  }

  /// Checks that a population has a stream.
  void stream(PopulationImage population, String stream, String what) {
    boolean has =
        population.external()
            ? stream.equals(PopulationImage.EXTERNAL_STREAM)
            : emits(program(population.program()), stream);
    if (!has) {
      fault("%s %s.%s: there is no such stream", what, population.name(), stream);
    }
  }

  /// True if the projection is copied by a mirror.
  boolean hasMirror(int projection) {
    return image.projections().stream().anyMatch(p -> p.mirrorOf() == projection);
  }
}
