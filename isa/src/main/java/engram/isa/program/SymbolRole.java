package engram.isa.program;

import java.util.Locale;

/// What a named value of a program is. The lower half can be declared, each by the directive of its
/// name; the upper half is always there.
public enum SymbolRole {
  /// State of a neuron or row that the program owns; `st` writes it, a reset clears it.
  FIELD("field"),
  /// Constant of a neuron or row: set by the network, read only, kept over a reset.
  PARAM("param"),
  /// Neuron: dendritic accumulator, filled by INTEGRATE. Row: accumulator, filled by `rowadd`.
  ACCUMULATOR("acc"),
  /// Output line.
  STREAM("stream"),
  /// Global register: the same for a whole population, written by the host.
  GLOBAL("global"),
  /// Group of neurons that a barrier reduces over.
  GROUP("group"),
  /// Second and further words of a synapse.
  TAG("tag"),
  /// Synapse program: field of the synapse's row.
  ROW("row"),
  /// Synapse program: accumulator of the synapse's row.
  ROW_ACCUMULATOR("rowacc"),
  /// Synapse program: field, accumulator or stream of the target neuron.
  POST("post"),

  /// Logical index of the neuron in its population, or of the row's source neuron.
  INDEX("index"),
  /// Logical index of the synapse's source neuron.
  SOURCE("source"),
  /// Logical index of the synapse's target neuron.
  TARGET("target"),
  /// Timestep within the sample: the low 32 bits of the clock.
  STEP("step"),
  /// Timestep within the frame, 0 to F-1.
  PHASE("phase"),
  /// Weight of the synapse.
  WEIGHT("w"),
  /// Sum of the payloads, each with its axon's sign, that arrived for the row.
  PAYLOAD("payload"),
  /// Result of the last barrier.
  REDUCED("reduced"),
  /// Index of the winner of the last ARGMAX barrier; -1 if nobody bid.
  WINNER("winner");

  private final String keyword;

  SymbolRole(String keyword) {
    this.keyword = keyword;
  }

  /// Directive that declares it, or reserved name of a built-in.
  public String keyword() {
    return keyword;
  }

  public boolean builtIn() {
    return compareTo(INDEX) >= 0;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
