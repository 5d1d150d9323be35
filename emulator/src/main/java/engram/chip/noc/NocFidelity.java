package engram.chip.noc;

import java.util.Locale;

/// How closely the network is modelled. Results are the same; cycles differ.
public enum NocFidelity {
  /// The busiest link and the longest way of each step.
  ANALYTIC,
  /// Every flit through every router, with queues that fill and stall.
  FLIT;

  /// The word for it on the command line.
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }
}
