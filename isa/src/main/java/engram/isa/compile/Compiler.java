package engram.isa.compile;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import engram.isa.verify.VerifiedProgram;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Makes a hidden class of a verified program. Each section is cut into pieces, each piece becomes
/// a static method; one method more calls them in order.
final class Compiler {
  /// Longest program that is compiled, in instructions: beyond it the class file's own limits are
  /// near, and the time that the JIT compiler takes.
  static final int MOST_INSTRUCTIONS = 4096;

  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(
          CD_void, CD_int, PieceWriter.FRAME, CD_long, PieceWriter.INTS, CD_int, CD_int);

  private final VerifiedProgram program;
  private final Variant variant;
  private final boolean vectors;
  private final Lowering.Lowered lowered;
  private final List<List<Piece>> pieces;
  private final boolean wide;

  /// @param vectors use the Vector API; else the scalar twin
  /// @param mostCost of a piece
  Compiler(VerifiedProgram program, Variant variant, boolean vectors, int mostCost) {
    this.program = program;
    this.variant = variant;
    this.vectors = vectors;
    lowered = Lowering.lower(program, variant);
    var tables = program.program().tables();
    wide =
        vectors
            && lowered.sections().stream()
                .flatMap(List::stream)
                .anyMatch(node -> VectorWriter.needsWide(node, tables));
    int most = vectors ? mostCost : Integer.MAX_VALUE;
    pieces = lowered.sections().stream().map(nodes -> Piece.cut(nodes, most)).toList();
  }

  /// Lanes of a block.
  int width() {
    if (!vectors) {
      return ScalarWriter.WIDTH;
    }
    return wide ? Species.HALF_INTS.length() : Species.INTS.length();
  }

  List<Cell> cells() {
    return lowered.cells();
  }

  /// Values that wait between the pieces of a section, at most: of 32 bits, and of 64.
  int spills(boolean isLong) {
    return pieces.stream().mapToInt(list -> Piece.slots(list, isLong).size()).max().orElse(0);
  }

  /// The class as bytes.
  byte[] bytes() {
    var owner = ClassDesc.of("engram.isa.compile", "Program_" + safe(program.program().name()));
    return ClassFile.of()
        .build(
            owner,
            type -> {
              type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC);
              type.withInterfaceSymbols(PieceWriter.desc(KernelCode.class));
              type.withMethodBody(INIT_NAME, MTD_void, 0, Compiler::constructor);
              type.withMethodBody("run", RUN, ClassFile.ACC_PUBLIC, code -> dispatch(code, owner));
              for (int s = 0; s < pieces.size(); s++) {
                var list = pieces.get(s);
                var ints = Piece.slots(list, false);
                var longs = Piece.slots(list, true);
                for (int p = 0; p < list.size(); p++) {
                  var piece = list.get(p);
                  type.withMethodBody(
                      name(s, p),
                      PieceWriter.METHOD,
                      ClassFile.ACC_STATIC,
                      code -> writer(code, piece, ints, longs).write());
                }
              }
            });
  }

  private static String safe(String name) {
    return name.replaceAll("[^A-Za-z0-9_]", "_");
  }

  private static void constructor(CodeBuilder code) {
    code.aload(0).invokespecial(ConstantDescs.CD_Object, INIT_NAME, MTD_void).return_();
  }

  private static String name(int section, int piece) {
    return "section" + section + "piece" + piece;
  }

  private PieceWriter writer(
      CodeBuilder code, Piece piece, Map<Node, Integer> ints, Map<Node, Integer> longs) {
    return vectors
        ? new VectorWriter(code, program, variant, lowered, piece, ints, longs, wide)
        : new ScalarWriter(code, program, variant, lowered, piece, ints, longs);
  }

  /// Calls the pieces of a section in order; where there are rows and several pieces, row by row.
  private void dispatch(CodeBuilder code, ClassDesc owner) {
    var cases = new ArrayList<SwitchCase>();
    var labels = new ArrayList<Label>();
    for (int s = 0; s < pieces.size(); s++) {
      labels.add(code.newLabel());
      cases.add(SwitchCase.of(s, labels.get(s)));
    }
    Label end = code.newLabel();
    code.iload(1).tableswitch(end, cases);
    for (int s = 0; s < pieces.size(); s++) {
      code.labelBinding(labels.get(s));
      if (variant.mode().hasRows() && pieces.get(s).size() > 1) {
        byRow(code, owner, s);
      } else {
        calls(code, owner, s, () -> code.iload(6).iload(7));
      }
      code.goto_(end);
    }
    code.labelBinding(end).return_();
  }

  private void calls(CodeBuilder code, ClassDesc owner, int section, Runnable range) {
    for (int p = 0; p < pieces.get(section).size(); p++) {
      code.aload(2).lload(3).aload(5);
      range.run();
      code.invokestatic(owner, name(section, p), PieceWriter.METHOD);
    }
  }

  private void byRow(CodeBuilder code, ClassDesc owner, int section) {
    Label next = code.newLabel();
    Label done = code.newLabel();
    int row = code.allocateLocal(TypeKind.INT);
    code.iload(6).istore(row).labelBinding(next).iload(row).iload(7);
    code.if_icmpge(done);
    calls(code, owner, section, () -> code.iload(row).iload(row).iconst_1().iadd());
    code.iinc(row, 1).goto_(next).labelBinding(done);
  }

  /// Defines the class and makes its one instance.
  ///
  /// @throws CodeTooLongException if a method or the class would be too long
  KernelCode define() {
    byte[] bytes;
    try {
      bytes = bytes();
    } catch (IllegalArgumentException tooLong) {
      throw new CodeTooLongException(tooLong);
    }
    try {
      return (KernelCode)
          MethodHandles.lookup()
              .defineHiddenClass(bytes, true)
              .lookupClass()
              .getDeclaredConstructor()
              .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("compiled " + program, e);
    }
  }
}
