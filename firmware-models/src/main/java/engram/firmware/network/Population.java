package engram.firmware.network;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Neurons of one kind.
///
/// @param program their program, or null if the host injects their events
/// @param lag steps by which they see registers and clock later
/// @param groups neurons of a group, by the group's name in the program; left out, the group is all
/// @param values initial values of fields and parameters: one value for all, or one a neuron
/// @param record streams whose events also go to the host
/// @param cores at least so many cores; 0 for as few as possible
public record Population(
    String name,
    int neurons,
    ProgramRef program,
    int lag,
    Map<String, Integer> groups,
    Map<String, int[]> values,
    Set<String> record,
    int cores) {

  public Population {
    groups = Map.copyOf(groups);
    values = Map.copyOf(values);
    record = Set.copyOf(record);
  }

  public static Population of(String name, int neurons, ProgramRef program) {
    return new Population(name, neurons, program, 0, Map.of(), Map.of(), Set.of(), 0);
  }

  /// A population whose events the host injects.
  public static Population external(String name, int neurons) {
    return of(name, neurons, null);
  }

  public Population withLag(int lag) {
    return new Population(name, neurons, program, lag, groups, values, record, cores);
  }

  public Population withGroup(String group, int size) {
    var more = new HashMap<>(groups);
    more.put(group, size);
    return new Population(name, neurons, program, lag, more, values, record, cores);
  }

  public Population withValues(String field, int... value) {
    var more = new HashMap<>(values);
    more.put(field, value);
    return new Population(name, neurons, program, lag, groups, more, record, cores);
  }

  public Population recording(String stream) {
    var more = new HashSet<>(record);
    more.add(stream);
    return new Population(name, neurons, program, lag, groups, values, more, cores);
  }

  public Population onCores(int cores) {
    return new Population(name, neurons, program, lag, groups, values, record, cores);
  }
}
