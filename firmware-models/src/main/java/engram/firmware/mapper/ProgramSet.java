package engram.firmware.mapper;

import engram.firmware.Firmware;
import engram.firmware.network.Network;
import engram.firmware.network.ProgramRef;
import engram.isa.NumberFormat;
import engram.isa.assembler.Assembler;
import engram.isa.assembler.AssemblyException;
import engram.isa.assembler.Diagnostic;
import engram.isa.image.ProjectionImage;
import engram.isa.image.RegisterImage;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerificationException;
import engram.isa.verify.VerifiedProgram;
import engram.isa.verify.Verifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The programs of a network, each assembled and verified once, and the registers that they name.
final class ProgramSet {
  private static final int REFUSED = -1;

  private final Firmware firmware;
  private final Faults faults;
  private final Map<ProgramRef, Integer> index = new LinkedHashMap<>();
  private final List<VerifiedProgram> programs = new ArrayList<>();
  private final List<RegisterImage> registers = new ArrayList<>();

  ProgramSet(Network network, Firmware firmware, Faults faults) {
    this.firmware = firmware;
    this.faults = faults;
    for (var population : network.populations()) {
      add(population.program(), "population " + population.name());
    }
    for (var projection : network.projections()) {
      add(projection.row(), "projection " + projection.name());
      add(projection.learn(), "projection " + projection.name());
    }
    network
        .samples()
        .ifPresent(port -> {
          if (registers.stream().noneMatch(r -> r.name().equals(port.learn()))) {
            registers.add(new RegisterImage(port.learn(), NumberFormat.BIT, 0));
          }
        });
  }

  private void add(ProgramRef ref, String user) {
    if (ref == null || index.containsKey(ref)) {
      return;
    }
    index.put(ref, REFUSED);
    try {
      var assembly =
          Assembler.assemble(ref.name() + ".s", firmware.source(ref.name()), ref.constants());
      try {
        var program = Verifier.verify(assembly.program());
        index.put(ref, programs.size());
        programs.add(program);
        addRegisters(program);
      } catch (VerificationException e) {
        e.faults()
            .forEach(f -> faults.add("%s: %s", user, assembly.at(f.instruction(), f.message())));
      }
    } catch (AssemblyException e) {
      for (Diagnostic diagnostic : e.diagnostics()) {
        faults.add("%s: %s", user, diagnostic);
      }
    } catch (IllegalArgumentException e) {
      faults.add("%s: %s", user, e.getMessage());
    }
  }

  private void addRegisters(VerifiedProgram program) {
    for (var global : program.program().symbols(SymbolRole.GLOBAL)) {
      var known = registers.stream().filter(r -> r.name().equals(global.name())).findFirst();
      if (known.isEmpty()) {
        registers.add(new RegisterImage(global.name(), global.format(), global.initial()));
      } else if (!known.get().format().equals(global.format())) {
        faults.add(
            "register %s: %s in %s (expected: %s, as in other programs)",
            global.name(), global.format(), program, known.get().format());
      }
    }
  }

  /// The verified program of a reference; null for null.
  VerifiedProgram verified(ProgramRef refOrNull) {
    return refOrNull == null ? null : programs.get(index.get(refOrNull));
  }

  /// Its place in the image; `NONE` for null.
  int indexOf(ProgramRef refOrNull) {
    return refOrNull == null ? ProjectionImage.NONE : index.get(refOrNull);
  }

  List<Program> programs() {
    return programs.stream().map(VerifiedProgram::program).toList();
  }

  List<RegisterImage> registers() {
    return registers;
  }

  /// The number of a register, or -1 with a fault.
  int register(String name) {
    for (int r = 0; r < registers.size(); r++) {
      if (registers.get(r).name().equals(name)) {
        return r;
      }
    }
    faults.add("sequencer: no register %s", name);
    return -1;
  }
}
