package engram.isa.compile;

import engram.isa.Instruction;
import engram.isa.verify.Range;
import java.util.ArrayList;
import java.util.List;

/// A value or an effect of a section. Registers are gone: each value has a node of its own, and
/// nodes follow each other as the section computes them.
///
/// @param id its place among all nodes of the section
/// @param level how often it is computed
/// @param range of an integer; of a mask or an effect, null
/// @param in the instruction that it comes from; null for constants and choices
/// @param index of that instruction in the program
/// @param a first source, or null
/// @param b second source, or null
/// @param c third source: the accumulator before, or the value where the mask is not set; or null
/// @param mask of a choice or an effect: where it takes place; null for everywhere
/// @param cell index of the cell of a load or store, or `NONE`
/// @param constant value of a constant
record Node(
    int id,
    Kind kind,
    Type type,
    Level level,
    Range range,
    Instruction in,
    int index,
    Node a,
    Node b,
    Node c,
    Node mask,
    int cell,
    int constant) {
  static final int NONE = -1;

  enum Kind {
    /// `constant`; of a mask 0 or -1.
    CONSTANT,
    /// The value of a cell.
    LOAD,
    /// What the instruction computes from `a`, `b` and `c`.
    COMPUTE,
    /// `a` where `mask` is set, else `c`.
    CHOICE,
    /// Store, emit, bid, addition to a row, kill.
    EFFECT
  }

  enum Type {
    INT,
    MASK,
    LONG,
    NOTHING
  }

  /// Ascending: a node is computed as often as the source that changes most often.
  enum Level {
    /// Once a call.
    CALL,
    /// Once a row of synapses.
    ROW,
    /// For every lane.
    LANE
  }

  /// The nodes that it is computed from.
  List<Node> sources() {
    var sources = new ArrayList<Node>(4);
    for (var source : new Node[] {a, b, c, mask}) {
      if (source != null) {
        sources.add(source);
      }
    }
    return sources;
  }

  /// A node is itself and no other. What a record does by default follows its sources, along each
  /// of the ways through them: 2^n of n values that are each used twice.
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return id;
  }

  boolean isConstant() {
    return kind == Kind.CONSTANT;
  }

  boolean isLane() {
    return level == Level.LANE;
  }
}
