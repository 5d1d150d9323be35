package engram.benchmarks;

import engram.firmware.Firmware;
import engram.isa.Draw;
import engram.isa.assembler.Assembler;
import engram.isa.exec.IntColumn;
import engram.isa.exec.LaneStore;
import engram.isa.exec.Registers;
import engram.isa.exec.StreamColumn;
import engram.isa.exec.Surroundings;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerifiedProgram;
import engram.isa.verify.Verifier;
import java.util.Map;
import java.util.Random;

/// Programs, and memories full of random values for them to run on.
final class Programs {
  /// The step in which kernels run: all that they look back at is there.
  static final long STEP = 64;

  /// Value of every global register: on, and a probability of nearly one.
  private static final int REGISTER = 1;

  private Programs() {}

  /// A program of the library.
  static VerifiedProgram library(String name) {
    return verified(name + ".s", Firmware.library().source(name));
  }

  static VerifiedProgram verified(String file, String source) {
    return Verifier.verify(Assembler.assemble(file, source, Map.of()).program());
  }

  /// Memory for a program whose fields, parameters, accumulators and streams are random: values of
  /// up to 11 bits, one lane in eight with an event.
  static LaneStore memory(Program program, int lanes, Random random) {
    var store = new LaneStore(program, lanes);
    for (int slot = 0; slot < program.symbols().size(); slot++) {
      if (store.ints(slot) != null) {
        var format = program.symbol(slot).format();
        fill(store.ints(slot), Math.min(format.max(), 1 << 11), format.signed(), random);
      }
      if (store.stream(slot) != null) {
        fill(store.stream(slot), lanes, random);
      }
    }
    return store;
  }

  private static void fill(IntColumn column, int most, boolean signed, Random random) {
    for (int step = 0; step < column.depth(); step++) {
      for (int lane = 0; lane < column.lanes(); lane++) {
        column.values()[column.at(step) + lane] = random.nextInt(signed ? -most : 0, most + 1);
      }
      column.touch(step);
    }
  }

  private static void fill(StreamColumn stream, int lanes, Random random) {
    for (int step = 0; step < stream.depth(); step++) {
      for (int lane = 0; lane < lanes; lane++) {
        if (random.nextInt(8) == 0) {
          stream.emit(step, lane, 1);
        }
      }
    }
  }

  /// Registers and draws for a program.
  static Surroundings surroundings(Program program, Draw.Kind kind) {
    int count = program.symbols(SymbolRole.GLOBAL).size();
    int[] values = new int[count];
    int[] numbers = new int[program.symbols().size()];
    int next = 0;
    for (int slot = 0; slot < numbers.length; slot++) {
      boolean global = program.symbol(slot).role() == SymbolRole.GLOBAL;
      numbers[slot] = global ? next : -1;
      if (global) {
        int initial = program.symbol(slot).initial();
        values[next++] = initial == 0 ? REGISTER : initial;
      }
    }
    return new Surroundings(new Registers(values), numbers, 0, Draw.base(1, kind, 0), 1);
  }
}
