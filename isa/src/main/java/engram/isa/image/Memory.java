package engram.isa.image;

import java.util.Locale;

/// The memories of a core, each a wall.
public enum Memory {
  NEURONS("neurons"),
  STATE("words"),
  SYNAPSE("words"),
  AXON("entries"),
  ROUTE("entries"),
  PROGRAM("words");

  private final String unit;

  Memory(String unit) {
    this.unit = unit;
  }

  /// What an amount counts.
  public String unit() {
    return unit;
  }

  /// How much of it a core has.
  public int limit(CoreSpec core) {
    return switch (this) {
      case NEURONS -> core.neurons();
      case STATE -> core.stateWords();
      case SYNAPSE -> core.synapseWords();
      case AXON -> core.axons();
      case ROUTE -> core.routes();
      case PROGRAM -> core.programWords();
    };
  }

  /// Its name in messages.
  public String label() {
    return this == NEURONS ? "neurons" : name().toLowerCase(Locale.ROOT) + " memory";
  }
}
