package engram.isa.exec;

import engram.isa.program.Program;

/// Values of one call of a program that did not fit a symbol whose policy is `stop`. The call goes
/// on to its end with the nearest values, then the run stops with the first: the first instruction,
/// and there the lowest row and lane. So every engine reports the same and leaves the same state.
public final class Stops {
  private final Program program;
  private final int firstIndex;
  private final boolean mirror;
  private boolean any;
  private int slot;
  private int instruction;
  private int row;
  private int lane;
  private int value;

  /// @param firstIndex logical index of lane 0
  /// @param mirror rows are targets and lanes sources
  public Stops(Program program, int firstIndex, boolean mirror) {
    this.program = program;
    this.firstIndex = firstIndex;
    this.mirror = mirror;
  }

  /// Notes a value.
  ///
  /// @param row of a synapse; 0 for neurons and rows
  public void note(int slot, int instruction, int row, int lane, int value) {
    boolean earlier =
        !any
            || instruction < this.instruction
            || instruction == this.instruction
                && (row < this.row || row == this.row && lane < this.lane);
    if (earlier) {
      any = true;
      this.slot = slot;
      this.instruction = instruction;
      this.row = row;
      this.lane = lane;
      this.value = value;
    }
  }

  /// Ends a call.
  ///
  /// @throws OverflowStop if a value was noted
  public void throwIfAny() {
    if (any) {
      any = false;
      throw new OverflowStop(program, program.symbol(slot), where(), value);
    }
  }

  private String where() {
    int index = firstIndex + lane;
    return switch (program.kind()) {
      case NEURON -> "neuron " + index;
      case ROW -> "row " + index;
      case SYNAPSE -> mirror ? synapse(index, row) : synapse(row, index);
    };
  }

  private static String synapse(int source, int target) {
    return "synapse from " + source + " to " + target;
  }
}
