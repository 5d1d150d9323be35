package engram.isa.testing;

import static engram.isa.testing.Exact.of;
import static engram.isa.testing.Exact.power;
import static engram.isa.testing.Exact.saturate;
import static engram.isa.testing.Exact.wrap;

import engram.isa.Instruction;
import engram.isa.Opcode;
import engram.isa.Rounding;
import engram.isa.program.Program;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.stream.IntStream;

/// The oracle of the interpreter: one lane, one instruction at a time, in unbounded integers.
public final class ScalarLane {
  /// What the lane sees beyond its registers, and what it does to it.
  public interface World {
    BigInteger load(int slot, int age);

    BigInteger loadWide(int slot);

    void store(int slot, BigInteger value);

    /// The 32 random bits of a site.
    BigInteger random(int site);

    default void emit(int slot, BigInteger payload) {
      throw new AssertionError("emit");
    }

    default void bid(BigInteger value) {
      throw new AssertionError("bid");
    }

    default boolean cause(int trigger) {
      throw new AssertionError("cause");
    }

    default void rowAdd(int slot, BigInteger product) {
      throw new AssertionError("rowadd");
    }

    default void kill() {
      throw new AssertionError("kill");
    }
  }

  private final Program program;
  private final World world;
  private final BigInteger[] r = new BigInteger[16];
  private final boolean[] p = new boolean[8];
  private BigInteger acc;

  public ScalarLane(Program program, World world) {
    this.program = program;
    this.world = world;
  }

  /// Runs the instructions from `from` to before `to` as a section.
  public void run(int from, int to) {
    Arrays.fill(r, BigInteger.ZERO);
    Arrays.fill(p, false);
    p[0] = true;
    acc = BigInteger.ZERO;
    int site = 0;
    for (int i = 0; i < to; i++) {
      var in = program.instruction(i);
      if (i >= from && p[in.predicate()] != in.negated()) {
        meaning(in, site).run();
      }
      site += draws(in) ? 1 : 0;
    }
  }

  private static boolean draws(Instruction in) {
    return switch (in.opcode()) {
      case DRAW, BERN -> true;
      case SHR, MUL, NAR -> in.rounding() == Rounding.STOCHASTIC;
      default -> false;
    };
  }

  /// What an instruction does: an expression over all opcodes, so that a new one without an oracle
  /// does not compile.
  private Runnable meaning(Instruction in, int site) {
    var a = r[in.a()];
    var b = in.constant() ? of(in.immediate()) : r[in.b()];
    return switch (in.opcode()) {
      case MOV -> register(in, b);
      case LD -> register(in, world.load(in.slot(), age(in)));
      case ST -> () -> world.store(in.slot(), b);
      case LDACC -> accumulator(world.loadWide(in.slot()));
      case ADD -> register(in, saturate(a.add(b), 32));
      case SUB -> register(in, saturate(a.subtract(b), 32));
      case ADDW -> register(in, wrap(a.add(b), 32));
      case SUBW -> register(in, wrap(a.subtract(b), 32));
      case MIN -> register(in, a.min(b));
      case MAX -> register(in, a.max(b));
      case AND -> register(in, a.and(b));
      case OR -> register(in, a.or(b));
      case XOR -> register(in, a.xor(b));
      case NEG -> register(in, saturate(a.negate(), 32));
      case ABS -> register(in, saturate(a.abs(), 32));
      case SGN -> register(in, of(a.signum()));
      case CLZ -> register(in, of(32 - a.mod(power(32)).bitLength()));
      case SHL -> register(in, saturate(a.multiply(power(amount(b))), 32));
      case SHLW -> register(in, wrap(a.multiply(power(amount(b))), 32));
      case SHR -> register(in, rounded(in, a, amount(b), site));
      case SHRU -> register(in, wrap(a.mod(power(32)).divide(power(amount(b))), 32));
      case MUL -> register(in, saturate(rounded(in, a.multiply(b), in.shift(), site), 32));
      case MACZ -> accumulator(a.multiply(b));
      case MAC -> accumulator(saturate(acc.add(a.multiply(b)), 64));
      case MAS -> accumulator(saturate(acc.subtract(a.multiply(b)), 64));
      case NAR -> register(in, saturate(rounded(in, acc, in.shift(), site), 32));
      case CMPEQ -> predicate(in, a.equals(b));
      case CMPNE -> predicate(in, !a.equals(b));
      case CMPLT -> predicate(in, a.compareTo(b) < 0);
      case CMPLE -> predicate(in, a.compareTo(b) <= 0);
      case CMPGT -> predicate(in, a.compareTo(b) > 0);
      case CMPGE -> predicate(in, a.compareTo(b) >= 0);
      case PAND -> predicate(in, p[in.a()] && p[in.b()]);
      case POR -> predicate(in, p[in.a()] || p[in.b()]);
      case PXOR -> predicate(in, p[in.a()] != p[in.b()]);
      case PNOT -> predicate(in, !p[in.a()]);
      case LUT -> register(in, Exact.interpolate(table(in), a, 0));
      case LERP -> register(in, Exact.interpolate(table(in), a, in.immediate()));
      case DRAW -> register(in, top(site, in.shift()));
      case BERN -> predicate(in, top(site, in.shift()).compareTo(b) < 0);
      case EMIT -> () -> world.emit(in.slot(), b);
      case BID -> () -> world.bid(b);
      case REDUCE -> throw new AssertionError("a barrier inside a section");
      case CAUSE -> predicate(in, world.cause(in.slot()));
      case ROWADD -> () -> world.rowAdd(in.slot(), a.multiply(b));
      case KILL -> world::kill;
    };
  }

  /// A shift amount: clipped to 0..31.
  private static int amount(BigInteger b) {
    return b.max(BigInteger.ZERO).min(of(31)).intValue();
  }

  private int age(Instruction in) {
    return in.constant() ? world.load(in.immediate(), 0).intValue() : in.immediate();
  }

  private int[] table(Instruction in) {
    return program.tables().get(in.slot()).values();
  }

  private BigInteger top(int site, int bits) {
    return world.random(site).divide(power(32 - bits));
  }

  private BigInteger rounded(Instruction in, BigInteger x, int shift, int site) {
    boolean stochastic = in.rounding() == Rounding.STOCHASTIC;
    return Exact.shift(x, shift, in.rounding(), stochastic ? world.random(site) : null);
  }

  private Runnable register(Instruction in, BigInteger value) {
    return () -> r[in.d()] = value;
  }

  private Runnable predicate(Instruction in, boolean value) {
    return () -> p[in.d()] = value;
  }

  private Runnable accumulator(BigInteger value) {
    return () -> acc = value;
  }

  /// The barriers of a program, in order: a section ends with each of them.
  public static int[] barriers(Program program) {
    return IntStream.range(0, program.size())
        .filter(i -> program.instruction(i).opcode() == Opcode.REDUCE)
        .toArray();
  }
}
