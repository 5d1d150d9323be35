package engram.isa.compile;

import engram.isa.NumberFormat;
import java.util.List;

/// What a program is compiled for beyond its text: how its lanes lie and in which arrays its
/// symbols are.
///
/// @param storage by slot of a declared symbol; null where it lies in no array of its own
/// @param formats by slot, of what the arrays hold; null where the symbol's own format is right
/// @param weights storage of the weights; null where there are none
/// @param weightFormat what they hold
record Variant(
    Mode mode,
    List<Storage> storage,
    List<NumberFormat> formats,
    Storage weights,
    NumberFormat weightFormat) {
  enum Mode {
    /// Lanes are neurons, side by side in the columns of their slice. All run.
    NEURONS,
    /// The same; some run.
    ACTIVE_NEURONS,
    /// Values were copied together before, and are copied back behind.
    STAGED,
    /// Rows of synapses, a place for each lane.
    ROWS,
    /// The same, some places without a synapse.
    MASKED_ROWS,
    /// Transposed rows: a row is a target, its lanes are sources.
    MIRRORED_ROWS,
    MASKED_MIRRORED_ROWS;

    boolean hasRows() {
      return compareTo(ROWS) >= 0;
    }

    boolean masked() {
      return this == MASKED_ROWS || this == MASKED_MIRRORED_ROWS;
    }

    boolean mirrored() {
      return this == MIRRORED_ROWS || this == MASKED_MIRRORED_ROWS;
    }
  }
}
