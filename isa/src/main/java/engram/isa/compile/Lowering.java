package engram.isa.compile;

import engram.isa.Instruction;
import engram.isa.NumberFormat;
import engram.isa.Opcode;
import engram.isa.Operand;
import engram.isa.compile.Node.Kind;
import engram.isa.compile.Node.Level;
import engram.isa.compile.Node.Type;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import engram.isa.verify.Range;
import engram.isa.verify.Ranges;
import engram.isa.verify.VerifiedProgram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Turns the sections of a program into nodes: follows registers, predicates and accumulator
/// through the straight-line code, finds how often each value changes and what range it has, and
/// leaves out what nothing depends on.
final class Lowering {
  /// Sections as nodes.
  ///
  /// @param cells what loads and stores refer to by index, for all sections together
  record Lowered(List<List<Node>> sections, List<Cell> cells) {}

  private final VerifiedProgram verified;
  private final Program program;
  private final Variant variant;
  private final List<Cell> cells = new ArrayList<>();
  private final Node[] registers = new Node[Instruction.REGISTERS];
  private final Node[] predicates = new Node[Instruction.PREDICATES];
  private Node acc;
  private List<Node> nodes;

  private Lowering(VerifiedProgram verified, Variant variant) {
    this.verified = verified;
    this.program = verified.program();
    this.variant = variant;
  }

  static Lowered lower(VerifiedProgram program, Variant variant) {
    var lowering = new Lowering(program, variant);
    var sections = program.sections().stream().map(lowering::section).toList();
    return new Lowered(sections, List.copyOf(lowering.cells));
  }

  private List<Node> section(VerifiedProgram.Section section) {
    nodes = new ArrayList<>();
    Arrays.fill(registers, constant(Type.INT, 0));
    Arrays.fill(predicates, constant(Type.MASK, 0));
    predicates[0] = constant(Type.MASK, -1);
    acc = constant(Type.LONG, 0);
    for (int i = section.from(); i < section.to(); i++) {
      instruction(i, program.instruction(i));
    }
    return live(nodes);
  }

  /// The nodes that effects depend on, and the effects.
  private static List<Node> live(List<Node> nodes) {
    boolean[] needed = new boolean[nodes.size()];
    for (int i = nodes.size() - 1; i >= 0; i--) {
      var node = nodes.get(i);
      if (needed[i] || node.kind() == Kind.EFFECT) {
        needed[i] = true;
        node.sources().forEach(source -> needed[source.id()] = true);
      }
    }
    return nodes.stream().filter(node -> needed[node.id()]).toList();
  }

  private Node add(Node node) {
    nodes.add(node);
    return node;
  }

  private Node constant(Type type, int value) {
    var range = type == Type.MASK ? null : Range.of(value);
    return add(
        new Node(
            nodes.size(),
            Kind.CONSTANT,
            type,
            Level.CALL,
            range,
            null,
            -1,
            null,
            null,
            null,
            null,
            Node.NONE,
            value));
  }

  private static Level level(Node... sources) {
    var level = Level.CALL;
    for (var source : sources) {
      if (source != null && source.level().compareTo(level) > 0) {
        level = source.level();
      }
    }
    return level;
  }

  private void instruction(int index, Instruction in) {
    var mask = mask(in);
    if (mask.isConstant() && mask.constant() == 0) {
      return;
    }
    var format = in.opcode().format();
    switch (in.opcode()) {
      case ST, EMIT, BID, ROWADD, KILL -> effect(index, in, mask);
      case LDACC -> acc = choice(mask, loadWide(index, in), acc);
      case MACZ, MAC, MAS -> acc = choice(mask, accumulate(index, in), acc);
      case LD -> registers[in.d()] = choice(mask, load(index, in), registers[in.d()]);
      default -> {
        if (format.has(Operand.PD)) {
          predicates[in.d()] = choice(mask, predicate(index, in), predicates[in.d()]);
        } else {
          registers[in.d()] = choice(mask, value(index, in), registers[in.d()]);
        }
      }
    }
  }

  private Node mask(Instruction in) {
    var predicate = predicates[in.predicate()];
    return in.negated() ? not(predicate) : predicate;
  }

  private Node not(Node predicate) {
    return predicate.isConstant()
        ? constant(Type.MASK, ~predicate.constant())
        : compute(
            Instruction.of(Opcode.PNOT),
            -1,
            Type.MASK,
            predicate.level(),
            null,
            predicate,
            null,
            null);
  }

  private Node choice(Node mask, Node then, Node otherwise) {
    if (mask.isConstant()) {
      return then;
    }
    var range = then.type() == Type.MASK ? null : then.range().join(otherwise.range());
    return add(
        new Node(
            nodes.size(),
            Kind.CHOICE,
            then.type(),
            level(mask, then, otherwise),
            range,
            null,
            -1,
            then,
            null,
            otherwise,
            mask,
            Node.NONE,
            0));
  }

  private Node compute(
      Instruction in, int index, Type type, Level level, Range range, Node a, Node b, Node c) {
    return add(
        new Node(
            nodes.size(),
            Kind.COMPUTE,
            type,
            level,
            range,
            in,
            index,
            a,
            b,
            c,
            null,
            Node.NONE,
            0));
  }

  private Node second(Instruction in) {
    return in.constant() ? constant(Type.INT, in.immediate()) : registers[in.b()];
  }

  private Node value(int index, Instruction in) {
    var format = in.opcode().format();
    var a = format.has(Operand.RA) ? registers[in.a()] : null;
    var b = format.has(Operand.B) ? second(in) : null;
    if (in.opcode() == Opcode.MOV) {
      return b;
    }
    var c = in.opcode() == Opcode.NAR ? acc : null;
    var range = Ranges.value(in, program.tables(), range(a), range(b), range(c));
    var level = verified.site(index) >= 0 ? Level.LANE : level(a, b, c);
    return compute(in, index, Type.INT, level, range, a, b, c);
  }

  private static Range range(Node node) {
    return node == null ? Range.ZERO : node.range();
  }

  private Node accumulate(int index, Instruction in) {
    var a = registers[in.a()];
    var b = second(in);
    var c = in.opcode() == Opcode.MACZ ? null : acc;
    var range = Ranges.accumulator(in, acc.range(), a.range(), b.range());
    return compute(in, index, Type.LONG, level(a, b, c), range, a, b, c);
  }

  private Node predicate(int index, Instruction in) {
    return switch (in.opcode()) {
      case PAND, POR, PXOR -> {
        var p = predicates[in.a()];
        var q = predicates[in.b()];
        yield compute(in, index, Type.MASK, level(p, q), null, p, q, null);
      }
      case PNOT -> not(predicates[in.a()]);
      case BERN -> compute(in, index, Type.MASK, Level.LANE, null, null, second(in), null);
      case CAUSE -> compute(in, index, Type.MASK, Level.LANE, null, null, null, null);
      default -> {
        var a = registers[in.a()];
        var b = second(in);
        yield compute(in, index, Type.MASK, level(a, b), null, a, b, null);
      }
    };
  }

  private Node load(int index, Instruction in) {
    var symbol = program.symbol(in.slot());
    var level = loadLevel(symbol.role());
    boolean memory =
        switch (symbol.role()) {
          case GLOBAL, STEP, PHASE -> false;
          case INDEX, SOURCE, TARGET -> variant.mode() == Variant.Mode.STAGED;
          default -> true;
        };
    var range = Range.of(format(in.slot()));
    int cell =
        memory
            ? cell(
                new Cell(
                    in.slot(),
                    in.constant() ? 0 : in.immediate(),
                    in.constant() ? in.immediate() : Cell.CONSTANT_AGE,
                    false))
            : Node.NONE;
    return add(
        new Node(
            nodes.size(),
            Kind.LOAD,
            Type.INT,
            level,
            range,
            in,
            index,
            null,
            null,
            null,
            null,
            cell,
            0));
  }

  private Node loadWide(int index, Instruction in) {
    return add(
        new Node(
            nodes.size(),
            Kind.LOAD,
            Type.LONG,
            Level.LANE,
            Range.ANY_LONG,
            in,
            index,
            null,
            null,
            null,
            null,
            cell(new Cell(in.slot(), 0, Cell.CONSTANT_AGE, true)),
            0));
  }

  private NumberFormat format(int slot) {
    if (program.symbol(slot).role() == SymbolRole.WEIGHT) {
      return variant.weightFormat();
    }
    if (slot < variant.formats().size() && variant.formats().get(slot) != null) {
      return variant.formats().get(slot);
    }
    return program.symbol(slot).format();
  }

  /// How often what a load reads changes.
  private Level loadLevel(SymbolRole role) {
    boolean rows = variant.mode().hasRows();
    return switch (role) {
      case GLOBAL, STEP, PHASE -> Level.CALL;
      case ROW, PAYLOAD -> rows ? Level.ROW : Level.LANE;
      case SOURCE -> rows && !variant.mode().mirrored() ? Level.ROW : Level.LANE;
      case TARGET -> rows && variant.mode().mirrored() ? Level.ROW : Level.LANE;
      default -> Level.LANE;
    };
  }

  private int cell(Cell cell) {
    int known = cells.indexOf(cell);
    if (known >= 0) {
      return known;
    }
    cells.add(cell);
    return cells.size() - 1;
  }

  private void effect(int index, Instruction in, Node mask) {
    var a = in.opcode() == Opcode.ROWADD ? registers[in.a()] : null;
    var b = in.opcode() == Opcode.KILL ? null : second(in);
    int cell =
        switch (in.opcode()) {
          case ST, EMIT -> cell(Cell.present(in.slot()));
          default -> Node.NONE;
        };
    add(
        new Node(
            nodes.size(),
            Kind.EFFECT,
            Type.NOTHING,
            Level.LANE,
            null,
            in,
            index,
            a,
            b,
            null,
            mask.isConstant() ? null : mask,
            cell,
            0));
  }
}
