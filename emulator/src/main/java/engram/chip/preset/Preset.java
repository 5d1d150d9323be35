package engram.chip.preset;

import engram.isa.image.ChipSpec;
import java.util.List;
import java.util.Map;

/// A chip by name: geometry, memories, capabilities, timing and energy, with the evidence for each
/// figure. A preset named after a chip has that chip's sizes and figures under Engram's instruction
/// set; it claims no behaviour of that chip.
///
/// @param title what it is, in a line
/// @param sources evidence for geometry, memories and capabilities
/// @param lacks what it can't do, in words
/// @param timings evidence for each figure of `timing`, by name
public record Preset(
    String title,
    ChipSpec spec,
    List<String> sources,
    List<String> lacks,
    Timing timing,
    Map<String, Figure> timings,
    EnergyModel energy) {

  public Preset {
    sources = List.copyOf(sources);
    lacks = List.copyOf(lacks);
    timings = Map.copyOf(timings);
  }

  public String name() {
    return spec.name();
  }
}
