package engram.chip;

import engram.chip.noc.Noc;
import engram.isa.exec.StreamColumn;

/// Where the events of an external population enter: the host emits into its stream, cores read it
/// as they read any other.
///
/// @param sent events of the steps that the ledger has not settled, as the outlet lays them out
record HostPort(int population, StreamColumn stream, Outlet outlet, int[] sent) {
  HostPort(int population, StreamColumn stream, Outlet outlet) {
    this(population, stream, outlet, new int[outlet.end()]);
  }

  /// Makes `step` the present.
  void open(long step) {
    stream.advance(step - 1);
  }

  /// Nothing more is injected for the step.
  void close(long step) {
    outlet.close(step, sent);
  }

  /// Tells the network of the events of one of the last `StepLedger.KEPT` steps.
  void announce(long step, Noc noc) {
    outlet.announce(step, noc, sent);
  }
}
