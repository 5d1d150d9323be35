package engram.isa.image;

import java.util.List;
import java.util.Map;

/// The neurons of a population that one core holds.
///
/// @param population index
/// @param first logical index of lane 0
/// @param values initial values of fields and parameters that differ from the program's, by name
/// @param routes route table entries, by name of the stream
public record SliceImage(
    int population,
    int first,
    int count,
    Map<String, int[]> values,
    Map<String, List<RouteImage>> routes) {

  public SliceImage {
    values = Map.copyOf(values);
    routes = Map.copyOf(routes);
  }
}
