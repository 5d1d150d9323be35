package engram.isa.exec;

import engram.isa.Draw;
import engram.isa.Fixed;
import engram.isa.Instruction;
import engram.isa.NumberFormat;
import engram.isa.Operand;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerifiedProgram;
import java.util.Arrays;

/// Runs straight-line code over a batch of lanes, one instruction at a time over all of them. What
/// a symbol means, and what an event is, the subclass for each kind of program knows.
abstract class LaneMachine {
  /// Lanes of a batch: few enough for the registers to stay in the cache.
  static final int BATCH = 512;

  private final int[][] registers = new int[Instruction.REGISTERS][BATCH];
  private final int[][] predicates = new int[Instruction.PREDICATES][BATCH];
  private final long[] acc = new long[BATCH];
  private final int[] scratch = new int[BATCH];
  private final int[] constant = new int[BATCH];
  private final int[] everywhere = new int[BATCH];
  private final int[] inverted = new int[BATCH];
  private final long[] products = new long[BATCH];

  private final VerifiedProgram verified;
  private final Instruction[] code;
  private final int[] sites;
  final Program program;
  final Surroundings surroundings;

  /// What did not fit a symbol whose policy is `stop`.
  final Stops stops;

  /// Number of lanes of the batch.
  int count;

  /// Index of the instruction that runs.
  private int current;

  /// What `Draw.bits` is given for each lane.
  final int[] drawLanes = new int[BATCH];

  LaneMachine(VerifiedProgram verified, Surroundings surroundings, Stops stops) {
    this.verified = verified;
    this.program = verified.program();
    this.surroundings = surroundings;
    this.stops = stops;
    code = program.instructions().toArray(Instruction[]::new);
    sites = new int[code.length];
    Arrays.setAll(sites, verified::site);
    Arrays.fill(everywhere, -1);
  }

  /// Reads a symbol in every lane of the batch.
  abstract void load(int slot, Symbol symbol, int age, long step, int[] out);

  /// Writes a symbol where the mask is set.
  abstract void store(int slot, Symbol symbol, long step, int[] values, int[] mask);

  /// Reads a 64-bit symbol in every lane.
  abstract void loadWide(int slot, Symbol symbol, long step, long[] out);

  /// True where a trigger fired.
  abstract void cause(int trigger, int[] out);

  /// Emits where the mask is set.
  void emit(int slot, long step, int[] payloads, int[] mask) {
    throw new IllegalStateException("emit in " + program);
  }

  /// Bids where the mask is set.
  void bid(int[] values, int[] mask) {
    throw new IllegalStateException("bid in " + program);
  }

  /// Adds products to row accumulators where the mask is set.
  void rowAdd(int slot, long step, long[] values, int[] mask) {
    throw new IllegalStateException("rowadd in " + program);
  }

  /// Marks synapses for rewiring where the mask is set.
  void kill(int[] mask) {
    throw new IllegalStateException("kill in " + program);
  }

  /// Runs a section over the batch.
  final void run(int section, long step) {
    if (count == 0) {
      return;
    }
    var bounds = verified.sections().get(section);
    long clocked =
        Draw.atClock(surroundings.drawBase(), surroundings.clock(step, program.originAge()));
    clear();
    for (int i = bounds.from(); i < bounds.to(); i++) {
      current = i;
      execute(code[i], sites[i], clocked, step);
    }
  }

  private void clear() {
    for (var register : registers) {
      Arrays.fill(register, 0, count, 0);
    }
    for (var predicate : predicates) {
      Arrays.fill(predicate, 0, count, 0);
    }
    Arrays.fill(predicates[0], 0, count, -1);
    Arrays.fill(acc, 0, count, 0);
  }

  private int[] second(Instruction in) {
    if (!in.constant()) {
      return registers[in.b()];
    }
    Arrays.fill(constant, 0, count, in.immediate());
    return constant;
  }

  private int[] mask(Instruction in) {
    if (in.unconditional()) {
      return everywhere;
    }
    int[] predicate = predicates[in.predicate()];
    if (!in.negated()) {
      return predicate;
    }
    for (int i = 0; i < count; i++) {
      inverted[i] = ~predicate[i];
    }
    return inverted;
  }

  private void execute(Instruction in, int site, long clocked, long step) {
    int[] mask = mask(in);
    int[] a = registers[in.a()];
    switch (in.opcode().format()) {
      case P_A_B, P_B_BITS, P_P_P, P_P, P_TRIGGER -> {
        compare(in, site, clocked, scratch);
        commit(scratch, predicates[in.d()], mask);
      }
      case SYMBOL_B -> store(in.slot(), program.symbol(in.slot()), step, second(in), mask);
      case SYMBOL_PAYLOAD -> emit(in.slot(), step, second(in), mask);
      case B -> bid(second(in), mask);
      case SYMBOL_A_B -> {
        multiply(a, second(in));
        rowAdd(in.slot(), step, products, mask);
      }
      case NONE -> kill(mask);
      case A_B -> accumulate(in, a, mask);
      case SYMBOL -> {
        loadWide(in.slot(), program.symbol(in.slot()), step, products);
        commitWide(products, mask);
      }
      case REDUCTION -> throw new IllegalStateException("barrier inside a section");
      case D_B,
          D_A,
          D_A_B,
          D_A_B_ROUNDING,
          D_A_B_SHIFT_ROUNDING,
          D_SHIFT_ROUNDING,
          D_SYMBOL,
          D_TABLE_A,
          D_TABLE_A_FRACTION,
          D_BITS -> {
        compute(in, site, clocked, step, scratch);
        commit(scratch, registers[in.d()], mask);
      }
    }
  }

  private void commit(int[] from, int[] to, int[] mask) {
    if (mask == everywhere) {
      System.arraycopy(from, 0, to, 0, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      to[i] = (from[i] & mask[i]) | (to[i] & ~mask[i]);
    }
  }

  private void commitWide(long[] from, int[] mask) {
    for (int i = 0; i < count; i++) {
      acc[i] = mask[i] != 0 ? from[i] : acc[i];
    }
  }

  private void multiply(int[] a, int[] b) {
    for (int i = 0; i < count; i++) {
      products[i] = (long) a[i] * b[i];
    }
  }

  private void accumulate(Instruction in, int[] a, int[] mask) {
    multiply(a, second(in));
    switch (in.opcode()) {
      case MACZ -> {}
      case MAC -> {
        for (int i = 0; i < count; i++) {
          products[i] = Fixed.accumulate(acc[i], products[i]);
        }
      }
      case MAS -> {
        for (int i = 0; i < count; i++) {
          products[i] = Fixed.decumulate(acc[i], products[i]);
        }
      }
      default -> throw new IllegalStateException(in.opcode().mnemonic());
    }
    commitWide(products, mask);
  }

  private int random(long key, int i) {
    return Draw.bits(key, drawLanes[i]);
  }

  /// Every instruction with a destination register, each result into `out`.
  private void compute(Instruction in, int site, long clocked, long step, int[] out) {
    int n = count;
    int[] a = registers[in.a()];
    long key = site < 0 ? 0 : Draw.atSite(clocked, site);
    int[] b = in.opcode().format().has(Operand.B) ? second(in) : constant;
    switch (in.opcode()) {
      case MOV -> System.arraycopy(b, 0, out, 0, n);
      case LD -> load(in.slot(), program.symbol(in.slot()), age(in, step), step, out);
      case ADD -> {
        for (int i = 0; i < n; i++) {
          out[i] = Fixed.addSaturating(a[i], b[i]);
        }
      }
      case SUB -> {
        for (int i = 0; i < n; i++) {
          out[i] = Fixed.subtractSaturating(a[i], b[i]);
        }
      }
      case ADDW -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] + b[i];
        }
      }
      case SUBW -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] - b[i];
        }
      }
      case MIN -> {
        for (int i = 0; i < n; i++) {
          out[i] = Math.min(a[i], b[i]);
        }
      }
      case MAX -> {
        for (int i = 0; i < n; i++) {
          out[i] = Math.max(a[i], b[i]);
        }
      }
      case AND -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] & b[i];
        }
      }
      case OR -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] | b[i];
        }
      }
      case XOR -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] ^ b[i];
        }
      }
      case NEG -> {
        for (int i = 0; i < n; i++) {
          out[i] = Fixed.negateSaturating(a[i]);
        }
      }
      case ABS -> {
        for (int i = 0; i < n; i++) {
          out[i] = Fixed.absSaturating(a[i]);
        }
      }
      case SGN -> {
        for (int i = 0; i < n; i++) {
          out[i] = Fixed.sign(a[i]);
        }
      }
      case CLZ -> {
        for (int i = 0; i < n; i++) {
          out[i] = Integer.numberOfLeadingZeros(a[i]);
        }
      }
      case SHL -> {
        for (int i = 0; i < n; i++) {
          out[i] = Fixed.shiftLeftSaturating(a[i], Fixed.shiftAmount(b[i]));
        }
      }
      case SHLW -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] << Fixed.shiftAmount(b[i]);
        }
      }
      case SHR -> {
        var rounding = in.rounding();
        for (int i = 0; i < n; i++) {
          int bits = site < 0 ? 0 : random(key, i);
          out[i] = Fixed.shiftRight(a[i], Fixed.shiftAmount(b[i]), rounding, bits);
        }
      }
      case SHRU -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] >>> Fixed.shiftAmount(b[i]);
        }
      }
      case MUL -> {
        var rounding = in.rounding();
        for (int i = 0; i < n; i++) {
          int bits = site < 0 ? 0 : random(key, i);
          out[i] = Fixed.multiply(a[i], b[i], in.shift(), rounding, bits);
        }
      }
      case NAR -> {
        var rounding = in.rounding();
        for (int i = 0; i < n; i++) {
          int bits = site < 0 ? 0 : random(key, i);
          out[i] = Fixed.narrow(acc[i], in.shift(), rounding, bits);
        }
      }
      case LUT -> {
        int[] table = program.tables().get(in.slot()).values();
        for (int i = 0; i < n; i++) {
          out[i] = Fixed.lookUp(table, a[i]);
        }
      }
      case LERP -> {
        int[] table = program.tables().get(in.slot()).values();
        for (int i = 0; i < n; i++) {
          out[i] = Fixed.interpolate(table, a[i], in.immediate());
        }
      }
      case DRAW -> {
        for (int i = 0; i < n; i++) {
          out[i] = random(key, i) >>> (32 - in.shift());
        }
      }
      case ST,
          LDACC,
          MACZ,
          MAC,
          MAS,
          CMPEQ,
          CMPNE,
          CMPLT,
          CMPLE,
          CMPGT,
          CMPGE,
          PAND,
          POR,
          PXOR,
          PNOT,
          BERN,
          EMIT,
          BID,
          REDUCE,
          CAUSE,
          ROWADD,
          KILL ->
          throw new IllegalStateException(in.opcode().mnemonic());
    }
  }

  private int age(Instruction in, long step) {
    return in.constant() ? surroundings.global(in.immediate(), step, 0) : in.immediate();
  }

  private static int mask(boolean truth) {
    return truth ? -1 : 0;
  }

  /// Every instruction with a destination predicate.
  private void compare(Instruction in, int site, long clocked, int[] out) {
    int n = count;
    int[] a = registers[in.a()];
    switch (in.opcode()) {
      case CMPEQ -> {
        int[] b = second(in);
        for (int i = 0; i < n; i++) {
          out[i] = mask(a[i] == b[i]);
        }
      }
      case CMPNE -> {
        int[] b = second(in);
        for (int i = 0; i < n; i++) {
          out[i] = mask(a[i] != b[i]);
        }
      }
      case CMPLT -> {
        int[] b = second(in);
        for (int i = 0; i < n; i++) {
          out[i] = mask(a[i] < b[i]);
        }
      }
      case CMPLE -> {
        int[] b = second(in);
        for (int i = 0; i < n; i++) {
          out[i] = mask(a[i] <= b[i]);
        }
      }
      case CMPGT -> {
        int[] b = second(in);
        for (int i = 0; i < n; i++) {
          out[i] = mask(a[i] > b[i]);
        }
      }
      case CMPGE -> {
        int[] b = second(in);
        for (int i = 0; i < n; i++) {
          out[i] = mask(a[i] >= b[i]);
        }
      }
      case PAND -> {
        int[] p = predicates[in.a()];
        int[] q = predicates[in.b()];
        for (int i = 0; i < n; i++) {
          out[i] = p[i] & q[i];
        }
      }
      case POR -> {
        int[] p = predicates[in.a()];
        int[] q = predicates[in.b()];
        for (int i = 0; i < n; i++) {
          out[i] = p[i] | q[i];
        }
      }
      case PXOR -> {
        int[] p = predicates[in.a()];
        int[] q = predicates[in.b()];
        for (int i = 0; i < n; i++) {
          out[i] = p[i] ^ q[i];
        }
      }
      case PNOT -> {
        int[] p = predicates[in.a()];
        for (int i = 0; i < n; i++) {
          out[i] = ~p[i];
        }
      }
      case BERN -> {
        int[] b = second(in);
        long key = Draw.atSite(clocked, site);
        for (int i = 0; i < n; i++) {
          out[i] = mask((random(key, i) >>> (32 - in.shift())) < b[i]);
        }
      }
      case CAUSE -> cause(in.slot(), out);
      default -> throw new IllegalStateException(in.opcode().mnemonic());
    }
  }

  /// Narrows a value to a symbol's width by its policy.
  ///
  /// @param row of a synapse, else 0
  final int narrow(int slot, Symbol symbol, int row, int lane, int value) {
    NumberFormat format = symbol.format();
    if (format.holds(value)) {
      return value;
    }
    return switch (symbol.overflow()) {
      case SATURATE -> format.saturate(value);
      case WRAP -> format.wrap(value);
      case STOP -> {
        stops.note(slot, current, row, lane, value);
        yield format.saturate(value);
      }
    };
  }

  /// Reads what every program sees the same in all lanes: registers, step, phase.
  final boolean loadShared(int slot, Symbol symbol, int age, long step, int[] out) {
    int value =
        switch (symbol.role()) {
          case GLOBAL -> surroundings.global(slot, step, age);
          case STEP -> surroundings.sampleStep(step, age);
          case PHASE -> surroundings.phase(step);
          default -> 0;
        };
    boolean shared =
        symbol.role() == SymbolRole.GLOBAL
            || symbol.role() == SymbolRole.STEP
            || symbol.role() == SymbolRole.PHASE;
    if (shared) {
      Arrays.fill(out, 0, count, value);
    }
    return shared;
  }
}
