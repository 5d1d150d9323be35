package engram.chip;

import engram.chip.noc.Noc;
import engram.isa.exec.StreamColumn;

/// Where the events of an external population enter: the host emits into its stream, cores read it
/// as they read any other.
///
/// @param sent events of the last two steps, by stretch of the outlet
record HostPort(int population, StreamColumn stream, Outlet outlet, int[][] sent) {
  HostPort(int population, StreamColumn stream, Outlet outlet) {
    this(population, stream, outlet, new int[2][outlet.end()]);
  }

  /// Makes `step` the present.
  void open(long step) {
    stream.advance(step - 1);
  }

  /// Nothing more is injected for the step.
  void close(long step) {
    outlet.close(step, sent[Core.slot(step)]);
  }

  /// Tells the network of the events of one of the last two steps.
  void announce(long step, Noc noc) {
    outlet.announce(noc, sent[Core.slot(step)]);
  }
}
