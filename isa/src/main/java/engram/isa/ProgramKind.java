package engram.isa;

import java.util.Locale;

/// The three duties that microcode can have. The lanes of a program are what it runs over.
public enum ProgramKind {
  /// Lanes are the active neurons of a population; runs once per neuron and step, in UPDATE.
  NEURON,
  /// Lanes are the triggered rows of a projection (one per pre-synaptic neuron), in LEARN.
  ROW,
  /// Lanes are the triggered synapses of a projection, in LEARN, after the row program.
  SYNAPSE;

  /// The word for it in assembly.
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }
}
