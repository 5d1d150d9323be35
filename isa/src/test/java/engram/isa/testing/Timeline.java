package engram.isa.testing;

import engram.isa.exec.Registers;
import engram.isa.exec.Surroundings;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import java.math.BigInteger;
import java.util.Random;

/// The registers and the clock of a chip with a random past, which is also kept in plain arrays to
/// compare with.
public final class Timeline {
  /// The step that follows the past: more than the ring of registers holds.
  public static final int PRESENT = 150;

  private final Program program;
  private final int lag;
  private final int frame;
  private final int[] numbers;
  private final Registers registers;
  private final int[][] values;
  private final long[] clocks = new long[PRESENT + 1];

  public Timeline(Program program, int lag, int frame, Random random) {
    this.program = program;
    this.lag = lag;
    this.frame = frame;
    int globals = program.symbols(SymbolRole.GLOBAL).size();
    numbers = new int[program.symbols().size()];
    // Register 0 is nobody's, so that a slot is never its register's number by accident.
    int number = globals;
    int[] slots = new int[globals + 1];
    for (int slot = 0; slot < numbers.length; slot++) {
      if (program.symbol(slot).role() == SymbolRole.GLOBAL) {
        slots[number] = slot;
        numbers[slot] = number--;
      }
    }
    registers = new Registers(new int[globals + 1]);
    values = new int[globals + 1][PRESENT + 1];
    for (int step = 0; step <= PRESENT; step++) {
      live(step, slots, random);
    }
  }

  private void live(int step, int[] slots, Random random) {
    if (step > 0) {
      registers.advance(step - 1);
      clocks[step] = clocks[step - 1] + 1;
    }
    if (random.nextInt(10) == 0) {
      clocks[step] = (long) random.nextInt(1000) << 32;
      registers.setClock(step, clocks[step]);
    }
    for (int register = 1; register < slots.length; register++) {
      if (step > 0) {
        values[register][step] = values[register][step - 1];
      }
      if (random.nextInt(3) == 0) {
        var format = program.symbol(slots[register]).format();
        values[register][step] = random.nextInt(format.min(), format.max() + 1);
        registers.write(register, step, values[register][step]);
      }
    }
  }

  public Surroundings surroundings(long drawBase) {
    return new Surroundings(registers, numbers, lag, drawBase, frame);
  }

  /// The clock as the program sees it.
  long clock(int age) {
    return clocks[PRESENT - lag - age];
  }

  /// True for symbols that are the same in all lanes.
  static boolean knows(SymbolRole role) {
    return role == SymbolRole.GLOBAL || role == SymbolRole.STEP || role == SymbolRole.PHASE;
  }

  BigInteger load(int slot, int age) {
    long sampleStep = clock(age) & 0xffff_ffffL;
    return switch (program.symbol(slot).role()) {
      case GLOBAL -> BigInteger.valueOf(values[numbers[slot]][PRESENT - lag - age]);
      case STEP -> BigInteger.valueOf(sampleStep);
      case PHASE -> BigInteger.valueOf(sampleStep % frame);
      default -> throw new AssertionError(program.symbol(slot));
    };
  }
}
