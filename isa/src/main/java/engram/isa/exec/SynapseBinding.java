package engram.isa.exec;

import engram.isa.NumberFormat;
import engram.isa.verify.Linkage;
import engram.isa.verify.VerifiedProgram;

/// A synapse program with the block of synapses that it runs over.
///
/// @param weightFormat width of a weight; it saturates symmetrically
/// @param tags columns by slot of the tag symbol, null elsewhere
/// @param rowStore memory of the row program, or null
/// @param post memory of the target neurons
/// @param firstTarget logical index of lane 0
/// @param mirror the block is a transposed copy: row and lane are target and source of the original
/// @param kills a bit for every place, set by `kill`; null if the program has none
public record SynapseBinding(
    VerifiedProgram program,
    Linkage linkage,
    SynapseLayout layout,
    SynapseColumn weights,
    NumberFormat weightFormat,
    SynapseColumn[] tags,
    LaneStore rowStore,
    LaneStore post,
    LongColumn payloads,
    int firstTarget,
    boolean mirror,
    long[] kills,
    Surroundings surroundings) {

  /// Largest magnitude of a weight: the range is symmetric; one bit holds 0 and 1.
  public static int weightLimit(NumberFormat format) {
    return format.max();
  }
}
