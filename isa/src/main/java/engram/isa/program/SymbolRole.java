package engram.isa.program;

import engram.isa.ProgramKind;
import java.util.Locale;
import java.util.Set;

/// What a named value of a program is. The lower half can be declared, each by the directive of its
/// name; the upper half is always there.
public enum SymbolRole {
  FIELD(
      "field",
      "state of a neuron or row that the program owns; `st` writes it, a reset clears it",
      ProgramKind.NEURON,
      ProgramKind.ROW),
  PARAM(
      "param",
      "constant of a neuron or row: set by the network, read only, kept over a reset",
      ProgramKind.NEURON,
      ProgramKind.ROW),
  ACCUMULATOR(
      "acc",
      "neuron: dendritic accumulator, filled by INTEGRATE. Row: accumulator, filled by `rowadd`",
      ProgramKind.NEURON,
      ProgramKind.ROW),
  STREAM("stream", "output line", ProgramKind.NEURON, ProgramKind.ROW),
  GLOBAL(
      "global",
      "global register: the same for a whole population, written by the host",
      ProgramKind.NEURON,
      ProgramKind.ROW,
      ProgramKind.SYNAPSE),
  GROUP("group", "group of neurons that a barrier reduces over", ProgramKind.NEURON),
  TAG("tag", "second and further words of a synapse", ProgramKind.SYNAPSE),
  ROW("row", "field of the synapse's row", ProgramKind.SYNAPSE),
  ROW_ACCUMULATOR("rowacc", "accumulator of the synapse's row", ProgramKind.SYNAPSE),
  POST("post", "field, accumulator or stream of the target neuron", ProgramKind.SYNAPSE),

  INDEX("index", "logical index of the neuron in its population, or of the row's source neuron"),
  SOURCE("source", "logical index of the synapse's source neuron"),
  TARGET("target", "logical index of the synapse's target neuron"),
  STEP("step", "timestep within the sample: the low 32 bits of the clock"),
  PHASE("phase", "timestep within the frame, 0 to F-1"),
  WEIGHT("w", "weight of the synapse"),
  PAYLOAD("payload", "sum of the payloads, each with its axon's sign, that arrived for the row"),
  REDUCED("reduced", "result of the last barrier"),
  WINNER("winner", "index of the winner of the last ARGMAX barrier; -1 if nobody bid");

  private final String keyword;
  private final String meaning;
  private final Set<ProgramKind> kinds;

  SymbolRole(String keyword, String meaning, ProgramKind... kinds) {
    this.keyword = keyword;
    this.meaning = meaning;
    this.kinds = Set.of(kinds);
  }

  /// Directive that declares it, or reserved name of a built-in.
  public String keyword() {
    return keyword;
  }

  /// What it is, in words.
  public String meaning() {
    return meaning;
  }

  /// The kinds of program that can declare it; none for a built-in.
  public Set<ProgramKind> kinds() {
    return kinds;
  }

  /// True if its declaration gives it a type.
  public boolean typed() {
    return switch (this) {
      case FIELD, PARAM, ACCUMULATOR, GLOBAL, TAG -> true;
      default -> false;
    };
  }

  /// True if programs of a kind can `ld` it.
  public boolean readBy(ProgramKind kind) {
    return switch (this) {
      case FIELD, PARAM, STREAM, INDEX -> kind != ProgramKind.SYNAPSE;
      case ACCUMULATOR, REDUCED, WINNER -> kind == ProgramKind.NEURON;
      case TAG, ROW, POST, SOURCE, TARGET, WEIGHT -> kind == ProgramKind.SYNAPSE;
      case PAYLOAD -> kind != ProgramKind.NEURON;
      case GLOBAL, STEP, PHASE -> true;
      case GROUP, ROW_ACCUMULATOR -> false;
    };
  }

  /// True if programs of a kind can `st` it.
  public boolean writtenBy(ProgramKind kind) {
    return switch (this) {
      case FIELD -> kind != ProgramKind.SYNAPSE;
      case TAG, WEIGHT -> kind == ProgramKind.SYNAPSE;
      default -> false;
    };
  }

  /// How far back it can be read.
  public Ages ages() {
    return switch (this) {
      case FIELD, ACCUMULATOR, STREAM -> Ages.OWN_HISTORY;
      case ROW, POST -> Ages.HISTORY_THERE;
      case GLOBAL, STEP, PAYLOAD -> Ages.ANY;
      default -> Ages.NONE;
    };
  }

  /// How far back a value can be read.
  public enum Ages {
    /// As it is now.
    NONE,
    /// As far as its `history` says.
    OWN_HISTORY,
    /// As far as the `history` of the program says that it belongs to.
    HISTORY_THERE,
    /// 63 steps.
    ANY
  }

  /// True if a program has it without declaring it.
  public boolean builtIn() {
    return compareTo(INDEX) >= 0;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
