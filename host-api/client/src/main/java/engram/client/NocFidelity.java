package engram.client;

/// How closely the time of the network-on-chip is modelled.
public enum NocFidelity {
  /// By bounds of each step.
  ANALYTIC,
  /// Flit by flit.
  FLIT;

  engram.protocol.v1.NocFidelity wire() {
    return engram.protocol.v1.NocFidelity.valueOf("NOC_FIDELITY_" + name());
  }
}
