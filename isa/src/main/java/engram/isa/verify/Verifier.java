package engram.isa.verify;

import engram.isa.Instruction;
import engram.isa.Opcode;
import engram.isa.Operand;
import engram.isa.ProgramKind;
import engram.isa.Reducer;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Judges a program before anything runs it. What passes can't touch memory that is not its own,
/// reads nothing that was never written, takes a known number of cycles, and leaves lanes that it
/// declares inactive as they are.
public final class Verifier {
  /// Sections of a neuron program.
  public static final int SECTIONS = 8;

  /// Drawing instructions of a program.
  public static final int SITES = 64;

  private final Program program;
  private final List<Fault> faults = new ArrayList<>();
  private final List<VerifiedProgram.Section> sections = new ArrayList<>();

  private Verifier(Program program) {
    this.program = program;
  }

  /// Passes a program or refuses it.
  ///
  /// @throws VerificationException with every reason found
  public static VerifiedProgram verify(Program program) {
    return new Verifier(program).verify();
  }

  /// Why a program can't be the learning program of a mirror: there, its change may depend on
  /// nothing but the events, the weight, the draw, and registers that both copies see. Empty if it
  /// can.
  public static List<Fault> mirrorFaults(VerifiedProgram verified) {
    var program = verified.program();
    var faults = new ArrayList<Fault>();
    for (int i = 0; i < program.size(); i++) {
      var in = program.instruction(i);
      if (in.opcode() == Opcode.ROWADD || in.opcode() == Opcode.KILL) {
        faults.add(new Fault(i, in.opcode().mnemonic() + " in the program of a mirror"));
      } else if (in.opcode() == Opcode.LD) {
        var symbol = program.symbol(in.slot());
        boolean seenByBoth =
            switch (symbol.role()) {
              case WEIGHT, PAYLOAD, POST, GLOBAL, SOURCE, TARGET -> true;
              default -> false;
            };
        if (!seenByBoth) {
          faults.add(
              new Fault(
                  i,
                  "the change of a mirror depends on "
                      + symbol.name()
                      + " (expected: events, weight, draws, global registers)"));
        }
      }
    }
    return faults;
  }

  /// What an instruction refers to by slot and is not there; empty if all of it is.
  static Optional<String> missing(Program program, Instruction in) {
    for (var operand : in.opcode().format().operands()) {
      var missing =
          switch (operand) {
            case SYMBOL -> missingSymbol(program, "symbol", in.slot());
            case AGED_SYMBOL ->
                missingSymbol(program, "symbol", in.slot())
                    .or(() ->
                        in.constant()
                            ? missingSymbol(program, "age register", in.immediate())
                            : Optional.empty());
            case TABLE -> beyond("table", in.slot(), program.tables().size());
            case TRIGGER -> beyond("trigger", in.slot(), program.triggers().size());
            default -> Optional.<String>empty();
          };
      if (missing.isPresent()) {
        return missing;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> missingSymbol(Program program, String what, int slot) {
    return program.symbol(slot) == null
        ? Optional.of(what + ": slot " + slot + " (expected: a declared or built-in one)")
        : Optional.empty();
  }

  private static Optional<String> beyond(String what, int place, int count) {
    return place >= count
        ? Optional.of(what + ": " + place + " (expected: less than " + count + ")")
        : Optional.empty();
  }

  private VerifiedProgram verify() {
    if (program.size() == 0) {
      fault(-1, "no instructions");
    }
    faults.addAll(Declarations.faults(program));
    boolean readable = true;
    for (int i = 0; i < program.size(); i++) {
      readable &= form(i, program.instruction(i));
    }
    if (readable) {
      sections();
      flow();
      if (faults.isEmpty()) {
        faults.addAll(RestingLane.faults(program));
      }
    }
    if (!faults.isEmpty()) {
      faults.sort(Comparator.comparingInt(Fault::instruction));
      throw new VerificationException(program, faults);
    }
    return new VerifiedProgram(program, sections, sites());
  }

  private void fault(int instruction, String message) {
    var fault = new Fault(instruction, message);
    if (!faults.contains(fault)) {
      faults.add(fault);
    }
  }

  /// The instruction on its own: bits, names, what it may refer to.
  private boolean form(int i, Instruction in) {
    var wordFaults = in.faults();
    if (!wordFaults.isEmpty()) {
      wordFaults.forEach(f -> fault(i, f));
      return false;
    }
    var missing = missing(program, in);
    if (missing.isPresent()) {
      fault(i, missing.get());
      return false;
    }
    var opcode = in.opcode();
    if (!opcode.kinds().contains(program.kind())) {
      fault(i, opcode.mnemonic() + " does not go with a " + program.kind().keyword() + " program");
      return true;
    }
    switch (opcode) {
      case LD -> load(i, in);
      case ST -> store(i, in);
      case LDACC -> {
        var expected =
            program.kind() == ProgramKind.ROW ? SymbolRole.ACCUMULATOR : SymbolRole.REDUCED;
        role(i, in, expected);
      }
      case EMIT -> {
        if (role(i, in, SymbolRole.STREAM)) {
          var stream = program.symbol(in.slot());
          boolean plain = in.constant() && in.immediate() == 1;
          if (!stream.graded() && !plain) {
            fault(i, "payload on stream " + stream.name() + ", which is not graded");
          }
        }
      }
      case REDUCE -> {
        role(i, in, SymbolRole.GROUP);
        if (!in.unconditional()) {
          fault(i, "a barrier can't be predicated");
        }
      }
      case ROWADD -> role(i, in, SymbolRole.ROW_ACCUMULATOR);
      default -> {}
    }
    return true;
  }

  private boolean role(int i, Instruction in, SymbolRole expected) {
    var symbol = program.symbol(in.slot());
    if (symbol.role() != expected) {
      fault(i, symbol.name() + ": " + symbol.role() + " (expected: " + expected + ")");
      return false;
    }
    return true;
  }

  private void load(int i, Instruction in) {
    var symbol = program.symbol(in.slot());
    if (!symbol.role().readBy(program.kind())) {
      fault(i, "a " + program.kind().keyword() + " program can't read " + symbol.name());
      return;
    }
    if (in.constant()) {
      var register = program.symbol(in.immediate());
      boolean bounded =
          register.role() == SymbolRole.GLOBAL
              && !register.format().signed()
              && register.format().max() < Symbol.HISTORY;
      if (!bounded) {
        fault(i, "age " + register.name() + " (expected: a global register of type u1 to u6)");
        return;
      }
    }
    int oldest = in.constant() ? program.symbol(in.immediate()).format().max() : in.immediate();
    switch (symbol.role().ages()) {
      case OWN_HISTORY -> {
        if (oldest >= symbol.history()) {
          fault(
              i,
              "age of "
                  + symbol.name()
                  + ": "
                  + oldest
                  + " (expected: less than its history of "
                  + symbol.history()
                  + ")");
        }
      }
      case NONE -> {
        if (oldest > 0) {
          fault(i, "age of " + symbol.name() + ": " + oldest + " (expected: 0)");
        }
      }
      // Linkage bounds the ages of borrowed names.
      case ANY, HISTORY_THERE -> {}
    }
  }

  private void store(int i, Instruction in) {
    var symbol = program.symbol(in.slot());
    if (!symbol.role().writtenBy(program.kind())) {
      fault(i, "a " + program.kind().keyword() + " program can't write " + symbol.name());
    } else if (symbol.role() == SymbolRole.WEIGHT) {
      for (int j = 0; j < i; j++) {
        var earlier = program.instruction(j);
        if (earlier.opcode() == Opcode.ST && earlier.slot() == in.slot()) {
          fault(i, "the weight is written twice (first by instruction " + j + ")");
        }
      }
    }
  }

  private void sections() {
    int from = 0;
    int cycles = 0;
    for (int i = 0; i < program.size(); i++) {
      var in = program.instruction(i);
      if (in.opcode() == Opcode.REDUCE) {
        sections.add(new VerifiedProgram.Section(from, i, i, cycles));
        from = i + 1;
        cycles = 0;
      } else {
        cycles += in.opcode().cycles();
      }
    }
    sections.add(new VerifiedProgram.Section(from, program.size(), -1, cycles));
    if (sections.size() > SECTIONS) {
      fault(-1, "sections: " + sections.size() + " (expected: at most " + SECTIONS + ")");
    }
    if (sites()[program.size()] > SITES) {
      fault(
          -1,
          "drawing instructions: "
              + sites()[program.size()]
              + " (expected: at most "
              + SITES
              + ")");
    }
  }

  /// Site of each instruction; the last entry is their number.
  private int[] sites() {
    int[] sites = new int[program.size() + 1];
    int next = 0;
    for (int i = 0; i < program.size(); i++) {
      sites[i] = program.instruction(i).draws() ? next++ : -1;
    }
    sites[program.size()] = next;
    return sites;
  }

  /// What is read must have been written before, in the same section.
  private void flow() {
    Reducer reduced = null;
    for (var section : sections) {
      int registers = 0;
      int predicates = 1;
      boolean acc = false;
      int bid = -1;
      for (int i = section.from(); i < section.to(); i++) {
        var in = program.instruction(i);
        if ((predicates >> in.predicate() & 1) == 0) {
          fault(i, "p" + in.predicate() + " is used before it is set in this section");
        }
        for (var operand : in.opcode().format().operands()) {
          switch (operand) {
            case RA -> readRegister(i, registers, in.a());
            case B, PAYLOAD -> {
              if (!in.constant()) {
                readRegister(i, registers, in.b());
              }
            }
            case PA -> readPredicate(i, predicates, in.a());
            case PB -> readPredicate(i, predicates, in.b());
            default -> {}
          }
        }
        switch (in.opcode()) {
          case MAC, MAS, NAR -> {
            if (!acc) {
              fault(i, "acc is used before it is set in this section");
            }
          }
          case MACZ -> acc = true;
          case LDACC -> {
            acc = true;
            reduction(i, in, reduced);
          }
          case LD -> reduction(i, in, reduced);
          case BID -> bid = i;
          default -> {}
        }
        if (in.opcode().format().has(Operand.RD)) {
          registers |= 1 << in.d();
        }
        if (in.opcode().format().has(Operand.PD)) {
          predicates |= 1 << in.d();
        }
      }
      if (section.barrier() >= 0) {
        if (bid < 0) {
          fault(section.barrier(), "nobody bids before this barrier");
        }
        reduced = program.instruction(section.barrier()).reducer();
      } else if (bid >= 0) {
        fault(bid, "a bid without a barrier behind it");
      }
    }
  }

  private void reduction(int i, Instruction in, Reducer reduced) {
    var role = program.symbol(in.slot()).role();
    if (role == SymbolRole.REDUCED && reduced == null) {
      fault(i, "no barrier before this");
    } else if (role == SymbolRole.WINNER && reduced != Reducer.ARGMAX) {
      fault(i, "the barrier before this is no argmax");
    }
  }

  private void readRegister(int i, int written, int register) {
    if ((written >> register & 1) == 0) {
      fault(i, "r" + register + " is read before it is written in this section");
    }
  }

  private void readPredicate(int i, int written, int predicate) {
    if ((written >> predicate & 1) == 0) {
      fault(i, "p" + predicate + " is read before it is set in this section");
    }
  }
}
