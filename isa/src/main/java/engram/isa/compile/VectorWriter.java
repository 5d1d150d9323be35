package engram.isa.compile;

import engram.isa.Draw;
import engram.isa.compile.Node.Kind;
import engram.isa.compile.Node.Level;
import engram.isa.compile.Node.Type;
import engram.isa.program.SymbolRole;
import engram.isa.program.Table;
import engram.isa.verify.Range;
import engram.isa.verify.VerifiedProgram;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/// Runs the lanes of a block all at once, by vectors.
final class VectorWriter extends PieceWriter {

  private final LaneCode lanes;

  /// Vector local of each value that all lanes share.
  private final Map<Node, Integer> broadcasts = new HashMap<>();

  /// Values that are others in the next row.
  private final Set<Node> ofRow = new HashSet<>();

  /// Mask of the block's lanes that run in every row; -1 if rows differ, or are not inside.
  private int rowMask = -1;

  /// Draw lanes of lane 0 of a block, without the block's own offset; -1 if nothing draws.
  private int drawLanes = -1;

  /// @param wide the program needs 64-bit values, so that half as many lanes run at once
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
    lanes = new LaneCode(code, wide);
    for (var nodes : lowered.sections()) {
      nodes.stream().filter(this::differsByRow).forEach(ofRow::add);
    }
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

  // Values that all lanes share.

  @Override
  void shared(Node node) {
    if (node.type() == Type.INT || node.type() == Type.MASK) {
      load(node);
      broadcast(node);
    }
  }

  private void broadcast(Node node) {
    if (node.type() == Type.INT) {
      lanes.broadcast();
    } else {
      lanes.broadcastMask();
    }
    broadcasts.put(node, lanes.keep());
  }

  /// Pushes a value as a vector or mask.
  private void push(Node node) {
    if (node.isLane()) {
      code.aload(locals.get(node));
    } else if (node.type() == Type.LONG) {
      load(node);
      lanes.broadcastLong();
    } else {
      code.aload(broadcasts.get(node));
    }
  }

  private void keep(Node node) {
    locals.put(node, lanes.keep());
  }

  // Rows.

  @Override
  boolean rowsInside() {
    return piece.loaded().isEmpty() && piece.spilled().isEmpty();
  }

  @Override
  Node shortcut() {
    boolean fits = variant.mode().hasRows() && 2 * piece.cost() <= Piece.MOST;
    var draws =
        piece.nodes().stream()
            .filter(node -> node.isLane() && site(node) >= 0)
            .filter(node -> node.in().opcode() == engram.isa.Opcode.BERN)
            // No register reaches 2^31.
            .filter(node -> node.in().shift() < Integer.SIZE - 1)
            .toList();
    boolean one = fits && draws.size() == 1 && draws.get(0).b().level() == Level.CALL;
    return one && !draws.get(0).b().isConstant() ? draws.get(0) : null;
  }

  @Override
  void beforeRows() {
    for (var node : piece.nodes()) {
      if (node.isLane() && !ofRow.contains(node)) {
        value(node);
      }
    }
    rowMask = -1;
    if (!variant.mode().masked()) {
      code.lload(liveSlot);
      lanes.mask();
      rowMask = lanes.keep();
    }
  }

  /// True if a value is another one in the next row; its sources have been asked before.
  private boolean differsByRow(Node node) {
    if (node.isConstant() || node.level() == Level.CALL) {
      return false;
    }
    return switch (node.kind()) {
      case LOAD -> node.level() == Level.ROW || node.cell() != Node.NONE && isSynapseWord(node);
      case EFFECT -> true;
      default -> site(node) >= 0 || node.sources().stream().anyMatch(ofRow::contains);
    };
  }

  // The block.

  @Override
  void block() {
    boolean hoisted = variant.mode().hasRows() && rowsInside();
    boolean draws = piece.nodes().stream().anyMatch(n -> n.isLane() && site(n) >= 0 && n != taken);
    if (draws) {
      drawLanes();
    }
    piece.loaded().forEach(this::unspill);
    for (var node : piece.nodes()) {
      if (!node.isLane() || hoisted && !ofRow.contains(node)) {
        continue;
      }
      if (node.kind() == Kind.EFFECT) {
        effect(node);
      } else {
        value(node);
      }
    }
    piece.spilled().forEach(this::spill);
  }

  /// Computes a value of the block's lanes.
  private void value(Node node) {
    switch (node.kind()) {
      case CONSTANT -> {
        return;
      }
      case LOAD -> laneLoad(node);
      case COMPUTE -> {
        if (node == taken) {
          lanes.all();
        } else {
          compute(node);
        }
      }
      case CHOICE -> {
        if (node.mask() == taken) {
          push(node.a());
        } else {
          push(node.mask());
          push(node.a());
          push(node.c());
          lanes.choose(node.type());
        }
      }
      case EFFECT -> throw new IllegalStateException("an effect is no value");
    }
    keep(node);
  }

  /// What `Draw.bits` is given for the lanes of the block.
  private void drawLanes() {
    switch (variant.mode()) {
      case STAGED -> loadFrame("drawLanes");
      case NEURONS, ACTIVE_NEURONS -> {
        index();
        lanes.count(1);
      }
      case ROWS, MASKED_ROWS -> {
        code.iload(rowSlot).loadConstant(Draw.SOURCE).imul();
        index();
        code.iadd();
        lanes.count(1);
      }
      case MIRRORED_ROWS, MASKED_MIRRORED_ROWS -> {
        index();
        code.loadConstant(Draw.SOURCE).imul().iload(rowSlot).iadd();
        lanes.count(Draw.SOURCE);
      }
    }
    drawLanes = lanes.keep();
  }

  /// Pushes the block's lanes of an array of the frame.
  private void loadFrame(String array) {
    lanes.load(
        Storage.INTS, () -> frame().getfield(FRAME, array, INTS), () -> code.iload(laneSlot));
  }

  /// Pushes the logical index of the block's first lane.
  private void index() {
    frame().getfield(FRAME, "firstIndex", INT).iload(laneSlot).iadd();
  }

  /// Pushes the array that a value waits in between pieces.
  private void spills(Node node) {
    boolean isLong = node.type() == Type.LONG;
    frame()
        .getfield(FRAME, isLong ? "longSpills" : "intSpills", (isLong ? LONGS : INTS).arrayType());
    code.loadConstant((isLong ? longSpills : intSpills).get(node)).aaload();
  }

  private void unspill(Node node) {
    var storage = node.type() == Type.LONG ? Storage.LONGS : Storage.INTS;
    lanes.load(storage, () -> spills(node), () -> code.iload(laneSlot));
    if (node.type() == Type.MASK) {
      lanes.notZero();
    }
    keep(node);
  }

  private void spill(Node node) {
    push(node);
    if (node.type() == Type.LONG) {
      lanes.storeLong(() -> spills(node), () -> code.iload(laneSlot));
      return;
    }
    if (node.type() == Type.MASK) {
      lanes.ones();
    }
    lanes.store(() -> spills(node), () -> code.iload(laneSlot));
  }

  // Loads.

  /// Pushes where the block's lanes start in a cell's array.
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
      lanes.count(1);
      return;
    }
    switch (storage(node)) {
      case INTS, BYTES, SHORTS, LONGS ->
          lanes.load(storage(node), () -> code.aload(array(node)), () -> place(node));
      case BITS -> {
        streamBits(node);
        lanes.mask();
        lanes.ones();
      }
      case GRADED -> {
        lanes.load(Storage.INTS, () -> code.aload(payloadArray(node)), () -> payloadPlace(node));
        streamBits(node);
        lanes.mask();
        lanes.orZero();
      }
    }
  }

  private void payloadPlace(Node node) {
    code.iload(payloadBase(node)).iload(laneSlot).iadd();
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
      case ADD -> binary(node, fits(node) ? lanes::add : lanes::addSaturating);
      case SUB -> binary(node, fits(node) ? lanes::subtract : lanes::subtractSaturating);
      case ADDW -> binary(node, lanes::add);
      case SUBW -> binary(node, lanes::subtract);
      case MIN -> binary(node, lanes::min);
      case MAX -> binary(node, lanes::max);
      case AND -> binary(node, lanes::and);
      case OR -> binary(node, lanes::or);
      case XOR -> binary(node, lanes::xor);
      case NEG -> unary(node, fits(node) ? lanes::negate : lanes::negateSaturating);
      case ABS -> unary(node, fits(node) ? lanes::abs : lanes::absSaturating);
      case SGN -> unary(node, lanes::sign);
      case CLZ -> unary(node, lanes::leadingZeros);
      case SHL -> {
        boolean ofLanes = shift(node);
        if (fits(node)) {
          lanes.shiftLeft(ofLanes);
        } else {
          lanes.shiftLeftSaturating(ofLanes);
        }
      }
      case SHLW -> lanes.shiftLeft(shift(node));
      case SHRU -> lanes.shiftRightUnsigned(shift(node));
      case SHR -> roundShift(node, shift(node));
      case MUL -> multiply(node);
      case MACZ -> binary(node, lanes::product);
      case MAC, MAS -> accumulate(node);
      case NAR -> {
        push(node.c());
        roundAndNarrow(node);
      }
      case LUT -> {
        push(node.a());
        lanes.lookUp(table(node), tableLength(node), this::indices);
      }
      case LERP -> {
        push(node.a());
        boolean slopes =
            needsWideSlope(verified.program().tables().get(in.slot()).values(), in.immediate());
        lanes.interpolate(table(node), tableLength(node), in.immediate(), slopes, this::indices);
      }
      case DRAW -> {
        bits(node);
        lanes.upper(in.shift());
      }
      case BERN -> {
        bits(node);
        lanes.upper(in.shift());
        push(node.b());
        lanes.compare("LT");
      }
      case CMPEQ -> compare(node.a(), node.b(), "EQ");
      case CMPNE -> compare(node.a(), node.b(), "NE");
      case CMPLT -> compare(node.a(), node.b(), "LT");
      case CMPLE -> compare(node.a(), node.b(), "LE");
      case CMPGT -> compare(node.b(), node.a(), "LT");
      case CMPGE -> compare(node.b(), node.a(), "LE");
      case PAND -> binary(node, lanes::andMasks);
      case POR -> binary(node, lanes::orMasks);
      case PXOR -> binary(node, lanes::xorMasks);
      case PNOT -> unary(node, lanes::notMask);
      case CAUSE -> cause(node);
      case MOV, LD, ST, LDACC, EMIT, BID, REDUCE, ROWADD, KILL ->
          throw new IllegalStateException(in.opcode().mnemonic() + " computes nothing");
    }
  }

  private int tableLength(Node node) {
    return verified.program().tables().get(node.in().slot()).values().length;
  }

  private void binary(Node node, Runnable operation) {
    push(node.a());
    push(node.b());
    operation.run();
  }

  private void unary(Node node, Runnable operation) {
    push(node.a());
    operation.run();
  }

  private void compare(Node a, Node b, String operation) {
    push(a);
    push(b);
    lanes.compare(operation);
  }

  private void indices() {
    frame().getfield(FRAME, "indices", INTS);
  }

  /// Pushes a value and its shift amount: one integer for all lanes, or, then true, one a lane.
  private boolean shift(Node node) {
    push(node.a());
    var n = node.b();
    boolean clipped = n.range().low() >= 0 && n.range().high() <= 31;
    if (!n.isLane()) {
      load(n);
      if (!clipped) {
        code.invokestatic(FIXED, "shiftAmount", MethodTypeDesc.of(INT, INT));
      }
      return false;
    }
    push(n);
    if (!clipped) {
      lanes.clipAmount();
    }
    return true;
  }

  /// Shifts ints by the amount on the stack.
  private void roundShift(Node node, boolean ofLanes) {
    switch (node.in().rounding()) {
      case DOWN -> lanes.shiftDown(LaneCode.INT_VECTOR, ofLanes);
      case TOWARD_ZERO -> lanes.shiftTowardZero(LaneCode.INT_VECTOR, ofLanes);
      case NEAREST -> lanes.shiftNearest(LaneCode.INT_VECTOR, ofLanes);
      case STOCHASTIC -> {
        bits(node);
        lanes.shiftStochastic(ofLanes);
      }
    }
  }

  private void multiply(Node node) {
    if (needsWide(node, verified.program().tables())) {
      binary(node, lanes::product);
      roundAndNarrow(node);
      return;
    }
    binary(node, lanes::multiply);
    int n = node.in().shift();
    if (n > 0) {
      code.loadConstant(n);
      roundShift(node, false);
    }
  }

  private void accumulate(Node node) {
    push(node.c());
    binary(node, lanes::product);
    boolean adds = node.in().opcode() == engram.isa.Opcode.MAC;
    if (fitsLong(node)) {
      unchecked(adds);
    } else if (adds) {
      lanes.addLongSaturating();
    } else {
      lanes.subtractLongSaturating();
    }
  }

  private void unchecked(boolean adds) {
    if (adds) {
      lanes.addLong();
    } else {
      lanes.subtractLong();
    }
  }

  /// Rounds and narrows the longs on the stack by the shift of an instruction.
  private void roundAndNarrow(Node node) {
    int n = node.in().shift();
    if (n > 0) {
      switch (node.in().rounding()) {
        case DOWN -> {
          code.loadConstant(n);
          lanes.shiftDown(LaneCode.LONG_VECTOR, false);
        }
        case TOWARD_ZERO -> {
          code.loadConstant(n);
          lanes.shiftTowardZero(LaneCode.LONG_VECTOR, false);
        }
        case NEAREST -> {
          code.loadConstant(n);
          lanes.shiftNearest(LaneCode.LONG_VECTOR, false);
        }
        case STOCHASTIC -> {
          bits(node);
          lanes.shiftLongStochastic(n);
        }
      }
    }
    if (fits(node)) {
      lanes.narrow();
    } else {
      lanes.saturate();
    }
  }

  /// Pushes the random bits of a node.
  private void bits(Node node) {
    code.aload(drawLanes);
    lanes.bits(key(node));
  }

  @Override
  void cause(Node node) {
    int trigger = node.in().slot();
    if (variant.mode() == Variant.Mode.STAGED) {
      loadFrame("laneFired");
      lanes.bit(trigger);
    } else {
      frame().loadConstant(trigger).iload(laneSlot);
      callFrame("cause", LONG, INT, INT);
      lanes.mask();
    }
  }

  // Effects.

  private void effect(Node node) {
    switch (node.in().opcode()) {
      case ST -> storeCell(node);
      case EMIT -> whereAny(node, bits -> emit(node, bits));
      case BID -> whereAny(node, bits -> bid(node, bits));
      case ROWADD -> whereAny(node, bits -> addToRow(node, bits));
      case KILL -> whereAny(node, this::kill);
      default -> throw new IllegalStateException(node.in().opcode().mnemonic());
    }
  }

  /// Pushes the lanes in which an effect takes place, one bit each.
  private void pushLanes(Node node) {
    code.lload(liveSlot);
    if (node.mask() != null) {
      push(node.mask());
      lanes.toBits();
      code.land();
    }
  }

  private void whereAny(Node node, IntConsumer body) {
    int bits = code.allocateLocal(TypeKind.LONG);
    pushLanes(node);
    code.lstore(bits);
    whereAny(bits, () -> body.accept(bits));
  }

  /// Skips a body where no bit is set.
  private void whereAny(int bits, Runnable body) {
    Label end = code.newLabel();
    code.lload(bits).lconst_0().lcmp().branch(Opcode.IFEQ, end);
    body.run();
    code.labelBinding(end);
  }

  private int maskOf(int bits) {
    code.lload(bits);
    lanes.mask();
    return lanes.keep();
  }

  private void emit(Node node, int bits) {
    boolean staged = variant.mode() == Variant.Mode.STAGED;
    if (staged || storage(node) == Storage.GRADED) {
      int mask = maskOf(bits);
      push(node.b());
      lanes.clip(Short.MIN_VALUE, Short.MAX_VALUE);
      lanes.store(
          Storage.INTS,
          () -> code.aload(staged ? array(node) : payloadArray(node)),
          () -> {
            if (staged) {
              place(node);
            } else {
              payloadPlace(node);
            }
          },
          mask);
    }
    frame().loadConstant(node.cell()).iload(laneSlot).lload(bits);
    callFrame("emit", VOID, INT, INT, LONG);
  }

  private void bid(Node node, int bits) {
    int mask = maskOf(bits);
    push(node.b());
    lanes.store(
        Storage.INTS,
        () -> frame().getfield(FRAME, "bids", INTS),
        () -> code.iload(laneSlot),
        mask);
    frame().iload(laneSlot).lload(bits);
    callFrame("bid", VOID, INT, LONG);
  }

  private void kill(int bits) {
    boolean staged = variant.mode() == Variant.Mode.STAGED;
    frame().iload(staged ? laneSlot : placeSlot).lload(bits);
    callFrame(staged ? "killStaged" : "kill", VOID, INT, LONG);
  }

  private void addToRow(Node node, int bits) {
    if (variant.mode() == Variant.Mode.STAGED) {
      binary(node, lanes::product);
      lanes.storeLong(() -> frame().getfield(FRAME, "products", LONGS), code::iconst_0);
      frame().loadConstant(node.in().slot()).iload(laneSlot).lload(bits);
      callFrame("addToRows", VOID, INT, INT, LONG);
      return;
    }
    frame().loadConstant(node.in().slot()).iload(rowSlot);
    binary(node, lanes::product);
    lanes.sum(bits);
    callFrame("addToRow", VOID, INT, INT, LONG);
  }

  private void storeCell(Node node) {
    push(node.b());
    narrow(node);
    int value = lanes.keep();
    boolean allLive =
        variant.mode() == Variant.Mode.NEURONS || variant.mode() == Variant.Mode.STAGED;
    if (allLive && node.mask() == null) {
      code.aload(value);
      lanes.store(() -> code.aload(array(node)), () -> place(node));
      return;
    }
    if (allLive) {
      push(node.mask());
    } else {
      if (rowMask >= 0) {
        code.aload(rowMask);
      } else {
        code.lload(liveSlot);
        lanes.mask();
      }
      if (node.mask() != null) {
        push(node.mask());
        lanes.andMasks();
      }
    }
    int mask = lanes.keep();
    code.aload(value);
    lanes.store(storage(node), () -> code.aload(array(node)), () -> place(node), mask);
  }

  private void narrow(Node node) {
    if (symbol(node).role() == SymbolRole.WEIGHT) {
      lanes.clip(
          () -> frame().getfield(FRAME, "weightLow", INT),
          () -> frame().getfield(FRAME, "weightHigh", INT));
      return;
    }
    var format = symbol(node).format();
    switch (narrowing(node)) {
      case NONE -> {}
      case SATURATE -> lanes.clip(format.min(), format.max());
      case WRAP -> {
        if (format.signed()) {
          lanes.wrapSigned(format.bits());
        } else {
          lanes.wrapUnsigned(format.max());
        }
      }
      case STOP -> {
        int value = lanes.keep();
        int bits = code.allocateLocal(TypeKind.LONG);
        pushLanes(node);
        code.aload(value);
        lanes.outside(format.min(), format.max());
        lanes.toBits();
        code.land().lstore(bits);
        whereAny(bits, () -> stop(node, value, bits));
        code.aload(value);
        lanes.clip(format.min(), format.max());
      }
    }
  }

  private void stop(Node node, int value, int bits) {
    code.aload(value);
    lanes.store(this::indices, code::iconst_0);
    frame().loadConstant(node.in().slot()).loadConstant(node.index());
    if (variant.mode().hasRows()) {
      code.iload(rowSlot);
    } else {
      code.iconst_0();
    }
    code.iload(laneSlot).lload(bits);
    callFrame("overflow", VOID, INT, INT, INT, INT, LONG);
  }
}
