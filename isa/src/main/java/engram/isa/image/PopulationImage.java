package engram.isa.image;

import java.util.Map;
import java.util.Set;

/// A population as the network knows it, wherever its neurons are.
///
/// @param program index of its neuron program; `EXTERNAL` if the host is its source of events
/// @param lag steps by which it sees registers and clock later
/// @param groups number of neurons in a group, by the group's name in the program
/// @param recorded streams whose events also go to the host
public record PopulationImage(
    String name,
    int size,
    int program,
    int lag,
    Map<String, Integer> groups,
    Set<String> recorded) {

  /// A population without a program: the host injects its events.
  public static final int EXTERNAL = -1;

  /// The one stream of an external population.
  public static final String EXTERNAL_STREAM = "spike";

  public PopulationImage {
    groups = Map.copyOf(groups);
    recorded = Set.copyOf(recorded);
  }

  public boolean external() {
    return program == EXTERNAL;
  }
}
