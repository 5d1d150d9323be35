package engram.chip.noc;

/// The network between the cores, as far as time is concerned: which links the events of a step
/// take and how long that lasts. It never drops an event and never changes when one is delivered.
///
/// Every core, and the host, has a port of its own into the network. The events of a step wait
/// there from its first cycle on, in the order in which they were announced, so what the network
/// does is settled by the traffic of the step alone.
public interface Noc {
  /// Events that do not come from a core.
  int HOST = -1;

  /// Makes a way known that events will take; returns its number.
  ///
  /// @param core where they enter: number of the core, or `HOST`
  /// @param flits that an event is cut into
  int way(int core, RouteTree tree, int flits);

  /// Announces events of the present step.
  ///
  /// @param way that each of them takes
  void send(int way, int events);

  /// Ends the step; returns the cycles until its last event is delivered.
  long finish();

  /// Flits that each link carried since the start, by number of the link.
  long[] linkFlits();

  /// Flits that went through the port between a core, or the host, and its router, either way.
  long localFlits();
}
