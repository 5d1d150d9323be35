package engram.isa.compile;

import engram.isa.compile.Node.Kind;
import engram.isa.compile.Node.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// A part of a section that becomes one method, small enough for the JIT compiler to keep all its
/// vectors in registers. Values that a later part needs wait in memory.
///
/// @param nodes everything that the part computes, in order: what it needs from outside the lanes
///   is computed again in each part
/// @param loaded values of lanes that an earlier part left
/// @param spilled values of lanes that a later part needs
record Piece(List<Node> nodes, Set<Node> loaded, Set<Node> spilled) {
  /// Cost of a part, in vector operations. The JIT compiler's limits on inlined code are near 250;
  /// beyond them vectors are boxed.
  static final int MOST = 120;

  /// Cuts a section into parts.
  ///
  /// @param most cost of a part
  static List<Piece> cut(List<Node> nodes, int most) {
    var parts = new ArrayList<List<Node>>();
    List<Node> part = new ArrayList<>();
    int cost = 0;
    for (var node : nodes) {
      if (!node.isLane() || node.isConstant()) {
        continue;
      }
      int own = cost(node);
      if (cost + own > most && !part.isEmpty()) {
        parts.add(part);
        part = new ArrayList<>();
        cost = 0;
      }
      part.add(node);
      cost += own;
    }
    parts.add(part);
    return assemble(parts);
  }

  private static List<Piece> assemble(List<List<Node>> parts) {
    var pieces = new ArrayList<Piece>();
    for (int p = 0; p < parts.size(); p++) {
      var own = Set.copyOf(parts.get(p));
      var loaded = new LinkedHashSet<Node>();
      var outside = new TreeSet<Node>(Comparator.comparingInt(Node::id));
      for (var node : parts.get(p)) {
        for (var source : node.sources()) {
          if (!source.isLane()) {
            collect(source, outside);
          } else if (!own.contains(source)) {
            loaded.add(source);
          }
        }
      }
      var later = new HashSet<Node>();
      for (var rest : parts.subList(p + 1, parts.size())) {
        rest.forEach(node -> later.addAll(node.sources()));
      }
      var spilled = new LinkedHashSet<Node>();
      parts.get(p).stream().filter(later::contains).forEach(spilled::add);
      var nodes = new ArrayList<>(outside);
      nodes.addAll(parts.get(p));
      pieces.add(new Piece(nodes, loaded, spilled));
    }
    return pieces;
  }

  /// Adds a value that no lane is needed for, and what it is computed from. A chain of values can
  /// be as long as the program, too long to be followed by calls.
  private static void collect(Node value, Set<Node> outside) {
    var open = new ArrayDeque<Node>();
    open.push(value);
    while (!open.isEmpty()) {
      var node = open.pop();
      if (outside.add(node)) {
        node.sources().forEach(open::push);
      }
    }
  }

  /// Vector operations that the part takes, roughly.
  int cost() {
    return nodes.stream().filter(n -> n.isLane() && !n.isConstant()).mapToInt(Piece::cost).sum();
  }

  /// Vector operations that a node takes, roughly.
  private static int cost(Node node) {
    if (node.kind() == Kind.LOAD) {
      return 2;
    }
    if (node.kind() == Kind.CHOICE) {
      return node.type() == Type.MASK ? 3 : 1;
    }
    return switch (node.in().opcode()) {
      case MOV, MIN, MAX, AND, OR, XOR, SGN, CLZ, SHLW, SHRU, ADDW, SUBW -> 2;
      case LD, LDACC, CMPEQ, CMPNE, CMPLT, CMPLE, CMPGT, CMPGE -> 1;
      case PAND, POR, PXOR, PNOT -> 1;
      case ADD, SUB, NEG, ABS, SHL -> 6;
      case SHR -> 14;
      case MUL -> 24;
      case MACZ, MAC, MAS -> 10;
      case NAR -> 18;
      case LUT -> 5;
      case LERP -> 24;
      case DRAW, BERN -> 12;
      case CAUSE -> 3;
      case ST -> 6;
      case EMIT, BID -> 4;
      case ROWADD -> 8;
      case KILL -> 2;
      case REDUCE -> 0;
    };
  }

  /// Where each value that waits lies: its number among those of its sort.
  static Map<Node, Integer> slots(List<Piece> pieces, boolean wide) {
    var slots = new java.util.LinkedHashMap<Node, Integer>();
    for (var piece : pieces) {
      for (var node : piece.spilled()) {
        if ((node.type() == Type.LONG) == wide) {
          slots.put(node, slots.size());
        }
      }
    }
    return slots;
  }
}
