package engram.isa.compile;

import engram.isa.Opcode;
import engram.isa.program.Program;

/// Room for values that are copied together before a program runs and copied back behind.
final class Staging {
  private Staging() {}

  /// Makes the arrays of all cells; returns which cells the program stores to.
  static boolean[] prepare(Compiled compiled, Frame frame, int lanes) {
    int room = Math.ceilDiv(lanes, compiled.width()) * compiled.width();
    boolean[] stored = new boolean[compiled.cells().size()];
    for (int c = 0; c < stored.length; c++) {
      frame.ints[c] = new int[room];
      frame.longs[c] = new long[room];
      var cell = compiled.cells().get(c);
      stored[c] = cell.equals(Cell.present(cell.slot())) && stores(compiled.program(), cell.slot());
    }
    return stored;
  }

  private static boolean stores(Program program, int slot) {
    return program.instructions().stream()
        .anyMatch(in -> in.opcode() == Opcode.ST && in.slot() == slot);
  }

  /// True if a staged copy could miss a store or an event: a symbol that the program writes is also
  /// read at an age that a register holds, which may be 0.
  static boolean aliases(Program program) {
    return program.instructions().stream()
        .anyMatch(in -> in.opcode() == Opcode.LD && in.constant() && writes(program, in.slot()));
  }

  private static boolean writes(Program program, int slot) {
    return stores(program, slot)
        || program.instructions().stream()
            .anyMatch(in -> in.opcode() == Opcode.EMIT && in.slot() == slot);
  }
}
