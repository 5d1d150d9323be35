package engram.chip.preset;

import java.util.EnumMap;
import java.util.Map;

/// Energy as counts times figures. A count without a figure is never guessed.
///
/// @param operatingPoint voltage, process, and what else the figures hold for
/// @param staticWatts power of the whole chip that does nothing, or null if unknown
/// @param picojoules of one count
/// @param included counts whose energy another figure includes: the key of its count, or
///   `static-power`
public record EnergyModel(
    String operatingPoint,
    Figure staticWatts,
    Map<Counter, Figure> picojoules,
    Map<Counter, String> included) {

  /// The term of static power in messages.
  public static final String STATIC = "static-power";

  public EnergyModel {
    picojoules = Map.copyOf(picojoules);
    included = Map.copyOf(included);
    for (var figure : picojoules.entrySet()) {
      refuseGuess(figure.getKey().key(), figure.getValue());
    }
    if (staticWatts != null) {
      refuseGuess(STATIC, staticWatts);
    }
    for (var entry : included.entrySet()) {
      boolean priced =
          entry.getValue().equals(STATIC)
              ? staticWatts != null
              : picojoules.keySet().stream().anyMatch(c -> c.key().equals(entry.getValue()));
      if (!priced) {
        throw new IllegalArgumentException(
            "energy of %s: included in %s, which has no figure"
                .formatted(entry.getKey().key(), entry.getValue()));
      }
    }
  }

  private static void refuseGuess(String what, Figure figure) {
    if (figure.grade() == Grade.NONE) {
      throw new IllegalArgumentException("energy of " + what + ": grade none");
    }
  }

  /// Figures in a fixed order, so that a sum of doubles is always the same.
  Map<Counter, Figure> ordered() {
    var ordered = new EnumMap<Counter, Figure>(Counter.class);
    ordered.putAll(picojoules);
    return ordered;
  }
}
