package engram.chip;

import engram.chip.preset.Counter;
import engram.isa.Opcode;
import engram.isa.Unit;
import engram.isa.verify.VerifiedProgram;

/// What a run of a program over lanes costs: the same whatever the lanes hold, since code is
/// straight-line.
final class ProgramCost {
  private static final Unit[] UNITS = Unit.values();

  private final int[] lanesByUnit = new int[UNITS.length];
  private final int cycles;
  private final int barriers;

  ProgramCost(VerifiedProgram program) {
    int reductions = 0;
    for (var instruction : program.program().instructions()) {
      lanesByUnit[instruction.opcode().unit().ordinal()]++;
      if (instruction.opcode() == Opcode.REDUCE) {
        reductions++;
      }
    }
    cycles = program.cycles();
    barriers = reductions;
  }

  /// Cycles of `lanes` lanes, so many at once, barriers included.
  long cycles(int lanes, int simd) {
    long batches = ((long) lanes + simd - 1) / simd;
    return batches * cycles + (lanes == 0 ? 0 : barriers * (Opcode.REDUCE.cycles() + batches));
  }

  /// Counts lanes of instructions.
  void count(long lanes, long[] counters) {
    for (int unit = 0; unit < UNITS.length; unit++) {
      counters[counter(UNITS[unit]).ordinal()] += lanes * lanesByUnit[unit];
    }
  }

  private static Counter counter(Unit unit) {
    return switch (unit) {
      case ALU -> Counter.ALU_LANES;
      case MULTIPLIER -> Counter.MULTIPLIER_LANES;
      case MEMORY -> Counter.MEMORY_LANES;
      case TABLE -> Counter.TABLE_LANES;
      case RANDOM -> Counter.RANDOM_LANES;
      case EVENT -> Counter.EVENT_LANES;
    };
  }
}
