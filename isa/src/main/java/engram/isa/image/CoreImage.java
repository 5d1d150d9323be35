package engram.isa.image;

import java.util.List;

/// All that is written into one core.
///
/// @param core number of the core on the mesh
public record CoreImage(
    int core, List<SliceImage> slices, List<BlockImage> blocks, List<AxonRange> axons) {
  public CoreImage {
    slices = List.copyOf(slices);
    blocks = List.copyOf(blocks);
    axons = List.copyOf(axons);
  }

  /// The same without initial weights.
  public CoreImage withoutWeights() {
    return new CoreImage(
        core, slices, blocks.stream().map(BlockImage::withoutWeights).toList(), axons);
  }

  /// Entries of the axon table.
  public int axonCount() {
    return axons.stream().mapToInt(AxonRange::count).sum();
  }
}
