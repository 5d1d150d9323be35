package engram.chip.noc;

/// The network between the cores, as far as time is concerned: which links the events of a step
/// take and how long that lasts. It never drops an event and never changes when one is delivered.
public interface Noc {
  /// Announces events of the present step that enter at one core, or at the host's link.
  ///
  /// @param core number of the core, or `HOST`
  void send(int core, RouteTree tree, int events, int flits);

  /// Ends the step; returns the cycles until its last event is delivered.
  long finish();

  /// Flits that each link carried since the start, by number of the link.
  long[] linkFlits();

  /// Flits that entered or left at cores without a link between routers.
  long localFlits();

  /// Events that do not come from a core.
  int HOST = -1;
}
