package engram.isa.compile;

import engram.isa.compile.Node.Kind;
import engram.isa.compile.Node.Type;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerifiedProgram;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;

/// Runs the lanes of a block one after the other: for machines without vectors, and as the twin
/// that the vector code is held against.
final class ScalarWriter extends PieceWriter {
  /// Lanes of a block.
  static final int WIDTH = 64;

  private static final ClassDesc LONG_CLASS = desc(Long.class);

  /// The lane, or its place in a row of synapses.
  private int lane;

  private int place;

  ScalarWriter(
      CodeBuilder code,
      VerifiedProgram verified,
      Variant variant,
      Lowering.Lowered lowered,
      Piece piece,
      Map<Node, Integer> intSpills,
      Map<Node, Integer> longSpills) {
    super(code, verified, variant, lowered, piece, intSpills, longSpills);
  }

  @Override
  void shared(Node node) {}

  @Override
  void block() {
    Label next = code.newLabel();
    Label end = code.newLabel();
    lane = code.allocateLocal(TypeKind.INT);
    int bit = code.allocateLocal(TypeKind.INT);
    code.labelBinding(next).lload(liveSlot).lconst_0().lcmp().branch(Opcode.IFEQ, end);
    code.lload(liveSlot);
    code.invokestatic(LONG_CLASS, "numberOfTrailingZeros", MethodTypeDesc.of(INT, LONG));
    code.istore(bit).iload(laneSlot).iload(bit).iadd().istore(lane);
    code.lload(liveSlot).lload(liveSlot).lconst_1().lsub().land().lstore(liveSlot);
    if (variant.mode().hasRows()) {
      place = code.allocateLocal(TypeKind.INT);
      code.iload(placeSlot).iload(bit).iadd().istore(place);
    }
    piece.loaded().forEach(this::unspill);
    for (var node : piece.nodes()) {
      if (node.kind() == Kind.EFFECT) {
        effect(node);
      } else if (node.isLane()) {
        scalar(node);
      }
    }
    piece.spilled().forEach(this::spill);
    code.goto_(next).labelBinding(end);
  }

  private void unspill(Node node) {
    boolean wide = node.type() == Type.LONG;
    frame().getfield(FRAME, wide ? "longSpills" : "intSpills", (wide ? LONGS : INTS).arrayType());
    code.loadConstant((wide ? longSpills : intSpills).get(node)).aaload().iload(lane);
    if (wide) {
      code.laload();
    } else {
      code.iaload();
    }
    store(node);
  }

  private void spill(Node node) {
    boolean wide = node.type() == Type.LONG;
    frame().getfield(FRAME, wide ? "longSpills" : "intSpills", (wide ? LONGS : INTS).arrayType());
    code.loadConstant((wide ? longSpills : intSpills).get(node)).aaload().iload(lane);
    load(node);
    if (wide) {
      code.lastore();
    } else {
      code.iastore();
    }
  }

  /// Pushes the index of the lane in a cell's array.
  private void index(Node node) {
    if (isSynapseWord(node)) {
      code.iload(place);
    } else {
      code.iload(base(node)).iload(lane).iadd();
    }
  }

  @Override
  void laneLoad(Node node, SymbolRole role) {
    if (node.cell() == Node.NONE) {
      frame().getfield(FRAME, "firstIndex", INT).iload(lane).iadd();
      return;
    }
    code.aload(array(node));
    switch (storage(node)) {
      case INTS -> {
        index(node);
        code.iaload();
      }
      case BYTES -> {
        index(node);
        code.baload();
      }
      case SHORTS -> {
        index(node);
        code.saload();
      }
      case LONGS -> {
        index(node);
        code.laload();
      }
      case BITS -> streamBit(node);
      case GRADED -> {
        streamBit(node);
        code.aload(payloadArray(node)).iload(payloadBase(node)).iload(lane).iadd().iaload();
        code.imul();
      }
    }
  }

  /// Replaces an array of bits by the lane's bit.
  private void streamBit(Node node) {
    code.iload(base(node)).iload(lane).loadConstant(6).ishr().iadd().laload();
    code.iload(lane).lushr().l2i().iconst_1().iand();
  }

  @Override
  void random(Node node) {
    code.lload(key(node));
    switch (variant.mode()) {
      case STAGED -> frame().getfield(FRAME, "drawLanes", INTS).iload(lane).iaload();
      case NEURONS, ACTIVE_NEURONS -> frame().getfield(FRAME, "firstIndex", INT).iload(lane).iadd();
      case ROWS, MASKED_ROWS -> {
        code.iload(rowSlot);
        frame().getfield(FRAME, "firstIndex", INT).iload(lane).iadd();
        code.invokestatic(DRAW, "synapseLane", MethodTypeDesc.of(INT, INT, INT));
      }
      case MIRRORED_ROWS, MASKED_MIRRORED_ROWS -> {
        frame().getfield(FRAME, "firstIndex", INT).iload(lane).iadd();
        code.iload(rowSlot);
        code.invokestatic(DRAW, "synapseLane", MethodTypeDesc.of(INT, INT, INT));
      }
    }
    code.invokestatic(DRAW, "bits", MethodTypeDesc.of(INT, LONG, INT));
  }

  @Override
  void cause(Node node) {
    if (variant.mode() == Variant.Mode.STAGED) {
      frame().getfield(FRAME, "laneFired", INTS).iload(lane).iaload();
      code.loadConstant(node.in().slot()).ishr();
    } else {
      frame().loadConstant(node.in().slot()).iload(lane);
      callFrame("cause", LONG, INT, INT);
      code.l2i();
    }
    code.iconst_1().iand();
  }

  private void effect(Node node) {
    Label end = code.newLabel();
    if (node.mask() != null) {
      load(node.mask());
      code.branch(Opcode.IFEQ, end);
    }
    switch (node.in().opcode()) {
      case ST -> storeCell(node);
      case EMIT -> {
        if (storage(node) == Storage.GRADED) {
          code.aload(payloadArray(node)).iload(payloadBase(node)).iload(lane).iadd();
          load(node.b());
          clip(Short.MIN_VALUE, Short.MAX_VALUE);
          code.iastore();
        } else if (variant.mode() == Variant.Mode.STAGED) {
          code.aload(array(node)).iload(lane);
          load(node.b());
          clip(Short.MIN_VALUE, Short.MAX_VALUE);
          code.iastore();
        }
        frame().loadConstant(node.cell()).iload(lane).lconst_1();
        callFrame("emit", VOID, INT, INT, LONG);
      }
      case BID -> {
        frame().getfield(FRAME, "bids", INTS).iload(lane);
        load(node.b());
        code.iastore();
        frame().iload(lane).lconst_1();
        callFrame("bid", VOID, INT, LONG);
      }
      case ROWADD -> {
        boolean staged = variant.mode() == Variant.Mode.STAGED;
        frame().loadConstant(node.in().slot());
        if (staged) {
          frame().getfield(FRAME, "stagedRow", INTS).iload(lane).iaload();
        } else {
          code.iload(rowSlot);
        }
        load(node.a());
        code.i2l();
        load(node.b());
        code.i2l().lmul();
        callFrame("addToRow", VOID, INT, INT, LONG);
      }
      case KILL -> {
        frame();
        if (variant.mode() == Variant.Mode.STAGED) {
          frame().getfield(FRAME, "stagedPlace", INTS).iload(lane).iaload();
        } else {
          code.iload(place);
        }
        code.lconst_1();
        callFrame("kill", VOID, INT, LONG);
      }
      default -> throw new IllegalStateException(node.in().opcode().mnemonic());
    }
    code.labelBinding(end);
  }

  private void storeCell(Node node) {
    int value = code.allocateLocal(TypeKind.INT);
    load(node.b());
    narrow(node);
    code.istore(value);
    code.aload(array(node));
    index(node);
    code.iload(value);
    switch (storage(node)) {
      case INTS -> code.iastore();
      case BYTES -> code.bastore();
      case SHORTS -> code.sastore();
      case LONGS, BITS, GRADED -> throw new IllegalStateException("store to " + storage(node));
    }
  }

  /// Narrows the value on the stack to what the symbol holds.
  private void narrow(Node node) {
    if (symbol(node).role() == SymbolRole.WEIGHT) {
      frame().getfield(FRAME, "weightLow", INT);
      code.invokestatic(MATH, "max", MethodTypeDesc.of(INT, INT, INT));
      frame().getfield(FRAME, "weightHigh", INT);
      code.invokestatic(MATH, "min", MethodTypeDesc.of(INT, INT, INT));
      return;
    }
    var format = symbol(node).format();
    switch (narrowing(node)) {
      case NONE -> {}
      case SATURATE -> clip(format.min(), format.max());
      case WRAP -> {
        if (format.signed()) {
          int unused = 32 - format.bits();
          code.loadConstant(unused).ishl().loadConstant(unused).ishr();
        } else {
          code.loadConstant(format.max()).iand();
        }
      }
      case STOP -> {
        int value = code.allocateLocal(TypeKind.INT);
        code.istore(value);
        frame().loadConstant(node.in().slot()).loadConstant(node.index());
        if (variant.mode().hasRows()) {
          code.iload(rowSlot);
        } else {
          code.iconst_0();
        }
        code.iload(lane).iload(value);
        callFrame("check", VOID, INT, INT, INT, INT, INT);
        code.iload(value);
        clip(format.min(), format.max());
      }
    }
  }

  private void clip(int low, int high) {
    code.loadConstant(low);
    code.invokestatic(MATH, "max", MethodTypeDesc.of(INT, INT, INT));
    code.loadConstant(high);
    code.invokestatic(MATH, "min", MethodTypeDesc.of(INT, INT, INT));
  }
}
