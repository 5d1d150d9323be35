package engram.chip.preset;

import java.util.Locale;

/// How good the evidence for a figure is.
public enum Grade {
  /// Measured on silicon, or said by the makers of what they built.
  MEASURED,
  /// Simulated by the chip's makers before silicon.
  SIMULATED,
  /// Computed from figures with a source, by a formula that stands beside it.
  DERIVED,
  /// No public figure: Engram's own choice, so that it can run. Never used for energy.
  NONE;

  /// The word for it in presets.
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }
}
