package engram.isa.compile;

import engram.isa.Draw;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/// The arithmetic of `engram.isa.Fixed` over many lanes at once, as calls of the Vector API: each
/// method writes the twin of the one of its name there, or of an instruction. Operands are taken
/// from the JVM's stack, the result is left there.
///
/// The calls stand in the program itself and in no helper, since the JIT compiler inlines the
/// Vector API's own methods wherever they are called, but helpers of ours only up to a limit.
final class LaneCode {
  private static final String PACKAGE = "jdk.incubator.vector.";
  static final ClassDesc INT_VECTOR = ClassDesc.of(PACKAGE + "IntVector");
  static final ClassDesc LONG_VECTOR = ClassDesc.of(PACKAGE + "LongVector");
  static final ClassDesc MASK = ClassDesc.of(PACKAGE + "VectorMask");
  private static final ClassDesc SHORT_VECTOR = ClassDesc.of(PACKAGE + "ShortVector");
  private static final ClassDesc BYTE_VECTOR = ClassDesc.of(PACKAGE + "ByteVector");
  private static final ClassDesc VECTOR = ClassDesc.of(PACKAGE + "Vector");
  private static final ClassDesc SPECIES_TYPE = ClassDesc.of(PACKAGE + "VectorSpecies");
  private static final ClassDesc OPERATORS = ClassDesc.of(PACKAGE + "VectorOperators");
  private static final ClassDesc UNARY = OPERATORS.nested("Unary");
  private static final ClassDesc BINARY = OPERATORS.nested("Binary");
  private static final ClassDesc ASSOCIATIVE = OPERATORS.nested("Associative");
  private static final ClassDesc COMPARISON = OPERATORS.nested("Comparison");
  private static final ClassDesc CONVERSION = OPERATORS.nested("Conversion");
  private static final ClassDesc SPECIES = ClassDesc.of("engram.isa.compile.Species");
  private static final ClassDesc INT = ConstantDescs.CD_int;
  private static final ClassDesc LONG = ConstantDescs.CD_long;
  private static final ClassDesc VOID = ConstantDescs.CD_void;
  private static final ClassDesc INTS = INT.arrayType();
  private static final ClassDesc LONGS = LONG.arrayType();

  private final CodeBuilder code;
  private final boolean wide;

  /// @param wide run as many lanes at once as vectors hold longs
  LaneCode(CodeBuilder code, boolean wide) {
    this.code = code;
    this.wide = wide;
  }

  /// Takes a vector or mask from the stack into a local variable.
  int keep() {
    int local = code.allocateLocal(TypeKind.REFERENCE);
    code.astore(local);
    return local;
  }

  private void ints() {
    code.getstatic(SPECIES, wide ? "HALF_INTS" : "INTS", SPECIES_TYPE);
  }

  private void longs() {
    code.getstatic(SPECIES, "LONGS", SPECIES_TYPE);
  }

  private void shorts() {
    code.getstatic(SPECIES, wide ? "HALF_SHORTS" : "SHORTS", SPECIES_TYPE);
  }

  private void bytes() {
    code.getstatic(SPECIES, wide ? "HALF_BYTES" : "BYTES", SPECIES_TYPE);
  }

  private void call(ClassDesc owner, String method, ClassDesc result, ClassDesc... parameters) {
    code.invokevirtual(owner, method, MethodTypeDesc.of(result, parameters));
  }

  private void callStatic(
      ClassDesc owner, String method, ClassDesc result, ClassDesc... parameters) {
    code.invokestatic(owner, method, MethodTypeDesc.of(result, parameters));
  }

  private void operator(ClassDesc type, String name) {
    code.getstatic(OPERATORS, name, type);
  }

  private static ClassDesc element(ClassDesc vector) {
    return vector.equals(LONG_VECTOR) ? LONG : INT;
  }

  private void constant(ClassDesc vector, long value) {
    if (vector.equals(LONG_VECTOR)) {
      code.loadConstant(value);
    } else {
      code.loadConstant((int) value);
    }
  }

  // Building blocks: `name(vector)` works on the vector below its operand.

  /// a b -> a op b, for operations that have a method.
  private void method(ClassDesc vector, String name) {
    call(vector, name, vector, VECTOR);
  }

  private void unaryMethod(ClassDesc vector, String name) {
    call(vector, name, vector);
  }

  /// a b -> a op b.
  private void lanewise(ClassDesc vector, ClassDesc type, String operation, int b) {
    operator(type, operation);
    code.aload(b);
    call(vector, "lanewise", vector, BINARY, VECTOR);
  }

  /// a -> a op constant.
  private void lanewise(ClassDesc vector, ClassDesc type, String operation, long constant) {
    operator(type, operation);
    constant(vector, constant);
    call(vector, "lanewise", vector, BINARY, element(vector));
  }

  /// a -> mask of a op constant.
  private void compare(ClassDesc vector, String operation, long constant) {
    operator(COMPARISON, operation);
    constant(vector, constant);
    call(vector, "compare", MASK, COMPARISON, element(vector));
  }

  /// a -> mask of a op b.
  private void compareWith(ClassDesc vector, String operation, int b) {
    operator(COMPARISON, operation);
    code.aload(b);
    call(vector, "compare", MASK, COMPARISON, VECTOR);
  }

  /// a b mask -> b where set, else a.
  private void blend(ClassDesc vector) {
    call(vector, "blend", vector, VECTOR, MASK);
  }

  /// a mask -> constant where set, else a.
  private void blendConstant(ClassDesc vector, long value, int mask) {
    constant(vector, value);
    code.aload(mask);
    call(vector, "blend", vector, element(vector), MASK);
  }

  /// a mask -> a + 1 where set, else a.
  private void addOne(ClassDesc vector, int mask) {
    constant(vector, 1);
    code.aload(mask);
    call(vector, "add", vector, element(vector), MASK);
  }

  /// -> the largest or smallest value, by the sign of a.
  private void limit(ClassDesc vector, int a) {
    boolean isLong = vector.equals(LONG_VECTOR);
    code.aload(a);
    lanewise(vector, BINARY, "ASHR", isLong ? 63L : 31L);
    lanewise(vector, ASSOCIATIVE, "XOR", isLong ? Long.MAX_VALUE : Integer.MAX_VALUE);
  }

  // Loading and storing.

  /// -> as many lanes of an integer.
  void broadcast() {
    int value = code.allocateLocal(TypeKind.INT);
    code.istore(value);
    ints();
    code.iload(value);
    callStatic(INT_VECTOR, "broadcast", INT_VECTOR, SPECIES_TYPE, INT);
  }

  void broadcastLong() {
    int value = code.allocateLocal(TypeKind.LONG);
    code.lstore(value);
    longs();
    code.lload(value);
    callStatic(LONG_VECTOR, "broadcast", LONG_VECTOR, SPECIES_TYPE, LONG);
  }

  /// 1 or 0 -> all lanes or none.
  void broadcastMask() {
    int value = code.allocateLocal(TypeKind.INT);
    code.istore(value);
    ints();
    code.iload(value);
    code.invokeinterface(
        SPECIES_TYPE, "maskAll", MethodTypeDesc.of(MASK, ConstantDescs.CD_boolean));
  }

  /// Loads lanes from an array.
  ///
  /// @param array, index push array and index
  void load(Storage storage, Runnable array, Runnable index) {
    switch (storage) {
      case INTS -> {
        ints();
        array.run();
        index.run();
        callStatic(INT_VECTOR, "fromArray", INT_VECTOR, SPECIES_TYPE, INTS, INT);
      }
      case LONGS -> {
        longs();
        array.run();
        index.run();
        callStatic(LONG_VECTOR, "fromArray", LONG_VECTOR, SPECIES_TYPE, LONGS, INT);
      }
      case SHORTS -> {
        narrowLoad(SHORT_VECTOR, array, index);
        convertToInts("S2I");
      }
      case BYTES -> {
        narrowLoad(BYTE_VECTOR, array, index);
        convertToInts("B2I");
      }
      case BITS, GRADED -> throw new IllegalStateException("a stream is no array of values");
    }
  }

  private void narrowLoad(ClassDesc vector, Runnable array, Runnable index) {
    boolean isShort = vector.equals(SHORT_VECTOR);
    if (isShort) {
      shorts();
    } else {
      bytes();
    }
    array.run();
    index.run();
    callStatic(vector, "fromArray", vector, SPECIES_TYPE, arrayOf(vector), INT);
  }

  private static ClassDesc arrayOf(ClassDesc vector) {
    return vector.equals(SHORT_VECTOR)
        ? ConstantDescs.CD_short.arrayType()
        : ConstantDescs.CD_byte.arrayType();
  }

  private void convertToInts(String conversion) {
    operator(CONVERSION, conversion);
    ints();
    code.iconst_0();
    call(VECTOR, "convertShape", VECTOR, CONVERSION, SPECIES_TYPE, INT);
    code.checkcast(INT_VECTOR);
  }

  /// vector -> ; stores all lanes.
  void store(Runnable array, Runnable index) {
    array.run();
    index.run();
    call(INT_VECTOR, "intoArray", VOID, INTS, INT);
  }

  void storeLong(Runnable array, Runnable index) {
    array.run();
    index.run();
    call(LONG_VECTOR, "intoArray", VOID, LONGS, INT);
  }

  /// vector -> ; stores the lanes that a mask has.
  void store(Storage storage, Runnable array, Runnable index, int mask) {
    switch (storage) {
      case INTS -> {
        array.run();
        index.run();
        code.aload(mask);
        call(INT_VECTOR, "intoArray", VOID, INTS, INT, MASK);
      }
      case SHORTS -> narrowStore(SHORT_VECTOR, "I2S", array, index, mask);
      case BYTES -> narrowStore(BYTE_VECTOR, "I2B", array, index, mask);
      case LONGS, BITS, GRADED -> throw new IllegalStateException("store to " + storage);
    }
  }

  private void narrowStore(
      ClassDesc vector, String conversion, Runnable array, Runnable index, int mask) {
    operator(CONVERSION, conversion);
    narrowSpecies(vector);
    code.iconst_0();
    call(VECTOR, "convertShape", VECTOR, CONVERSION, SPECIES_TYPE, INT);
    code.checkcast(vector);
    int value = keep();
    narrowLoad(vector, array, index);
    code.aload(value);
    narrowSpecies(vector);
    code.aload(mask);
    toBits();
    callStatic(MASK, "fromLong", MASK, SPECIES_TYPE, LONG);
    call(vector, "blend", vector, VECTOR, MASK);
    array.run();
    index.run();
    call(vector, "intoArray", VOID, arrayOf(vector), INT);
  }

  private void narrowSpecies(ClassDesc vector) {
    if (vector.equals(SHORT_VECTOR)) {
      shorts();
    } else {
      bytes();
    }
  }

  /// bits -> mask.
  void mask() {
    int bits = code.allocateLocal(TypeKind.LONG);
    code.lstore(bits);
    ints();
    code.lload(bits);
    callStatic(MASK, "fromLong", MASK, SPECIES_TYPE, LONG);
  }

  /// A mask of all lanes.
  void all() {
    code.iconst_1();
    broadcastMask();
  }

  /// mask -> bits.
  void toBits() {
    call(MASK, "toLong", LONG);
  }

  /// mask -> 1 where it is set, else 0.
  void ones() {
    int mask = keep();
    zero();
    blendConstant(INT_VECTOR, 1, mask);
  }

  private void zero() {
    ints();
    callStatic(INT_VECTOR, "zero", INT_VECTOR, SPECIES_TYPE);
  }

  /// payloads mask -> the payload where it is set, else 0.
  void orZero() {
    int mask = keep();
    int value = keep();
    zero();
    code.aload(value).aload(mask);
    blend(INT_VECTOR);
  }

  /// vector -> mask of what is not zero.
  void notZero() {
    compare(INT_VECTOR, "NE", 0);
  }

  /// first -> first, first + scale, first + 2 scale and so on.
  void count(int scale) {
    int first = code.allocateLocal(TypeKind.INT);
    code.istore(first);
    zero();
    code.iconst_1();
    call(INT_VECTOR, "addIndex", INT_VECTOR, INT);
    if (scale != 1) {
      code.loadConstant(scale);
      call(INT_VECTOR, "mul", INT_VECTOR, INT);
    }
    code.iload(first);
    call(INT_VECTOR, "add", INT_VECTOR, INT);
  }

  // 32-bit arithmetic.

  void add() {
    method(INT_VECTOR, "add");
  }

  void subtract() {
    method(INT_VECTOR, "sub");
  }

  void min() {
    method(INT_VECTOR, "min");
  }

  void max() {
    method(INT_VECTOR, "max");
  }

  void and() {
    method(INT_VECTOR, "and");
  }

  void or() {
    method(INT_VECTOR, "or");
  }

  void xor() {
    int b = keep();
    lanewise(INT_VECTOR, ASSOCIATIVE, "XOR", b);
  }

  void multiply() {
    method(INT_VECTOR, "mul");
  }

  void addSaturating() {
    saturating(INT_VECTOR, "add");
  }

  void subtractSaturating() {
    saturating(INT_VECTOR, "sub");
  }

  /// A sum overflows where its sign is that of neither term, a difference where the terms' signs
  /// differ and its sign is not the first one's.
  private void saturating(ClassDesc vector, String operation) {
    int b = keep();
    int a = keep();
    code.aload(a).aload(b);
    method(vector, operation);
    int result = keep();
    code.aload(result);
    limit(vector, a);
    code.aload(a);
    lanewise(vector, ASSOCIATIVE, "XOR", result);
    if (operation.equals("add")) {
      code.aload(b);
      lanewise(vector, ASSOCIATIVE, "XOR", result);
    } else {
      code.aload(a);
      lanewise(vector, ASSOCIATIVE, "XOR", b);
    }
    method(vector, "and");
    compare(vector, "LT", 0);
    blend(vector);
  }

  void negate() {
    unaryMethod(INT_VECTOR, "neg");
  }

  void abs() {
    unaryMethod(INT_VECTOR, "abs");
  }

  void negateSaturating() {
    exceptLowest("neg");
  }

  void absSaturating() {
    exceptLowest("abs");
  }

  private void exceptLowest(String operation) {
    int a = keep();
    code.aload(a);
    compare(INT_VECTOR, "EQ", Integer.MIN_VALUE);
    int lowest = keep();
    code.aload(a);
    unaryMethod(INT_VECTOR, operation);
    blendConstant(INT_VECTOR, Integer.MAX_VALUE, lowest);
  }

  void sign() {
    int a = keep();
    code.aload(a);
    lanewise(INT_VECTOR, BINARY, "ASHR", 31L);
    code.aload(a);
    unaryMethod(INT_VECTOR, "neg");
    lanewise(INT_VECTOR, BINARY, "LSHR", 31L);
    or();
  }

  void leadingZeros() {
    operator(UNARY, "LEADING_ZEROS_COUNT");
    call(INT_VECTOR, "lanewise", INT_VECTOR, UNARY);
  }

  /// vector -> clipped.
  void clip(int low, int high) {
    code.loadConstant(low);
    call(INT_VECTOR, "max", INT_VECTOR, INT);
    code.loadConstant(high);
    call(INT_VECTOR, "min", INT_VECTOR, INT);
  }

  /// vector -> clipped to what two fields of the machine say.
  void clip(Runnable low, Runnable high) {
    low.run();
    call(INT_VECTOR, "max", INT_VECTOR, INT);
    high.run();
    call(INT_VECTOR, "min", INT_VECTOR, INT);
  }

  /// vector -> its low bits, sign-extended.
  void wrapSigned(int bits) {
    lanewise(INT_VECTOR, BINARY, "LSHL", (long) (32 - bits));
    lanewise(INT_VECTOR, BINARY, "ASHR", (long) (32 - bits));
  }

  void wrapUnsigned(int mask) {
    code.loadConstant(mask);
    call(INT_VECTOR, "and", INT_VECTOR, INT);
  }

  /// vector -> mask of what a range does not hold.
  void outside(int low, int high) {
    int a = keep();
    code.aload(a);
    compare(INT_VECTOR, "LT", low);
    code.aload(a);
    compare(INT_VECTOR, "GT", high);
    orMasks();
  }

  // Shifts. The amount is on the stack: an int that holds for all lanes, or a vector; clipped to
  // 0..31 already, or to 0..63 for longs.

  /// A shift amount, taken from the stack.
  private sealed interface Amount {
    /// In a vector local.
    record OfLanes(int local) implements Amount {}

    /// In an int local.
    record OfAll(int local) implements Amount {}
  }

  private Amount amount(boolean ofLanes) {
    if (ofLanes) {
      return new Amount.OfLanes(keep());
    }
    int n = code.allocateLocal(TypeKind.INT);
    code.istore(n);
    return new Amount.OfAll(n);
  }

  /// a -> a op n.
  private void shift(ClassDesc vector, String operation, Amount amount) {
    switch (amount) {
      case Amount.OfLanes(int n) -> lanewise(vector, BINARY, operation, n);
      case Amount.OfAll(int n) -> {
        operator(BINARY, operation);
        code.iload(n);
        if (vector.equals(LONG_VECTOR)) {
          code.i2l();
        }
        call(vector, "lanewise", vector, BINARY, element(vector));
      }
    }
  }

  void clipAmount() {
    clip(0, 31);
  }

  void shiftLeft(boolean ofLanes) {
    var n = amount(ofLanes);
    shift(INT_VECTOR, "LSHL", n);
  }

  void shiftRightUnsigned(boolean ofLanes) {
    var n = amount(ofLanes);
    shift(INT_VECTOR, "LSHR", n);
  }

  void shiftLeftSaturating(boolean ofLanes) {
    var n = amount(ofLanes);
    int a = keep();
    code.aload(a);
    shift(INT_VECTOR, "LSHL", n);
    int shifted = keep();
    code.aload(shifted);
    limit(INT_VECTOR, a);
    code.aload(shifted);
    shift(INT_VECTOR, "ASHR", n);
    compareWith(INT_VECTOR, "NE", a);
    blend(INT_VECTOR);
  }

  void shiftDown(ClassDesc vector, boolean ofLanes) {
    var n = amount(ofLanes);
    shift(vector, "ASHR", n);
  }

  void shiftTowardZero(ClassDesc vector, boolean ofLanes) {
    var n = amount(ofLanes);
    int a = keep();
    code.aload(a);
    shift(vector, "ASHR", n);
    int down = keep();
    code.aload(down);
    shift(vector, "LSHL", n);
    compareWith(vector, "NE", a);
    code.aload(a);
    compare(vector, "LT", 0);
    andMasks();
    int up = keep();
    code.aload(down);
    addOne(vector, up);
  }

  /// One more where the highest bit that is dropped is set.
  void shiftNearest(ClassDesc vector, boolean ofLanes) {
    var n = amount(ofLanes);
    int a = keep();
    code.aload(a);
    half(vector, n);
    method(vector, "and");
    compare(vector, "NE", 0);
    int up = keep();
    code.aload(a);
    shift(vector, "ASHR", n);
    addOne(vector, up);
  }

  /// -> (1 << n) >>> 1 in every lane: no bit for n = 0.
  private void half(ClassDesc vector, Amount n) {
    ones(vector);
    shift(vector, "LSHL", n);
    lanewise(vector, BINARY, "LSHR", 1L);
  }

  private void ones(ClassDesc vector) {
    if (vector.equals(LONG_VECTOR)) {
      code.lconst_1();
      broadcastLong();
    } else {
      code.iconst_1();
      broadcast();
    }
  }

  /// a n bits -> a / 2^n; the random bits lie above the amount.
  void shiftStochastic(boolean ofLanes) {
    int random = keep();
    var n = amount(ofLanes);
    int a = keep();
    code.aload(a);
    shift(INT_VECTOR, "ASHR", n);
    int down = keep();
    code.aload(down);
    code.aload(a).aload(down);
    shift(INT_VECTOR, "LSHL", n);
    subtract();
    code.aload(random);
    lanewise(INT_VECTOR, BINARY, "LSHR", 1L);
    shift(INT_VECTOR, "LSHR", lessThan31(n));
    add();
    shift(INT_VECTOR, "LSHR", n);
    add();
  }

  /// 31 - n.
  private Amount lessThan31(Amount n) {
    switch (n) {
      case Amount.OfAll(int local) -> code.loadConstant(31).iload(local).isub();
      case Amount.OfLanes(int local) -> {
        code.loadConstant(31);
        broadcast();
        code.aload(local);
        subtract();
      }
    }
    return amount(n instanceof Amount.OfLanes);
  }

  // 64-bit arithmetic.

  void widen() {
    convert("I2L");
  }

  private void convert(String conversion) {
    operator(CONVERSION, conversion);
    longs();
    code.iconst_0();
    call(VECTOR, "convertShape", VECTOR, CONVERSION, SPECIES_TYPE, INT);
    code.checkcast(LONG_VECTOR);
  }

  /// a b -> exact product.
  void product() {
    int b = keep();
    widen();
    code.aload(b);
    widen();
    method(LONG_VECTOR, "mul");
  }

  void addLong() {
    method(LONG_VECTOR, "add");
  }

  void subtractLong() {
    method(LONG_VECTOR, "sub");
  }

  void addLongSaturating() {
    saturating(LONG_VECTOR, "add");
  }

  void subtractLongSaturating() {
    saturating(LONG_VECTOR, "sub");
  }

  /// x bits -> x / 2^n for n of 1 to 63.
  void shiftLongStochastic(int n) {
    convert("ZERO_EXTEND_I2L");
    lanewise(LONG_VECTOR, BINARY, n <= 32 ? "LSHR" : "LSHL", (long) Math.abs(32 - n));
    int threshold = keep();
    int x = keep();
    code.aload(x);
    lanewise(LONG_VECTOR, BINARY, "ASHR", (long) n);
    code.aload(x);
    lanewise(LONG_VECTOR, ASSOCIATIVE, "AND", (1L << n) - 1);
    code.aload(threshold);
    addLong();
    lanewise(LONG_VECTOR, BINARY, "LSHR", (long) n);
    addLong();
  }

  /// x -> its low 32 bits: of values that fit.
  void narrow() {
    operator(CONVERSION, "L2I");
    ints();
    code.iconst_0();
    call(VECTOR, "convertShape", VECTOR, CONVERSION, SPECIES_TYPE, INT);
    code.checkcast(INT_VECTOR);
  }

  void saturate() {
    code.loadConstant((long) Integer.MIN_VALUE);
    call(LONG_VECTOR, "max", LONG_VECTOR, LONG);
    code.loadConstant((long) Integer.MAX_VALUE);
    call(LONG_VECTOR, "min", LONG_VECTOR, LONG);
    narrow();
  }

  /// x -> sum of the lanes whose bits are set, modulo 2^64.
  void sum(int bits) {
    operator(ASSOCIATIVE, "ADD");
    longs();
    code.lload(bits);
    callStatic(MASK, "fromLong", MASK, SPECIES_TYPE, LONG);
    call(LONG_VECTOR, "reduceLanes", LONG, ASSOCIATIVE, MASK);
  }

  // Tables.

  /// index -> entry.
  ///
  /// @param table local of the table
  /// @param indices pushes an array that holds the indices meanwhile
  void lookUp(int table, int length, Runnable indices) {
    clip(0, length - 1);
    store(indices, code::iconst_0);
    ints();
    code.aload(table).iconst_0();
    indices.run();
    code.iconst_0();
    callStatic(INT_VECTOR, "fromArray", INT_VECTOR, SPECIES_TYPE, INTS, INT, INTS, INT);
  }

  /// x -> the table at x / 2^fraction.
  ///
  /// @param isWide steps of the table times 2^fraction need 64 bits
  void interpolate(int table, int length, int fraction, boolean isWide, Runnable indices) {
    int x = keep();
    code.aload(x);
    lanewise(INT_VECTOR, BINARY, "ASHR", (long) fraction);
    int index = keep();
    code.aload(index);
    lookUp(table, length, indices);
    int low = keep();
    code.aload(index).iconst_1();
    call(INT_VECTOR, "add", INT_VECTOR, INT);
    lookUp(table, length, indices);
    int high = keep();
    if (isWide) {
      code.aload(low);
      widen();
      code.aload(high);
      widen();
      code.aload(low);
      widen();
      subtractLong();
      part(x, fraction);
      widen();
      method(LONG_VECTOR, "mul");
      code.loadConstant(fraction);
      shiftNearest(LONG_VECTOR, false);
      addLong();
      narrow();
    } else {
      code.aload(low).aload(high).aload(low);
      subtract();
      part(x, fraction);
      multiply();
      code.loadConstant(fraction);
      shiftNearest(INT_VECTOR, false);
      add();
    }
  }

  private void part(int x, int fraction) {
    code.aload(x);
    wrapUnsigned((1 << fraction) - 1);
  }

  // Draws.

  /// lanes -> random bits, as `Draw.bits` makes them.
  ///
  /// @param key local of the key
  void bits(int key) {
    code.lload(key).l2i();
    call(INT_VECTOR, "add", INT_VECTOR, INT);
    xorShift(16);
    multiplyBy(Draw.FIRST);
    xorShift(15);
    code.lload(key).loadConstant(32).lushr().l2i();
    call(INT_VECTOR, "add", INT_VECTOR, INT);
    multiplyBy(Draw.SECOND);
    xorShift(15);
  }

  private void xorShift(int n) {
    int x = keep();
    code.aload(x);
    code.aload(x);
    lanewise(INT_VECTOR, BINARY, "LSHR", (long) n);
    xor();
  }

  private void multiplyBy(int factor) {
    code.loadConstant(factor);
    call(INT_VECTOR, "mul", INT_VECTOR, INT);
  }

  /// bits -> the upper n of them.
  void upper(int n) {
    lanewise(INT_VECTOR, BINARY, "LSHR", (long) (32 - n));
  }

  // Predicates.

  /// a b -> mask of a op b.
  ///
  /// @param operation EQ, NE, LT or LE
  void compare(String operation) {
    int b = keep();
    compareWith(INT_VECTOR, operation, b);
  }

  void andMasks() {
    call(MASK, "and", MASK, MASK);
  }

  void orMasks() {
    call(MASK, "or", MASK, MASK);
  }

  void xorMasks() {
    call(MASK, "xor", MASK, MASK);
  }

  void notMask() {
    call(MASK, "not", MASK);
  }

  /// vector -> mask of a bit.
  void bit(int bit) {
    wrapUnsigned(1 << bit);
    notZero();
  }

  /// mask then otherwise -> then where the mask is set.
  void choose(Node.Type type) {
    int otherwise = keep();
    int then = keep();
    int mask = keep();
    switch (type) {
      case INT -> {
        code.aload(otherwise).aload(then).aload(mask);
        blend(INT_VECTOR);
      }
      case LONG -> {
        code.aload(otherwise).aload(then).aload(mask);
        longs();
        call(MASK, "cast", MASK, SPECIES_TYPE);
        blend(LONG_VECTOR);
      }
      case MASK -> {
        code.aload(then).aload(mask);
        andMasks();
        code.aload(otherwise).aload(mask);
        notMask();
        andMasks();
        orMasks();
      }
      case NOTHING -> throw new IllegalStateException("an effect has no value");
    }
  }
}
