package engram.isa.exec;

/// Adds rows of synapses to dendritic accumulators: the fixed-function part of a core.
public interface Integrator {
  /// Adds each row's weights to 32-bit sums, which the caller knows can't overflow.
  ///
  /// @param rows the rows, the first `count` entries; none twice
  /// @param sums of all lanes, from `at` on
  void addOnes(int[] rows, int count, int[] sums, int at);

  /// The same, times a payload.
  ///
  /// @param payloads of all rows; that of row r at `payloadsAt + r`
  void add(int[] rows, int count, long[] payloads, int payloadsAt, int[] sums, int at);

  /// The same with 64-bit sums, for payloads of any size.
  void addWide(int[] rows, int count, long[] payloads, int payloadsAt, long[] sums);
}
