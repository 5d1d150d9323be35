package engram.firmware.mapper;

import engram.isa.image.ChipImage;
import java.util.List;

/// A network made into an image, and where its parts went.
public record Mapping(ChipImage image, List<Placement> placements) {
  /// Neurons of a population on a core.
  public record Placement(String population, int first, int count, int core) {}

  public Mapping {
    placements = List.copyOf(placements);
  }

  /// A line a slice: which neurons are on which core.
  public String report() {
    var text = new StringBuilder();
    for (var p : placements) {
      text.append(
          "%-16s %6d to %-6d on core %d%n"
              .formatted(p.population(), p.first(), p.first() + p.count() - 1, p.core()));
    }
    return text.toString();
  }
}
