package engram.isa.image;

import java.util.Locale;

/// How the synapses of a projection are laid out in memory.
public enum SynapseFormat {
  /// A weight for every pair of a row and a target neuron.
  DENSE,
  /// For each row a list of target and weight.
  SPARSE,
  /// Dense, with a bit for every place that says whether the synapse exists.
  MASKED,
  /// Patterns of synapses with shared weights, moved from row to row: a convolution.
  SHARED;

  /// The word for it in network descriptions and presets.
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }
}
