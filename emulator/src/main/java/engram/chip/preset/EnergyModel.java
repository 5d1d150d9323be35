package engram.chip.preset;

import java.util.EnumMap;
import java.util.Map;

/// Energy as counts times figures. A count without a figure is never guessed.
///
/// @param operatingPoint voltage, process, and what else the figures hold for
/// @param staticWatts power of the whole chip that does nothing, or null if unknown
/// @param picojoules of one count
/// @param included counts whose energy another count's figure includes
public record EnergyModel(
    String operatingPoint,
    Figure staticWatts,
    Map<Counter, Figure> picojoules,
    Map<Counter, Counter> included) {

  public EnergyModel {
    picojoules = Map.copyOf(picojoules);
    included = Map.copyOf(included);
  }

  /// Figures in a fixed order, so that a sum of doubles is always the same.
  Map<Counter, Figure> ordered() {
    var ordered = new EnumMap<Counter, Figure>(Counter.class);
    ordered.putAll(picojoules);
    return ordered;
  }
}
