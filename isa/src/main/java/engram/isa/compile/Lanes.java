package engram.isa.compile;

import engram.isa.Draw;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The arithmetic of `engram.isa.Fixed` over many lanes at once: each method is the twin of the one
/// of its name there, or of an instruction. Small and static, so that they melt into the compiled
/// program that calls them.
///
/// Programs that need 64-bit values run half as many lanes at once, so that ints and longs have
/// equally many lanes.
final class Lanes {
  /// As many lanes as the machine's vectors hold ints.
  static final VectorSpecies<Integer> FULL = IntVector.SPECIES_PREFERRED;

  /// The 64-bit companions of `HALF`.
  static final VectorSpecies<Long> WIDE = LongVector.SPECIES_PREFERRED;

  /// As many lanes as the machine's vectors hold longs.
  static final VectorSpecies<Integer> HALF =
      VectorSpecies.of(int.class, VectorShape.forBitSize(WIDE.length() * Integer.SIZE));

  private static final VectorSpecies<Short> FULL_SHORTS = shorts(FULL);
  private static final VectorSpecies<Short> HALF_SHORTS = shorts(HALF);
  private static final VectorSpecies<Byte> FULL_BYTES = bytes(FULL);
  private static final VectorSpecies<Byte> HALF_BYTES = bytes(HALF);

  private Lanes() {}

  private static VectorSpecies<Short> shorts(VectorSpecies<Integer> ints) {
    int bits = Math.max(64, ints.length() * Short.SIZE);
    return VectorSpecies.of(short.class, VectorShape.forBitSize(bits));
  }

  private static VectorSpecies<Byte> bytes(VectorSpecies<Integer> ints) {
    int bits = Math.max(64, ints.length() * Byte.SIZE);
    return VectorSpecies.of(byte.class, VectorShape.forBitSize(bits));
  }

  // Loading and storing.

  static IntVector load(byte[] array, int at, VectorSpecies<Integer> species) {
    var narrow = species == FULL ? FULL_BYTES : HALF_BYTES;
    return (IntVector)
        ByteVector.fromArray(narrow, array, at).convertShape(VectorOperators.B2I, species, 0);
  }

  static IntVector load(short[] array, int at, VectorSpecies<Integer> species) {
    var narrow = species == FULL ? FULL_SHORTS : HALF_SHORTS;
    return (IntVector)
        ShortVector.fromArray(narrow, array, at).convertShape(VectorOperators.S2I, species, 0);
  }

  static IntVector load(int[] array, int at, VectorSpecies<Integer> species) {
    return IntVector.fromArray(species, array, at);
  }

  static LongVector load(long[] array, int at) {
    return LongVector.fromArray(WIDE, array, at);
  }

  /// 1 where a bit is set, else 0.
  static IntVector ones(long bits, VectorSpecies<Integer> species) {
    return IntVector.zero(species).blend(1, VectorMask.fromLong(species, bits));
  }

  /// The payload where a bit is set, else 0.
  static IntVector payloads(long bits, int[] array, int at, VectorSpecies<Integer> species) {
    return IntVector.zero(species)
        .blend(IntVector.fromArray(species, array, at), VectorMask.fromLong(species, bits));
  }

  static void store(IntVector value, int[] array, int at) {
    value.intoArray(array, at);
  }

  static void store(IntVector value, int[] array, int at, VectorMask<Integer> mask) {
    value.intoArray(array, at, mask);
  }

  static void store(IntVector value, short[] array, int at, VectorMask<Integer> mask) {
    var narrow = value.species() == FULL ? FULL_SHORTS : HALF_SHORTS;
    var shorts = (ShortVector) value.convertShape(VectorOperators.I2S, narrow, 0);
    ShortVector.fromArray(narrow, array, at)
        .blend(shorts, VectorMask.fromLong(narrow, mask.toLong()))
        .intoArray(array, at);
  }

  static void store(IntVector value, byte[] array, int at, VectorMask<Integer> mask) {
    var narrow = value.species() == FULL ? FULL_BYTES : HALF_BYTES;
    var bytes = (ByteVector) value.convertShape(VectorOperators.I2B, narrow, 0);
    ByteVector.fromArray(narrow, array, at)
        .blend(bytes, VectorMask.fromLong(narrow, mask.toLong()))
        .intoArray(array, at);
  }

  /// What a mask was spilled as.
  static VectorMask<Integer> loadMask(int[] array, int at, VectorSpecies<Integer> species) {
    return IntVector.fromArray(species, array, at).compare(VectorOperators.NE, 0);
  }

  static void spill(IntVector value, int[] array, int at) {
    value.intoArray(array, at);
  }

  static void spill(LongVector value, long[] array, int at) {
    value.intoArray(array, at);
  }

  static void spill(VectorMask<Integer> mask, int[] array, int at) {
    mask.toVector().reinterpretAsInts().intoArray(array, at);
  }

  static IntVector broadcast(int value, VectorSpecies<Integer> species) {
    return IntVector.broadcast(species, value);
  }

  static LongVector broadcast(long value) {
    return LongVector.broadcast(WIDE, value);
  }

  static VectorMask<Integer> mask(long bits, VectorSpecies<Integer> species) {
    return VectorMask.fromLong(species, bits);
  }

  // 32-bit arithmetic.

  static IntVector add(IntVector a, IntVector b) {
    return a.add(b);
  }

  static IntVector subtract(IntVector a, IntVector b) {
    return a.sub(b);
  }

  /// The largest or smallest integer, by the sign of `a`.
  private static IntVector limit(IntVector a) {
    return a.lanewise(VectorOperators.ASHR, 31).lanewise(VectorOperators.XOR, Integer.MAX_VALUE);
  }

  static IntVector addSaturating(IntVector a, IntVector b) {
    var sum = a.add(b);
    var over = a.lanewise(VectorOperators.XOR, sum).and(b.lanewise(VectorOperators.XOR, sum));
    return sum.blend(limit(a), over.compare(VectorOperators.LT, 0));
  }

  static IntVector subtractSaturating(IntVector a, IntVector b) {
    var difference = a.sub(b);
    var over = a.lanewise(VectorOperators.XOR, b).and(a.lanewise(VectorOperators.XOR, difference));
    return difference.blend(limit(a), over.compare(VectorOperators.LT, 0));
  }

  static IntVector negate(IntVector a) {
    return a.neg();
  }

  static IntVector negateSaturating(IntVector a) {
    return a.neg().blend(Integer.MAX_VALUE, a.compare(VectorOperators.EQ, Integer.MIN_VALUE));
  }

  static IntVector abs(IntVector a) {
    return a.abs();
  }

  static IntVector absSaturating(IntVector a) {
    return a.abs().blend(Integer.MAX_VALUE, a.compare(VectorOperators.EQ, Integer.MIN_VALUE));
  }

  static IntVector sign(IntVector a) {
    return a.lanewise(VectorOperators.ASHR, 31).or(a.neg().lanewise(VectorOperators.LSHR, 31));
  }

  static IntVector leadingZeros(IntVector a) {
    return a.lanewise(VectorOperators.LEADING_ZEROS_COUNT);
  }

  static IntVector min(IntVector a, IntVector b) {
    return a.min(b);
  }

  static IntVector max(IntVector a, IntVector b) {
    return a.max(b);
  }

  static IntVector and(IntVector a, IntVector b) {
    return a.and(b);
  }

  static IntVector or(IntVector a, IntVector b) {
    return a.or(b);
  }

  static IntVector xor(IntVector a, IntVector b) {
    return a.lanewise(VectorOperators.XOR, b);
  }

  static IntVector clip(IntVector a, int low, int high) {
    return a.max(low).min(high);
  }

  /// Sign-extends the low bits: what `wrap` keeps of a signed value.
  static IntVector wrapSigned(IntVector a, int unused) {
    return a.lanewise(VectorOperators.LSHL, unused).lanewise(VectorOperators.ASHR, unused);
  }

  static IntVector wrapUnsigned(IntVector a, int mask) {
    return a.and(mask);
  }

  // Shifts. The amount is the same for all lanes, or one a lane, and already clipped to 0..31.

  static IntVector shiftAmount(IntVector n) {
    return n.max(0).min(31);
  }

  static IntVector shiftLeft(IntVector a, int n) {
    return a.lanewise(VectorOperators.LSHL, n);
  }

  static IntVector shiftLeft(IntVector a, IntVector n) {
    return a.lanewise(VectorOperators.LSHL, n);
  }

  static IntVector shiftLeftSaturating(IntVector a, int n) {
    var shifted = a.lanewise(VectorOperators.LSHL, n);
    var over = shifted.lanewise(VectorOperators.ASHR, n).compare(VectorOperators.NE, a);
    return shifted.blend(limit(a), over);
  }

  static IntVector shiftLeftSaturating(IntVector a, IntVector n) {
    var shifted = a.lanewise(VectorOperators.LSHL, n);
    var over = shifted.lanewise(VectorOperators.ASHR, n).compare(VectorOperators.NE, a);
    return shifted.blend(limit(a), over);
  }

  static IntVector shiftRightUnsigned(IntVector a, int n) {
    return a.lanewise(VectorOperators.LSHR, n);
  }

  static IntVector shiftRightUnsigned(IntVector a, IntVector n) {
    return a.lanewise(VectorOperators.LSHR, n);
  }

  static IntVector shiftDown(IntVector a, int n) {
    return a.lanewise(VectorOperators.ASHR, n);
  }

  static IntVector shiftDown(IntVector a, IntVector n) {
    return a.lanewise(VectorOperators.ASHR, n);
  }

  static IntVector shiftTowardZero(IntVector a, int n) {
    var down = a.lanewise(VectorOperators.ASHR, n);
    var inexact = down.lanewise(VectorOperators.LSHL, n).compare(VectorOperators.NE, a);
    return down.add(1, inexact.and(a.compare(VectorOperators.LT, 0)));
  }

  static IntVector shiftTowardZero(IntVector a, IntVector n) {
    var down = a.lanewise(VectorOperators.ASHR, n);
    var inexact = down.lanewise(VectorOperators.LSHL, n).compare(VectorOperators.NE, a);
    return down.add(1, inexact.and(a.compare(VectorOperators.LT, 0)));
  }

  static IntVector shiftNearest(IntVector a, int n) {
    var half = a.and(1 << n >>> 1).compare(VectorOperators.NE, 0);
    return a.lanewise(VectorOperators.ASHR, n).add(1, half);
  }

  static IntVector shiftNearest(IntVector a, IntVector n) {
    var bit = n.broadcast(1).lanewise(VectorOperators.LSHL, n).lanewise(VectorOperators.LSHR, 1);
    var half = a.and(bit).compare(VectorOperators.NE, 0);
    return a.lanewise(VectorOperators.ASHR, n).add(1, half);
  }

  static IntVector shiftStochastic(IntVector a, int n, IntVector random) {
    var dropped = a.and((1 << n) - 1);
    var threshold = random.lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.LSHR, 31 - n);
    var up = dropped.add(threshold).lanewise(VectorOperators.LSHR, n);
    return a.lanewise(VectorOperators.ASHR, n).add(up);
  }

  static IntVector shiftStochastic(IntVector a, IntVector n, IntVector random) {
    var down = a.lanewise(VectorOperators.ASHR, n);
    var dropped = a.sub(down.lanewise(VectorOperators.LSHL, n));
    var threshold =
        random.lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.LSHR, n.neg().add(31));
    return down.add(dropped.add(threshold).lanewise(VectorOperators.LSHR, n));
  }

  static IntVector multiply(IntVector a, IntVector b) {
    return a.mul(b);
  }

  // 64-bit arithmetic.

  static LongVector widen(IntVector a) {
    return (LongVector) a.convertShape(VectorOperators.I2L, WIDE, 0);
  }

  private static LongVector widenUnsigned(IntVector a) {
    return (LongVector) a.convertShape(VectorOperators.ZERO_EXTEND_I2L, WIDE, 0);
  }

  static LongVector product(IntVector a, IntVector b) {
    return widen(a).mul(widen(b));
  }

  static LongVector accumulate(LongVector acc, LongVector x) {
    return acc.add(x);
  }

  static LongVector decumulate(LongVector acc, LongVector x) {
    return acc.sub(x);
  }

  private static LongVector limit(LongVector a) {
    return a.lanewise(VectorOperators.ASHR, 63).lanewise(VectorOperators.XOR, Long.MAX_VALUE);
  }

  static LongVector accumulateSaturating(LongVector acc, LongVector x) {
    var sum = acc.add(x);
    var over = acc.lanewise(VectorOperators.XOR, sum).and(x.lanewise(VectorOperators.XOR, sum));
    return sum.blend(limit(acc), over.compare(VectorOperators.LT, 0));
  }

  static LongVector decumulateSaturating(LongVector acc, LongVector x) {
    var difference = acc.sub(x);
    var over =
        acc.lanewise(VectorOperators.XOR, x).and(acc.lanewise(VectorOperators.XOR, difference));
    return difference.blend(limit(acc), over.compare(VectorOperators.LT, 0));
  }

  static LongVector shiftDown(LongVector x, int n) {
    return x.lanewise(VectorOperators.ASHR, n);
  }

  static LongVector shiftTowardZero(LongVector x, int n) {
    var down = x.lanewise(VectorOperators.ASHR, n);
    var inexact = down.lanewise(VectorOperators.LSHL, n).compare(VectorOperators.NE, x);
    return down.add(1, inexact.and(x.compare(VectorOperators.LT, 0)));
  }

  static LongVector shiftNearest(LongVector x, int n) {
    var half = x.and(1L << n >>> 1).compare(VectorOperators.NE, 0);
    return x.lanewise(VectorOperators.ASHR, n).add(1, half);
  }

  /// n is 1 to 63.
  static LongVector shiftStochastic(LongVector x, int n, IntVector random) {
    var bits = widenUnsigned(random);
    var threshold =
        n <= 32
            ? bits.lanewise(VectorOperators.LSHR, 32 - n)
            : bits.lanewise(VectorOperators.LSHL, n - 32);
    var dropped = x.and((1L << n) - 1);
    var up = dropped.add(threshold).lanewise(VectorOperators.LSHR, n);
    return x.lanewise(VectorOperators.ASHR, n).add(up);
  }

  /// The low 32 bits: of values that fit.
  static IntVector narrow(LongVector x) {
    return (IntVector) x.convertShape(VectorOperators.L2I, HALF, 0);
  }

  static IntVector saturate(LongVector x) {
    return narrow(x.max(Integer.MIN_VALUE).min(Integer.MAX_VALUE));
  }

  /// Sum of the lanes that are set, modulo 2^64.
  static long sum(LongVector x, long lanes) {
    return x.reduceLanes(VectorOperators.ADD, VectorMask.fromLong(WIDE, lanes));
  }

  // Tables.

  static IntVector lookUp(int[] table, IntVector index, int[] indices) {
    index.max(0).min(table.length - 1).intoArray(indices, 0);
    return IntVector.fromArray(index.species(), table, 0, indices, 0);
  }

  /// For tables whose steps times 2^fraction fit 32 bits.
  static IntVector interpolate(int[] table, IntVector x, int fraction, int[] indices) {
    var index = x.lanewise(VectorOperators.ASHR, fraction);
    var low = lookUp(table, index, indices);
    var high = lookUp(table, index.add(1), indices);
    var part = x.and((1 << fraction) - 1);
    return low.add(shiftNearest(high.sub(low).mul(part), fraction));
  }

  static IntVector interpolateWide(int[] table, IntVector x, int fraction, int[] indices) {
    var index = x.lanewise(VectorOperators.ASHR, fraction);
    var low = widen(lookUp(table, index, indices));
    var high = widen(lookUp(table, index.add(1), indices));
    var part = widen(x.and((1 << fraction) - 1));
    return narrow(low.add(shiftNearest(high.sub(low).mul(part), fraction)));
  }

  // Draws.

  /// Lanes `first`, `first + scale`, `first + 2 scale` and so on.
  static IntVector count(int first, int scale, VectorSpecies<Integer> species) {
    return IntVector.zero(species).addIndex(1).mul(scale).add(first);
  }

  /// The twin of `Draw.bits`.
  static IntVector bits(long key, IntVector lanes) {
    var x = lanes.add((int) key);
    x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 16)).mul(Draw.FIRST);
    x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 15));
    x = x.add((int) (key >>> 32)).mul(Draw.SECOND);
    return x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 15));
  }

  static IntVector draw(IntVector random, int bits) {
    return random.lanewise(VectorOperators.LSHR, 32 - bits);
  }

  // Predicates.

  static VectorMask<Integer> equal(IntVector a, IntVector b) {
    return a.compare(VectorOperators.EQ, b);
  }

  static VectorMask<Integer> different(IntVector a, IntVector b) {
    return a.compare(VectorOperators.NE, b);
  }

  static VectorMask<Integer> less(IntVector a, IntVector b) {
    return a.compare(VectorOperators.LT, b);
  }

  static VectorMask<Integer> lessOrEqual(IntVector a, IntVector b) {
    return a.compare(VectorOperators.LE, b);
  }

  static VectorMask<Integer> and(VectorMask<Integer> p, VectorMask<Integer> q) {
    return p.and(q);
  }

  static VectorMask<Integer> or(VectorMask<Integer> p, VectorMask<Integer> q) {
    return p.or(q);
  }

  static VectorMask<Integer> xor(VectorMask<Integer> p, VectorMask<Integer> q) {
    return p.xor(q);
  }

  static VectorMask<Integer> not(VectorMask<Integer> p) {
    return p.not();
  }

  static VectorMask<Integer> bit(IntVector a, int bit) {
    return a.and(1 << bit).compare(VectorOperators.NE, 0);
  }

  static long toBits(VectorMask<Integer> p) {
    return p.toLong();
  }

  static VectorMask<Integer> all(int set, VectorSpecies<Integer> species) {
    return species.maskAll(set != 0);
  }

  static IntVector choose(VectorMask<Integer> mask, IntVector then, IntVector otherwise) {
    return otherwise.blend(then, mask);
  }

  static LongVector choose(VectorMask<Integer> mask, LongVector then, LongVector otherwise) {
    return otherwise.blend(then, mask.cast(WIDE));
  }

  static VectorMask<Integer> choose(
      VectorMask<Integer> mask, VectorMask<Integer> then, VectorMask<Integer> otherwise) {
    return then.and(mask).or(otherwise.andNot(mask));
  }

  /// Lanes outside a range: one bit each.
  static long outside(IntVector a, int low, int high) {
    return a.compare(VectorOperators.LT, low).or(a.compare(VectorOperators.GT, high)).toLong();
  }
}
