package engram.isa.verify;

import engram.isa.Fixed;
import engram.isa.Instruction;
import engram.isa.Opcode;
import engram.isa.program.Table;
import java.util.Arrays;
import java.util.List;

/// What each instruction makes of ranges of values: a range that holds every result. The verifier
/// proves with it that inactive lanes rest, the compiler that a result needs no saturation.
public final class Ranges {
  private Ranges() {}

  /// The range of what an instruction with a destination register computes, loads left out.
  ///
  /// @param a of the first source register
  /// @param b of the second source, where the instruction has one
  /// @param acc of the accumulator
  public static Range value(Instruction in, List<Table> tables, Range a, Range b, Range acc) {
    return switch (in.opcode()) {
      case MOV -> b;
      case ADD, SUB, MUL, NAR, SHL, NEG, ABS -> exact(in, a, b, acc).saturated();
      case ADDW -> a.plus(b).wrapped();
      case SUBW -> a.minus(b).wrapped();
      case SHLW -> shiftLeft(a, b).wrapped();
      case MIN -> new Range(Math.min(a.low(), b.low()), Math.min(a.high(), b.high()));
      case MAX -> new Range(Math.max(a.low(), b.low()), Math.max(a.high(), b.high()));
      case AND, OR, XOR -> bits(in.opcode(), a, b);
      case SGN -> new Range(Long.signum(a.low()), Long.signum(a.high()));
      case CLZ ->
          a.isConstant() ? Range.of(Integer.numberOfLeadingZeros((int) a.low())) : new Range(0, 32);
      case SHR ->
          b.isConstant()
              ? a.shiftedRight(Fixed.shiftAmount((int) b.low()), in.rounding())
              : new Range(Math.min(a.low(), 0), Math.max(a.high(), 0));
      case SHRU -> a.is(0) ? Range.ZERO : a.low() >= 0 ? new Range(0, a.high()) : Range.ANY;
      case LUT -> entries(tables.get(in.slot()), a.low(), a.high());
      case LERP ->
          entries(
              tables.get(in.slot()), a.low() >> in.immediate(), (a.high() >> in.immediate()) + 1);
      case DRAW -> new Range(0, (1L << in.shift()) - 1);
      case LD,
          ST,
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
    };
  }

  /// The range of the exact result of an instruction that saturates, before it does.
  public static Range exact(Instruction in, Range a, Range b, Range acc) {
    return switch (in.opcode()) {
      case ADD -> a.plus(b);
      case SUB -> a.minus(b);
      case MUL -> a.times(b).shiftedRight(in.shift(), in.rounding());
      case NAR -> acc.shiftedRight(in.shift(), in.rounding());
      case SHL -> shiftLeft(a, b);
      case NEG -> Range.ZERO.minus(a);
      case ABS -> absolute(a);
      default -> throw new IllegalStateException(in.opcode().mnemonic());
    };
  }

  /// The range of the accumulator behind an instruction that writes it.
  public static Range accumulator(Instruction in, Range acc, Range a, Range b) {
    return switch (in.opcode()) {
      case MACZ -> a.times(b);
      case MAC -> acc.plus(a.times(b));
      case MAS -> acc.minus(a.times(b));
      case LDACC -> Range.ANY_LONG;
      default -> throw new IllegalStateException(in.opcode().mnemonic());
    };
  }

  /// A bit-by-bit operation: exact on constants, a bound of as many bits on non-negative ranges.
  private static Range bits(Opcode opcode, Range a, Range b) {
    boolean and = opcode == Opcode.AND;
    if (a.isConstant() && b.isConstant()) {
      long x = a.low();
      long y = b.low();
      return Range.of(and ? x & y : opcode == Opcode.OR ? x | y : x ^ y);
    }
    if (and && (a.low() >= 0 || b.low() >= 0)) {
      long high = a.low() < 0 ? b.high() : b.low() < 0 ? a.high() : Math.min(a.high(), b.high());
      return new Range(0, high);
    }
    if (!and && a.low() >= 0 && b.low() >= 0) {
      long top = Long.highestOneBit(Math.max(1, Math.max(a.high(), b.high())));
      return new Range(0, 2 * top - 1);
    }
    return Range.ANY;
  }

  private static Range absolute(Range a) {
    if (a.low() >= 0) {
      return new Range(a.low(), a.high());
    }
    return a.high() <= 0
        ? new Range(-a.high(), -a.low())
        : new Range(0, Math.max(-a.low(), a.high()));
  }

  private static Range shiftLeft(Range a, Range n) {
    if (a.is(0)) {
      return Range.ZERO;
    }
    int most = n.isConstant() ? Fixed.shiftAmount((int) n.low()) : 31;
    int least = n.isConstant() ? most : 0;
    return new Range(
        Math.min(a.low() << most, a.low() << least), Math.max(a.high() << most, a.high() << least));
  }

  private static Range entries(Table table, long from, long to) {
    int last = table.values().length - 1;
    int low = (int) Fixed.clip(from, 0, last);
    int high = (int) Fixed.clip(to, 0, last);
    var range = Arrays.stream(table.values(), low, high + 1).summaryStatistics();
    return new Range(range.getMin(), range.getMax());
  }
}
