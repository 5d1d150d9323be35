package engram.isa.compile;

import engram.isa.Draw;
import engram.isa.Fixed;
import engram.isa.NumberFormat;
import engram.isa.Overflow;
import engram.isa.Rounding;
import engram.isa.compile.Node.Kind;
import engram.isa.compile.Node.Level;
import engram.isa.compile.Node.Type;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.isa.verify.Ranges;
import engram.isa.verify.VerifiedProgram;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;

/// Writes the method of one part of a section: loops over rows and blocks of lanes, and in them the
/// nodes. What no lane is needed for is scalar code before the loops, here; what lanes do is the
/// subclass's, by vectors or one lane after the other.
abstract class PieceWriter {
  static final ClassDesc FRAME = desc(Frame.class);
  static final ClassDesc FIXED = desc(Fixed.class);
  static final ClassDesc DRAW = desc(Draw.class);
  static final ClassDesc ROUNDING = desc(Rounding.class);
  static final ClassDesc MATH = desc(Math.class);
  static final ClassDesc INT = ConstantDescs.CD_int;
  static final ClassDesc LONG = ConstantDescs.CD_long;
  static final ClassDesc VOID = ConstantDescs.CD_void;
  static final ClassDesc INTS = INT.arrayType();
  static final ClassDesc LONGS = LONG.arrayType();
  static final ClassDesc BYTES = ConstantDescs.CD_byte.arrayType();
  static final ClassDesc SHORTS = ConstantDescs.CD_short.arrayType();

  /// Parameters of the method.
  static final MethodTypeDesc METHOD = MethodTypeDesc.of(VOID, FRAME, LONG, INTS, INT, INT);

  private static final int FRAME_SLOT = 0;
  private static final int STEP_SLOT = 1;
  private static final int ROWS_SLOT = 3;
  private static final int FROM_SLOT = 4;
  private static final int TO_SLOT = 5;

  final CodeBuilder code;
  final VerifiedProgram verified;
  final Variant variant;
  final Lowering.Lowered lowered;
  final Piece piece;
  final Map<Node, Integer> intSpills;
  final Map<Node, Integer> longSpills;

  /// Local variable of each value.
  final Map<Node, Integer> locals = new HashMap<>();

  private final Map<Integer, Integer> arrays = new HashMap<>();
  private final Map<Integer, Integer> payloads = new HashMap<>();
  private final Map<Integer, Integer> bases = new HashMap<>();
  private final Map<Integer, Integer> keys = new HashMap<>();
  private final Map<Integer, Integer> tables = new HashMap<>();

  /// First lane of the block, a bit for each of its lanes that runs, and its number.
  int laneSlot;

  int liveSlot;
  int blockSlot;
  int rowSlot;

  /// Place of the block's first synapse in the columns of a dense layout.
  int placeSlot;

  private int rowLanesSlot;

  /// The drawing instruction that is certain in the code that is being written, or null.
  Node taken;

  PieceWriter(
      CodeBuilder code,
      VerifiedProgram verified,
      Variant variant,
      Lowering.Lowered lowered,
      Piece piece,
      Map<Node, Integer> intSpills,
      Map<Node, Integer> longSpills) {
    this.code = code;
    this.verified = verified;
    this.variant = variant;
    this.lowered = lowered;
    this.piece = piece;
    this.intSpills = intSpills;
    this.longSpills = longSpills;
  }

  static ClassDesc desc(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }

  /// Prepares what all lanes share, beyond the scalar values: before the loop over blocks.
  abstract void shared(Node node);

  /// Writes the code of a block: `laneSlot`, `liveSlot` and, with rows, `rowSlot` and `placeSlot`
  /// are set.
  abstract void block();

  final void write() {
    prepare();
    var certain = shortcut();
    if (certain == null) {
      loops();
    } else {
      Label otherwise = code.newLabel();
      Label end = code.newLabel();
      load(certain.b());
      code.loadConstant(1 << certain.in().shift()).if_icmplt(otherwise);
      taken = certain;
      loops();
      taken = null;
      code.goto_(end).labelBinding(otherwise);
      loops();
      code.labelBinding(end);
    }
    code.return_();
  }

  /// A drawing instruction that is certain in some calls, the threshold beyond all numbers, and
  /// worth being left out then; null if there is none.
  Node shortcut() {
    return null;
  }

  /// True if the rows go by while a block's lanes stay where they are, so that what depends on the
  /// lane alone is computed once for all rows.
  boolean rowsInside() {
    return false;
  }

  /// Computes what all rows of a block have in common.
  void beforeRows() {}

  private void loops() {
    if (!variant.mode().hasRows()) {
      blocks(this::block);
      return;
    }
    rowLanesSlot = code.allocateLocal(TypeKind.INT);
    frame().getfield(FRAME, "rowLanes", INT).istore(rowLanesSlot);
    if (rowsInside()) {
      blocks(() -> {
        beforeRows();
        int all = liveSlot;
        rows(() -> {
          place();
          values(Level.ROW);
          block();
        });
        liveSlot = all;
      });
    } else {
      rows(() -> {
        values(Level.ROW);
        blocks(() -> {
          place();
          block();
        });
      });
    }
  }

  private void rows(Runnable body) {
    int r = code.allocateLocal(TypeKind.INT);
    code.iload(FROM_SLOT).istore(r);
    loop(
        r,
        () -> code.iload(TO_SLOT),
        () -> {
          rowSlot = code.allocateLocal(TypeKind.INT);
          code.aload(ROWS_SLOT).iload(r).iaload().istore(rowSlot);
          body.run();
        });
  }

  /// Finds the place of a row's block, and leaves out the lanes that have no synapse there.
  private void place() {
    placeSlot = code.allocateLocal(TypeKind.INT);
    code.iload(rowSlot).iload(rowLanesSlot).imul().iload(laneSlot).iadd().istore(placeSlot);
    if (variant.mode().masked()) {
      int some = code.allocateLocal(TypeKind.LONG);
      code.lload(liveSlot);
      frame().iload(rowSlot).iload(laneSlot);
      callFrame("existing", LONG, INT, INT);
      code.land().lstore(some);
      liveSlot = some;
    }
  }

  /// `for (; index < limit; index++) body`.
  final void loop(int index, Runnable limit, Runnable body) {
    Label next = code.newLabel();
    Label end = code.newLabel();
    code.labelBinding(next).iload(index);
    limit.run();
    code.branch(Opcode.IF_ICMPGE, end);
    body.run();
    code.iinc(index, 1).goto_(next).labelBinding(end);
  }

  private void prepare() {
    for (var node : piece.nodes()) {
      if (node.cell() != Node.NONE && !arrays.containsKey(node.cell())) {
        cell(node);
      }
      if (node.in() != null
          && (node.in().opcode() == engram.isa.Opcode.LUT
              || node.in().opcode() == engram.isa.Opcode.LERP)) {
        tables.computeIfAbsent(
            node.in().slot(),
            slot -> {
              int local = code.allocateLocal(TypeKind.REFERENCE);
              code.aload(FRAME_SLOT).getfield(FRAME, "tables", INTS.arrayType());
              code.loadConstant(slot).aaload().astore(local);
              return local;
            });
      }
    }
    draws();
    values(Level.CALL);
  }

  /// Reads array and start of a cell into locals.
  private void cell(Node node) {
    int index = node.cell();
    var storage = storage(node);
    int array = code.allocateLocal(TypeKind.REFERENCE);
    code.aload(FRAME_SLOT);
    field(storage);
    code.loadConstant(index).aaload().astore(array);
    arrays.put(index, array);
    bases.put(index, frameInt("at", index));
    if (storage == Storage.GRADED) {
      int own = code.allocateLocal(TypeKind.REFERENCE);
      code.aload(FRAME_SLOT).getfield(FRAME, "ints", INTS.arrayType());
      code.loadConstant(index).aaload().astore(own);
      payloads.put(index, own);
      payloads.put(-1 - index, frameInt("payloadsAt", index));
    }
  }

  private void field(Storage storage) {
    switch (storage) {
      case INTS -> code.getfield(FRAME, "ints", INTS.arrayType());
      case BITS, GRADED -> code.getfield(FRAME, "bits", LONGS.arrayType());
      case BYTES -> code.getfield(FRAME, "bytes", BYTES.arrayType());
      case SHORTS -> code.getfield(FRAME, "shorts", SHORTS.arrayType());
      case LONGS -> code.getfield(FRAME, "longs", LONGS.arrayType());
    }
  }

  private int frameInt(String array, int index) {
    int local = code.allocateLocal(TypeKind.INT);
    code.aload(FRAME_SLOT).getfield(FRAME, array, INTS);
    code.loadConstant(index).iaload().istore(local);
    return local;
  }

  final Storage storage(Node node) {
    int slot = lowered.cells().get(node.cell()).slot();
    var symbol = verified.program().symbol(slot);
    if (variant.mode() == Variant.Mode.STAGED) {
      return node.type() == Type.LONG ? Storage.LONGS : Storage.INTS;
    }
    return switch (symbol.role()) {
      case PAYLOAD, ROW_ACCUMULATOR -> Storage.LONGS;
      case REDUCED -> node.type() == Type.LONG ? Storage.LONGS : Storage.INTS;
      case WINNER -> Storage.INTS;
      case WEIGHT -> variant.weights();
      default -> variant.storage().get(slot);
    };
  }

  /// True if a cell lies in the columns of a dense layout, a place for each lane of each row.
  final boolean isSynapseWord(Node node) {
    var role = verified.program().symbol(lowered.cells().get(node.cell()).slot()).role();
    return variant.mode().hasRows() && (role == SymbolRole.WEIGHT || role == SymbolRole.TAG);
  }

  /// The key of each site, once a call.
  private void draws() {
    int clocked = -1;
    for (var node : piece.nodes()) {
      int site = site(node);
      if (site < 0 || keys.containsKey(site)) {
        continue;
      }
      if (clocked < 0) {
        clocked = code.allocateLocal(TypeKind.LONG);
        frame().lload(STEP_SLOT);
        callFrame("clocked", LONG, LONG);
        code.lstore(clocked);
      }
      int key = code.allocateLocal(TypeKind.LONG);
      code.lload(clocked).loadConstant(site);
      code.invokestatic(DRAW, "atSite", MethodTypeDesc.of(LONG, LONG, INT)).lstore(key);
      keys.put(site, key);
    }
  }

  final int site(Node node) {
    return node.kind() == Kind.COMPUTE && node.index() >= 0 ? verified.site(node.index()) : -1;
  }

  final int key(Node node) {
    return keys.get(site(node));
  }

  final int table(Node node) {
    return tables.get(node.in().slot());
  }

  final int array(Node node) {
    return arrays.get(node.cell());
  }

  final int base(Node node) {
    return bases.get(node.cell());
  }

  final int payloadArray(Node node) {
    return payloads.get(node.cell());
  }

  final int payloadBase(Node node) {
    return payloads.get(-1 - node.cell());
  }

  final CodeBuilder frame() {
    return code.aload(FRAME_SLOT);
  }

  final void callFrame(String method, ClassDesc result, ClassDesc... parameters) {
    code.invokevirtual(FRAME, method, MethodTypeDesc.of(result, parameters));
  }

  final void step() {
    code.lload(STEP_SLOT);
  }

  /// Computes the values of a level.
  private void values(Level level) {
    for (var node : piece.nodes()) {
      if (node.level() == level) {
        scalar(node);
        shared(node);
      }
    }
  }

  private void blocks(Runnable body) {
    int lanes = code.allocateLocal(TypeKind.REFERENCE);
    int masks = code.allocateLocal(TypeKind.REFERENCE);
    int count = code.allocateLocal(TypeKind.INT);
    frame().getfield(FRAME, "blockLane", INTS).astore(lanes);
    frame().getfield(FRAME, "blockMask", LONGS).astore(masks);
    frame().getfield(FRAME, "blocks", INT).istore(count);
    blockSlot = code.allocateLocal(TypeKind.INT);
    code.iconst_0().istore(blockSlot);
    loop(
        blockSlot,
        () -> code.iload(count),
        () -> {
          laneSlot = code.allocateLocal(TypeKind.INT);
          liveSlot = code.allocateLocal(TypeKind.LONG);
          code.aload(lanes).iload(blockSlot).iaload().istore(laneSlot);
          code.aload(masks).iload(blockSlot).laload().lstore(liveSlot);
          body.run();
        });
  }

  // Scalar code: a mask is 1 or 0.

  final void store(Node node) {
    int local = locals.computeIfAbsent(node, _ -> code.allocateLocal(kind(node)));
    switch (node.type()) {
      case INT, MASK -> code.istore(local);
      case LONG -> code.lstore(local);
      case NOTHING -> throw new IllegalStateException("an effect has no value");
    }
  }

  private static TypeKind kind(Node node) {
    return node.type() == Type.LONG ? TypeKind.LONG : TypeKind.INT;
  }

  final void load(Node node) {
    if (node.isConstant()) {
      switch (node.type()) {
        case INT -> code.loadConstant(node.constant());
        case MASK -> code.loadConstant(node.constant() & 1);
        case LONG -> code.loadConstant((long) node.constant());
        case NOTHING -> throw new IllegalStateException("an effect has no value");
      }
    } else if (node.type() == Type.LONG) {
      code.lload(locals.get(node));
    } else {
      code.iload(locals.get(node));
    }
  }

  /// Computes a value of one lane, or one that no lane is needed for.
  final void scalar(Node node) {
    switch (node.kind()) {
      case CONSTANT -> {
        return;
      }
      case LOAD -> scalarLoad(node);
      case COMPUTE -> scalarCompute(node);
      case CHOICE -> {
        Label otherwise = code.newLabel();
        Label end = code.newLabel();
        load(node.mask());
        code.branch(Opcode.IFEQ, otherwise);
        load(node.a());
        code.goto_(end).labelBinding(otherwise);
        load(node.c());
        code.labelBinding(end);
      }
      case EFFECT -> throw new IllegalStateException("an effect is no value");
    }
    store(node);
  }

  private void scalarLoad(Node node) {
    var in = node.in();
    var role = verified.program().symbol(in.slot()).role();
    switch (role) {
      case GLOBAL -> {
        frame().loadConstant(in.slot());
        step();
        age(node);
        callFrame("global", INT, INT, LONG, INT);
      }
      case STEP -> {
        frame();
        step();
        age(node);
        callFrame("sampleStep", INT, LONG, INT);
      }
      case PHASE -> {
        frame();
        step();
        callFrame("phase", INT, LONG);
      }
      default -> {
        if (node.level() == Level.ROW) {
          rowLoad(node, role);
        } else {
          laneLoad(node, role);
        }
      }
    }
  }

  /// The age of a load that is not from a cell: a constant, or what a register says.
  private void age(Node node) {
    var in = node.in();
    if (in.constant()) {
      frame().loadConstant(in.immediate());
      step();
      code.iconst_0();
      callFrame("global", INT, INT, LONG, INT);
    } else {
      code.loadConstant(in.immediate());
    }
  }

  private void rowLoad(Node node, SymbolRole role) {
    switch (role) {
      case SOURCE, TARGET -> code.iload(rowSlot);
      case PAYLOAD -> {
        code.aload(array(node)).iload(base(node)).iload(rowSlot).iadd().laload();
        code.invokestatic(FIXED, "saturate", MethodTypeDesc.of(INT, LONG));
      }
      default -> code.aload(array(node)).iload(base(node)).iload(rowSlot).iadd().iaload();
    }
  }

  /// Pushes what a symbol is in the lane of `laneIndex`.
  void laneLoad(Node node, SymbolRole role) {
    throw new IllegalStateException("no lane for " + role);
  }

  final boolean fits(Node node) {
    var exact =
        Ranges.exact(
            node.in(),
            node.a() == null ? null : node.a().range(),
            node.b() == null ? null : node.b().range(),
            node.c() == null ? null : node.c().range());
    return exact.low() >= Integer.MIN_VALUE && exact.high() <= Integer.MAX_VALUE;
  }

  /// True if the 64-bit sum or difference can't overflow.
  final boolean fitsLong(Node node) {
    var product = node.a().range().times(node.b().range());
    var sum =
        node.in().opcode() == engram.isa.Opcode.MAC
            ? node.c().range().plus(product)
            : node.c().range().minus(product);
    return sum.low() > Long.MIN_VALUE && sum.high() < Long.MAX_VALUE;
  }

  private void scalarCompute(Node node) {
    var in = node.in();
    switch (in.opcode()) {
      case ADD -> saturating(node, "addSaturating", code::iadd);
      case SUB -> saturating(node, "subtractSaturating", code::isub);
      case ADDW -> {
        operands(node);
        code.iadd();
      }
      case SUBW -> {
        operands(node);
        code.isub();
      }
      case MIN -> math(node, "min");
      case MAX -> math(node, "max");
      case AND -> {
        operands(node);
        code.iand();
      }
      case OR -> {
        operands(node);
        code.ior();
      }
      case XOR -> {
        operands(node);
        code.ixor();
      }
      case NEG -> unary(node, FIXED, "negateSaturating");
      case ABS -> unary(node, FIXED, "absSaturating");
      case SGN -> unary(node, FIXED, "sign");
      case CLZ -> unary(node, desc(Integer.class), "numberOfLeadingZeros");
      case SHL -> {
        load(node.a());
        amount(node.b());
        code.invokestatic(FIXED, "shiftLeftSaturating", MethodTypeDesc.of(INT, INT, INT));
      }
      case SHLW -> {
        load(node.a());
        amount(node.b());
        code.ishl();
      }
      case SHRU -> {
        load(node.a());
        amount(node.b());
        code.iushr();
      }
      case SHR -> {
        load(node.a());
        amount(node.b());
        rounding(node);
        code.invokestatic(FIXED, "shiftRight", MethodTypeDesc.of(INT, INT, INT, ROUNDING, INT));
      }
      case MUL -> {
        operands(node);
        code.loadConstant(in.shift());
        rounding(node);
        code.invokestatic(FIXED, "multiply", MethodTypeDesc.of(INT, INT, INT, INT, ROUNDING, INT));
      }
      case NAR -> {
        load(node.c());
        code.loadConstant(in.shift());
        rounding(node);
        code.invokestatic(FIXED, "narrow", MethodTypeDesc.of(INT, LONG, INT, ROUNDING, INT));
      }
      case MACZ -> product(node);
      case MAC -> {
        load(node.c());
        product(node);
        code.invokestatic(FIXED, "accumulate", MethodTypeDesc.of(LONG, LONG, LONG));
      }
      case MAS -> {
        load(node.c());
        product(node);
        code.invokestatic(FIXED, "decumulate", MethodTypeDesc.of(LONG, LONG, LONG));
      }
      case LUT -> {
        code.aload(table(node));
        load(node.a());
        code.invokestatic(FIXED, "lookUp", MethodTypeDesc.of(INT, INTS, INT));
      }
      case LERP -> {
        code.aload(table(node));
        load(node.a());
        code.loadConstant(in.immediate());
        code.invokestatic(FIXED, "interpolate", MethodTypeDesc.of(INT, INTS, INT, INT));
      }
      case DRAW -> {
        random(node);
        code.loadConstant(32 - in.shift()).iushr();
      }
      case BERN -> {
        random(node);
        code.loadConstant(32 - in.shift()).iushr();
        load(node.b());
        truth(Opcode.IF_ICMPLT);
      }
      case CMPEQ -> compare(node, Opcode.IF_ICMPEQ);
      case CMPNE -> compare(node, Opcode.IF_ICMPNE);
      case CMPLT -> compare(node, Opcode.IF_ICMPLT);
      case CMPLE -> compare(node, Opcode.IF_ICMPLE);
      case CMPGT -> compare(node, Opcode.IF_ICMPGT);
      case CMPGE -> compare(node, Opcode.IF_ICMPGE);
      case PAND -> {
        operands(node);
        code.iand();
      }
      case POR -> {
        operands(node);
        code.ior();
      }
      case PXOR -> {
        operands(node);
        code.ixor();
      }
      case PNOT -> {
        load(node.a());
        code.iconst_1().ixor();
      }
      case CAUSE -> cause(node);
      case MOV, LD, ST, LDACC, EMIT, BID, REDUCE, ROWADD, KILL ->
          throw new IllegalStateException(in.opcode().mnemonic() + " computes nothing");
    }
  }

  private void operands(Node node) {
    load(node.a());
    load(node.b());
  }

  private void saturating(Node node, String method, Runnable plain) {
    operands(node);
    if (fits(node)) {
      plain.run();
    } else {
      code.invokestatic(FIXED, method, MethodTypeDesc.of(INT, INT, INT));
    }
  }

  private void math(Node node, String method) {
    operands(node);
    code.invokestatic(MATH, method, MethodTypeDesc.of(INT, INT, INT));
  }

  private void unary(Node node, ClassDesc owner, String method) {
    load(node.a());
    code.invokestatic(owner, method, MethodTypeDesc.of(INT, INT));
  }

  private void product(Node node) {
    load(node.a());
    code.i2l();
    load(node.b());
    code.i2l().lmul();
  }

  /// Pushes a shift amount, clipped where it may be out of range.
  private void amount(Node n) {
    load(n);
    if (n.range().low() < 0 || n.range().high() > 31) {
      code.invokestatic(FIXED, "shiftAmount", MethodTypeDesc.of(INT, INT));
    }
  }

  /// Pushes the rounding and the random bits that it takes.
  private void rounding(Node node) {
    code.getstatic(ROUNDING, node.in().rounding().name(), ROUNDING);
    if (site(node) < 0) {
      code.iconst_0();
    } else {
      random(node);
    }
  }

  private void compare(Node node, Opcode holds) {
    operands(node);
    truth(holds);
  }

  /// Replaces two integers by 1 if a comparison holds, else 0.
  private void truth(Opcode holds) {
    Label yes = code.newLabel();
    Label end = code.newLabel();
    code.branch(holds, yes).iconst_0().goto_(end);
    code.labelBinding(yes).iconst_1().labelBinding(end);
  }

  /// Pushes the random bits of a lane.
  void random(Node node) {
    throw new IllegalStateException("a draw without a lane");
  }

  /// Pushes whether a trigger fired for a lane.
  void cause(Node node) {
    throw new IllegalStateException("a cause without a lane");
  }

  // Stores.

  /// What a store must do with a value that may not fit.
  enum Narrowing {
    NONE,
    SATURATE,
    WRAP,
    STOP
  }

  final Symbol symbol(Node effect) {
    return verified.program().symbol(effect.in().slot());
  }

  final Narrowing narrowing(Node effect) {
    var symbol = symbol(effect);
    NumberFormat format = symbol.format();
    var range = effect.b().range();
    if (range.low() >= format.min() && range.high() <= format.max()) {
      return Narrowing.NONE;
    }
    return switch (symbol.overflow()) {
      case Overflow.SATURATE -> Narrowing.SATURATE;
      case Overflow.WRAP -> Narrowing.WRAP;
      case Overflow.STOP -> Narrowing.STOP;
    };
  }
}
