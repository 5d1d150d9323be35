package engram.isa.compile;

import engram.isa.Draw;
import engram.isa.compile.Node.Kind;
import engram.isa.compile.Node.Type;
import engram.isa.program.SymbolRole;
import engram.isa.program.Table;
import engram.isa.verify.Range;
import engram.isa.verify.VerifiedProgram;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Runs the lanes of a block all at once: every node is a call into `Lanes`.
final class VectorWriter extends PieceWriter {
  private static final String PACKAGE = "jdk.incubator.vector.";
  private static final ClassDesc LANES = ClassDesc.of("engram.isa.compile.Lanes");
  private static final ClassDesc INT_VECTOR = ClassDesc.of(PACKAGE + "IntVector");
  private static final ClassDesc LONG_VECTOR = ClassDesc.of(PACKAGE + "LongVector");
  private static final ClassDesc MASK = ClassDesc.of(PACKAGE + "VectorMask");
  private static final ClassDesc SPECIES = ClassDesc.of(PACKAGE + "VectorSpecies");

  /// The program needs 64-bit values, so that half as many lanes run at once.
  private final boolean wide;

  /// Vector local of each value that all lanes share.
  private final Map<Node, Integer> broadcasts = new HashMap<>();

  /// Draw lanes of lane 0 of a block, without the block's own offset; -1 if nothing draws.
  private int drawLanes = -1;

  VectorWriter(
      CodeBuilder code,
      VerifiedProgram verified,
      Variant variant,
      Lowering.Lowered lowered,
      Piece piece,
      Map<Node, Integer> intSpills,
      Map<Node, Integer> longSpills,
      boolean wide) {
    super(code, verified, variant, lowered, piece, intSpills, longSpills);
    this.wide = wide;
  }

  /// True if a value needs 64 bits in vector code.
  static boolean needsWide(Node node, List<Table> tables) {
    if (!node.isLane()) {
      return false;
    }
    if (node.type() == Type.LONG) {
      return true;
    }
    if (node.in() == null || node.kind() == Kind.LOAD) {
      return false;
    }
    return switch (node.in().opcode()) {
      case MUL -> !fitsInt(node.a().range().times(node.b().range())) || node.in().shift() > 31;
      case LERP -> needsWideSlope(tables.get(node.in().slot()).values(), node.in().immediate());
      case ROWADD -> true;
      default -> false;
    };
  }

  private static boolean fitsInt(Range range) {
    return range.low() >= Integer.MIN_VALUE && range.high() <= Integer.MAX_VALUE;
  }

  private static boolean needsWideSlope(int[] table, int fraction) {
    long steepest = 0;
    for (int i = 1; i < table.length; i++) {
      steepest = Math.max(steepest, Math.abs((long) table[i] - table[i - 1]));
    }
    return steepest << fraction > Integer.MAX_VALUE;
  }

  private void lanes(String method, ClassDesc result, ClassDesc... parameters) {
    code.invokestatic(LANES, method, MethodTypeDesc.of(result, parameters));
  }

  private void species() {
    code.getstatic(LANES, wide ? "HALF" : "FULL", SPECIES);
  }

  // Values that all lanes share.

  @Override
  void shared(Node node) {
    if (node.type() == Type.INT || node.type() == Type.MASK) {
      load(node);
      broadcast(node);
    }
  }

  private void broadcast(Node node) {
    int local = code.allocateLocal(TypeKind.REFERENCE);
    species();
    if (node.type() == Type.INT) {
      lanes("broadcast", INT_VECTOR, INT, SPECIES);
    } else {
      lanes("all", MASK, INT, SPECIES);
    }
    code.astore(local);
    broadcasts.put(node, local);
  }

  /// Pushes a value as a vector or mask.
  private void push(Node node) {
    if (node.isLane()) {
      code.aload(locals.get(node));
    } else if (node.type() == Type.LONG) {
      load(node);
      lanes("broadcast", LONG_VECTOR, LONG);
    } else {
      code.aload(broadcasts.get(node));
    }
  }

  private void keep(Node node) {
    int local = locals.computeIfAbsent(node, _ -> code.allocateLocal(TypeKind.REFERENCE));
    code.astore(local);
  }

  private static ClassDesc type(Node node) {
    return switch (node.type()) {
      case INT -> INT_VECTOR;
      case MASK -> MASK;
      case LONG -> LONG_VECTOR;
      case NOTHING -> throw new IllegalStateException("an effect has no value");
    };
  }

  // The block.

  @Override
  void block() {
    if (piece.nodes().stream().anyMatch(node -> node.isLane() && site(node) >= 0)) {
      drawLanes();
    }
    piece.loaded().forEach(this::unspill);
    for (var node : piece.nodes()) {
      if (!node.isLane()) {
        continue;
      }
      switch (node.kind()) {
        case CONSTANT -> {}
        case LOAD -> {
          laneLoad(node);
          keep(node);
        }
        case COMPUTE -> {
          compute(node);
          keep(node);
        }
        case CHOICE -> {
          push(node.mask());
          push(node.a());
          push(node.c());
          lanes("choose", type(node), MASK, type(node), type(node));
          keep(node);
        }
        case EFFECT -> effect(node);
      }
    }
    piece.spilled().forEach(this::spill);
  }

  /// What `Draw.bits` is given for the lanes of the block.
  private void drawLanes() {
    drawLanes = code.allocateLocal(TypeKind.REFERENCE);
    switch (variant.mode()) {
      case STAGED -> {
        frame().getfield(FRAME, "drawLanes", INTS).iload(laneSlot);
        species();
        lanes("load", INT_VECTOR, INTS, INT, SPECIES);
      }
      case NEURONS, ACTIVE_NEURONS -> {
        index();
        count(1);
      }
      case ROWS, MASKED_ROWS -> {
        code.iload(rowSlot).loadConstant(Draw.SOURCE).imul();
        index();
        code.iadd();
        count(1);
      }
      case MIRRORED_ROWS, MASKED_MIRRORED_ROWS -> {
        index();
        code.loadConstant(Draw.SOURCE).imul().iload(rowSlot).iadd();
        count(Draw.SOURCE);
      }
    }
    code.astore(drawLanes);
  }

  /// Pushes the logical index of the block's first lane.
  private void index() {
    frame().getfield(FRAME, "firstIndex", INT).iload(laneSlot).iadd();
  }

  /// Replaces an integer by a vector that counts up from it.
  private void count(int scale) {
    code.loadConstant(scale);
    species();
    lanes("count", INT_VECTOR, INT, INT, SPECIES);
  }

  private void spills(Node node) {
    boolean isLong = node.type() == Type.LONG;
    frame()
        .getfield(FRAME, isLong ? "longSpills" : "intSpills", (isLong ? LONGS : INTS).arrayType());
    code.loadConstant((isLong ? longSpills : intSpills).get(node)).aaload().iload(laneSlot);
  }

  private void unspill(Node node) {
    spills(node);
    switch (node.type()) {
      case INT -> {
        species();
        lanes("load", INT_VECTOR, INTS, INT, SPECIES);
      }
      case LONG -> lanes("load", LONG_VECTOR, LONGS, INT);
      case MASK -> {
        species();
        lanes("loadMask", MASK, INTS, INT, SPECIES);
      }
      case NOTHING -> throw new IllegalStateException("an effect has no value");
    }
    keep(node);
  }

  private void spill(Node node) {
    push(node);
    spills(node);
    lanes("spill", VOID, type(node), node.type() == Type.LONG ? LONGS : INTS, INT);
  }

  // Loads.

  private void place(Node node) {
    if (isSynapseWord(node)) {
      code.iload(placeSlot);
    } else {
      code.iload(base(node)).iload(laneSlot).iadd();
    }
  }

  private void laneLoad(Node node) {
    if (node.cell() == Node.NONE) {
      index();
      count(1);
      return;
    }
    switch (storage(node)) {
      case INTS -> load(node, INTS);
      case BYTES -> load(node, BYTES);
      case SHORTS -> load(node, SHORTS);
      case LONGS -> {
        code.aload(array(node));
        place(node);
        lanes("load", LONG_VECTOR, LONGS, INT);
      }
      case BITS -> {
        streamBits(node);
        species();
        lanes("ones", INT_VECTOR, LONG, SPECIES);
      }
      case GRADED -> {
        streamBits(node);
        code.aload(payloadArray(node)).iload(payloadBase(node)).iload(laneSlot).iadd();
        species();
        lanes("payloads", INT_VECTOR, LONG, INTS, INT, SPECIES);
      }
    }
  }

  private void load(Node node, ClassDesc arrayType) {
    code.aload(array(node));
    place(node);
    species();
    lanes("load", INT_VECTOR, arrayType, INT, SPECIES);
  }

  /// Pushes the bits of the block's lanes in a stream, lane 0 lowest.
  private void streamBits(Node node) {
    code.aload(array(node)).iload(base(node));
    code.iload(laneSlot).loadConstant(6).ishr().iadd().laload();
    code.iload(laneSlot).lushr();
  }

  // Computation.

  private void compute(Node node) {
    var in = node.in();
    switch (in.opcode()) {
      case ADD -> binary(node, fits(node) ? "add" : "addSaturating");
      case SUB -> binary(node, fits(node) ? "subtract" : "subtractSaturating");
      case ADDW -> binary(node, "add");
      case SUBW -> binary(node, "subtract");
      case MIN -> binary(node, "min");
      case MAX -> binary(node, "max");
      case AND -> binary(node, "and");
      case OR -> binary(node, "or");
      case XOR -> binary(node, "xor");
      case NEG -> unary(node, fits(node) ? "negate" : "negateSaturating");
      case ABS -> unary(node, fits(node) ? "abs" : "absSaturating");
      case SGN -> unary(node, "sign");
      case CLZ -> unary(node, "leadingZeros");
      case SHL -> shift(node, fits(node) ? "shiftLeft" : "shiftLeftSaturating");
      case SHLW -> shift(node, "shiftLeft");
      case SHRU -> shift(node, "shiftRightUnsigned");
      case SHR -> {
        push(node.a());
        var n = amount(node.b());
        roundShift(node, INT_VECTOR, n);
      }
      case MUL -> multiply(node);
      case MACZ -> product(node);
      case MAC, MAS -> accumulate(node);
      case NAR -> {
        push(node.c());
        roundAndNarrow(node);
      }
      case LUT -> {
        code.aload(table(node));
        push(node.a());
        indices();
        lanes("lookUp", INT_VECTOR, INTS, INT_VECTOR, INTS);
      }
      case LERP -> {
        code.aload(table(node));
        push(node.a());
        code.loadConstant(in.immediate());
        indices();
        var table = verified.program().tables().get(in.slot()).values();
        lanes(
            needsWideSlope(table, in.immediate()) ? "interpolateWide" : "interpolate",
            INT_VECTOR,
            INTS,
            INT_VECTOR,
            INT,
            INTS);
      }
      case DRAW -> draw(node);
      case BERN -> {
        draw(node);
        push(node.b());
        lanes("less", MASK, INT_VECTOR, INT_VECTOR);
      }
      case CMPEQ -> compare(node.a(), node.b(), "equal");
      case CMPNE -> compare(node.a(), node.b(), "different");
      case CMPLT -> compare(node.a(), node.b(), "less");
      case CMPLE -> compare(node.a(), node.b(), "lessOrEqual");
      case CMPGT -> compare(node.b(), node.a(), "less");
      case CMPGE -> compare(node.b(), node.a(), "lessOrEqual");
      case PAND -> masks(node, "and");
      case POR -> masks(node, "or");
      case PXOR -> masks(node, "xor");
      case PNOT -> {
        push(node.a());
        lanes("not", MASK, MASK);
      }
      case CAUSE -> cause(node);
      case MOV, LD, ST, LDACC, EMIT, BID, REDUCE, ROWADD, KILL ->
          throw new IllegalStateException(in.opcode().mnemonic() + " computes nothing");
    }
  }

  private void binary(Node node, String method) {
    push(node.a());
    push(node.b());
    lanes(method, INT_VECTOR, INT_VECTOR, INT_VECTOR);
  }

  private void unary(Node node, String method) {
    push(node.a());
    lanes(method, INT_VECTOR, INT_VECTOR);
  }

  private void masks(Node node, String method) {
    push(node.a());
    push(node.b());
    lanes(method, MASK, MASK, MASK);
  }

  private void compare(Node a, Node b, String method) {
    push(a);
    push(b);
    lanes(method, MASK, INT_VECTOR, INT_VECTOR);
  }

  private void indices() {
    frame().getfield(FRAME, "indices", INTS);
  }

  private void shift(Node node, String method) {
    push(node.a());
    lanes(method, INT_VECTOR, INT_VECTOR, amount(node.b()));
  }

  /// Pushes a shift amount: one integer for all lanes, or one a lane; returns its type.
  private ClassDesc amount(Node n) {
    boolean clipped = n.range().low() >= 0 && n.range().high() <= 31;
    if (!n.isLane()) {
      load(n);
      if (!clipped) {
        code.invokestatic(FIXED, "shiftAmount", MethodTypeDesc.of(INT, INT));
      }
      return INT;
    }
    push(n);
    if (!clipped) {
      lanes("shiftAmount", INT_VECTOR, INT_VECTOR);
    }
    return INT_VECTOR;
  }

  /// Shifts the vector below the amount to the right.
  ///
  /// @param vector `INT_VECTOR` or `LONG_VECTOR`
  private void roundShift(Node node, ClassDesc vector, ClassDesc amount) {
    switch (node.in().rounding()) {
      case DOWN -> lanes("shiftDown", vector, vector, amount);
      case TOWARD_ZERO -> lanes("shiftTowardZero", vector, vector, amount);
      case NEAREST -> lanes("shiftNearest", vector, vector, amount);
      case STOCHASTIC -> {
        bits(node);
        lanes("shiftStochastic", vector, vector, amount, INT_VECTOR);
      }
    }
  }

  private void multiply(Node node) {
    int n = node.in().shift();
    if (!needsWide(node, verified.program().tables())) {
      push(node.a());
      push(node.b());
      lanes("multiply", INT_VECTOR, INT_VECTOR, INT_VECTOR);
      if (n > 0) {
        code.loadConstant(n);
        roundShift(node, INT_VECTOR, INT);
      }
      return;
    }
    product(node);
    roundAndNarrow(node);
  }

  private void product(Node node) {
    push(node.a());
    push(node.b());
    lanes("product", LONG_VECTOR, INT_VECTOR, INT_VECTOR);
  }

  private void accumulate(Node node) {
    boolean adds = node.in().opcode() == engram.isa.Opcode.MAC;
    push(node.c());
    product(node);
    String method = adds ? "accumulate" : "decumulate";
    lanes(fitsLong(node) ? method : method + "Saturating", LONG_VECTOR, LONG_VECTOR, LONG_VECTOR);
  }

  /// Rounds and narrows a 64-bit vector by the shift of an instruction.
  private void roundAndNarrow(Node node) {
    int n = node.in().shift();
    if (n > 0) {
      code.loadConstant(n);
      roundShift(node, LONG_VECTOR, INT);
    }
    lanes(fits(node) ? "narrow" : "saturate", INT_VECTOR, LONG_VECTOR);
  }

  /// Pushes the random bits of a node.
  private void bits(Node node) {
    code.lload(key(node)).aload(drawLanes);
    lanes("bits", INT_VECTOR, LONG, INT_VECTOR);
  }

  private void draw(Node node) {
    bits(node);
    code.loadConstant(node.in().shift());
    lanes("draw", INT_VECTOR, INT_VECTOR, INT);
  }

  @Override
  void cause(Node node) {
    int trigger = node.in().slot();
    if (variant.mode() == Variant.Mode.STAGED) {
      frame().getfield(FRAME, "laneFired", INTS).iload(laneSlot);
      species();
      lanes("load", INT_VECTOR, INTS, INT, SPECIES);
      code.loadConstant(trigger);
      lanes("bit", MASK, INT_VECTOR, INT);
    } else {
      frame().loadConstant(trigger).iload(laneSlot);
      callFrame("cause", LONG, INT, INT);
      species();
      lanes("mask", MASK, LONG, SPECIES);
    }
  }

  // Effects.

  private void effect(Node node) {
    switch (node.in().opcode()) {
      case ST -> storeCell(node);
      case EMIT -> {
        pushLanes(node);
        int bits = keepLanes();
        whereAny(bits, () -> emit(node, bits));
      }
      case BID -> {
        pushLanes(node);
        int bits = keepLanes();
        whereAny(
            bits,
            () -> {
              push(node.b());
              frame().getfield(FRAME, "bids", INTS).iload(laneSlot);
              maskOf(bits);
              lanes("store", VOID, INT_VECTOR, INTS, INT, MASK);
              frame().iload(laneSlot).lload(bits);
              callFrame("bid", VOID, INT, LONG);
            });
      }
      case ROWADD -> {
        pushLanes(node);
        int bits = keepLanes();
        whereAny(bits, () -> addToRow(node, bits));
      }
      case KILL -> {
        pushLanes(node);
        int bits = keepLanes();
        whereAny(
            bits,
            () -> {
              frame();
              if (variant.mode() == Variant.Mode.STAGED) {
                code.iload(laneSlot).lload(bits);
                callFrame("killStaged", VOID, INT, LONG);
              } else {
                code.iload(placeSlot).lload(bits);
                callFrame("kill", VOID, INT, LONG);
              }
            });
      }
      default -> throw new IllegalStateException(node.in().opcode().mnemonic());
    }
  }

  /// Pushes the lanes in which an effect takes place, one bit each.
  private void pushLanes(Node node) {
    code.lload(liveSlot);
    if (node.mask() != null) {
      push(node.mask());
      lanes("toBits", LONG, MASK);
      code.land();
    }
  }

  private int keepLanes() {
    int bits = code.allocateLocal(TypeKind.LONG);
    code.lstore(bits);
    return bits;
  }

  private void whereAny(int bits, Runnable body) {
    Label end = code.newLabel();
    code.lload(bits).lconst_0().lcmp().branch(Opcode.IFEQ, end);
    body.run();
    code.labelBinding(end);
  }

  private void maskOf(int bits) {
    code.lload(bits);
    species();
    lanes("mask", MASK, LONG, SPECIES);
  }

  private void emit(Node node, int bits) {
    boolean staged = variant.mode() == Variant.Mode.STAGED;
    if (staged || storage(node) == Storage.GRADED) {
      push(node.b());
      code.loadConstant((int) Short.MIN_VALUE).loadConstant((int) Short.MAX_VALUE);
      lanes("clip", INT_VECTOR, INT_VECTOR, INT, INT);
      if (staged) {
        code.aload(array(node)).iload(base(node)).iload(laneSlot).iadd();
      } else {
        code.aload(payloadArray(node)).iload(payloadBase(node)).iload(laneSlot).iadd();
      }
      maskOf(bits);
      lanes("store", VOID, INT_VECTOR, INTS, INT, MASK);
    }
    frame().loadConstant(node.cell()).iload(laneSlot).lload(bits);
    callFrame("emit", VOID, INT, INT, LONG);
  }

  private void addToRow(Node node, int bits) {
    if (variant.mode() == Variant.Mode.STAGED) {
      product(node);
      frame().getfield(FRAME, "products", LONGS).iconst_0();
      lanes("spill", VOID, LONG_VECTOR, LONGS, INT);
      frame().loadConstant(node.in().slot()).iload(laneSlot).lload(bits);
      callFrame("addToRows", VOID, INT, INT, LONG);
      return;
    }
    frame().loadConstant(node.in().slot()).iload(rowSlot);
    product(node);
    code.lload(bits);
    lanes("sum", LONG, LONG_VECTOR, LONG);
    callFrame("addToRow", VOID, INT, INT, LONG);
  }

  private void storeCell(Node node) {
    int value = code.allocateLocal(TypeKind.REFERENCE);
    push(node.b());
    narrow(node);
    code.astore(value);
    boolean everywhere =
        node.mask() == null
            && (variant.mode() == Variant.Mode.NEURONS || variant.mode() == Variant.Mode.STAGED);
    code.aload(value).aload(array(node));
    place(node);
    ClassDesc arrayType =
        switch (storage(node)) {
          case INTS -> INTS;
          case BYTES -> BYTES;
          case SHORTS -> SHORTS;
          case LONGS, BITS, GRADED -> throw new IllegalStateException("store to " + storage(node));
        };
    if (everywhere) {
      lanes("store", VOID, INT_VECTOR, arrayType, INT);
      return;
    }
    boolean allLive =
        variant.mode() == Variant.Mode.NEURONS || variant.mode() == Variant.Mode.STAGED;
    if (allLive) {
      push(node.mask());
    } else {
      code.lload(liveSlot);
      species();
      lanes("mask", MASK, LONG, SPECIES);
      if (node.mask() != null) {
        push(node.mask());
        lanes("and", MASK, MASK, MASK);
      }
    }
    lanes("store", VOID, INT_VECTOR, arrayType, INT, MASK);
  }

  private void narrow(Node node) {
    if (symbol(node).role() == SymbolRole.WEIGHT) {
      frame().getfield(FRAME, "weightLow", INT);
      frame().getfield(FRAME, "weightHigh", INT);
      lanes("clip", INT_VECTOR, INT_VECTOR, INT, INT);
      return;
    }
    var format = symbol(node).format();
    switch (narrowing(node)) {
      case NONE -> {}
      case SATURATE -> clip(format.min(), format.max());
      case WRAP -> {
        if (format.signed()) {
          code.loadConstant(32 - format.bits());
          lanes("wrapSigned", INT_VECTOR, INT_VECTOR, INT);
        } else {
          code.loadConstant(format.max());
          lanes("wrapUnsigned", INT_VECTOR, INT_VECTOR, INT);
        }
      }
      case STOP -> {
        pushLanes(node);
        int bits = keepLanes();
        int value = code.allocateLocal(TypeKind.REFERENCE);
        code.astore(value);
        code.aload(value).loadConstant(format.min()).loadConstant(format.max());
        lanes("outside", LONG, INT_VECTOR, INT, INT);
        code.lload(bits).land().lstore(bits);
        whereAny(bits, () -> stop(node, value, bits));
        code.aload(value);
        clip(format.min(), format.max());
      }
    }
  }

  private void stop(Node node, int value, int bits) {
    code.aload(value);
    indices();
    code.iconst_0();
    lanes("store", VOID, INT_VECTOR, INTS, INT);
    frame().loadConstant(node.in().slot()).loadConstant(node.index());
    if (variant.mode().hasRows()) {
      code.iload(rowSlot);
    } else {
      code.iconst_0();
    }
    code.iload(laneSlot).lload(bits);
    callFrame("overflow", VOID, INT, INT, INT, INT, LONG);
  }

  private void clip(int low, int high) {
    code.loadConstant(low).loadConstant(high);
    lanes("clip", INT_VECTOR, INT_VECTOR, INT, INT);
  }
}
