package engram.isa.exec;

/// A row program bound to its rows.
public interface RowKernel {
  /// Runs the program over some rows.
  ///
  /// @param rows the rows, in ascending order
  /// @param fired for each of them a bit for each trigger that fired
  void run(int[] rows, int[] fired, int count, long step);
}
