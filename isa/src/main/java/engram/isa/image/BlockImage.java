package engram.isa.image;

import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import java.util.List;
import java.util.Map;

/// The synapses of a projection that end on one slice.
///
/// @param projection index
/// @param slice index of the slice in the same core
/// @param weights initial weights; null for all zero
/// @param values initial values of row fields and parameters that differ from the program's, by
///   name
/// @param routes route table entries of the row program's streams, by name; lanes are rows
public record BlockImage(
    int projection,
    int slice,
    SynapseLayout layout,
    SynapseColumn weights,
    Map<String, int[]> values,
    Map<String, List<RouteImage>> routes) {

  public BlockImage {
    values = Map.copyOf(values);
    routes = Map.copyOf(routes);
  }

  /// The same without initial weights, which take as much room as those of a chip.
  public BlockImage withoutWeights() {
    return new BlockImage(projection, slice, layout, null, values, routes);
  }
}
