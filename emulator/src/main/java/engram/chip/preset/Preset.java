package engram.chip.preset;

import engram.isa.image.ChipSpec;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A chip by name: geometry, memories, capabilities, timing and energy, with the evidence for each
/// figure. A preset named after a chip has that chip's sizes and figures under Engram's instruction
/// set; it claims no behaviour of that chip.
///
/// @param title what it is, in a line
/// @param facts geometry, memories and abilities with their evidence, by name
/// @param lacks what it can't do, in words
/// @param timings evidence for each figure of `timing`, by name
/// @param deadline seconds that a timestep may take, on a chip with a tick: a shorter step waits
///   for it, a longer one misses it
public record Preset(
    String title,
    ChipSpec spec,
    Map<String, Fact> facts,
    List<String> lacks,
    Timing timing,
    Map<String, Figure> timings,
    Optional<Figure> deadline,
    EnergyModel energy) {

  public Preset {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    lacks = List.copyOf(lacks);
    timings = Map.copyOf(timings);
  }

  public String name() {
    return spec.name();
  }

  /// Cycles of the deadline; 0 without one.
  public long deadlineCycles() {
    return deadline.map(d -> Math.round(d.value() * timing.clockHz())).orElse(0L);
  }
}
