package engram.firmware.network;

import java.util.Map;
import java.util.TreeMap;

/// A program by name, with values for its constants.
public record ProgramRef(String name, Map<String, Long> constants) {
  public ProgramRef {
    constants = Map.copyOf(constants);
  }

  public static ProgramRef of(String name) {
    return new ProgramRef(name, Map.of());
  }

  public ProgramRef with(String constant, long value) {
    var more = new TreeMap<>(constants);
    more.put(constant, value);
    return new ProgramRef(name, more);
  }
}
