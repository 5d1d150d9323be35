package engram.client;

import engram.protocol.Columns;
import engram.protocol.v1.ReadResponse;

/// Words of neurons or synapses as a step left them.
///
/// @param step number of the step that comes next
/// @param rows neurons of the source that were read; 1 for fields
/// @param columns neurons of the target, or of the population
/// @param values by row and column: row * columns + column; 0 where no synapse is
public record Words(long step, int rows, int columns, int[] values) {
  static Words of(ReadResponse read) {
    int[] values = Columns.ints("values", read.getValues());
    if ((long) read.getRows() * read.getColumns() != values.length) {
      throw new IllegalArgumentException(
          "values: %d (expected: %d, %d rows of %d)"
              .formatted(
                  values.length,
                  (long) read.getRows() * read.getColumns(),
                  read.getRows(),
                  read.getColumns()));
    }
    return new Words(read.getStep(), read.getRows(), read.getColumns(), values);
  }

  public int at(int row, int column) {
    return values[row * columns + column];
  }
}
