package engram.chip.noc;

import engram.chip.preset.Timing;
import engram.isa.image.Mesh;
import java.util.Arrays;

/// The network by its bounds: a step takes as long as its busiest link or port is busy, and as long
/// as the longest way on top.
public final class AnalyticNoc implements Noc {
  private final Timing timing;
  private final long[] linkFlits;
  private final long[] linkLoad;
  private final long[] entryLoad;
  private final long[] exitLoad;
  private long localFlits;
  private long longestWay;
  private boolean used;

  public AnalyticNoc(Mesh mesh, Timing timing) {
    this.timing = timing;
    linkFlits = new long[4 * mesh.routers()];
    linkLoad = new long[linkFlits.length];
    entryLoad = new long[mesh.cores() + 1];
    exitLoad = new long[mesh.cores()];
  }

  @Override
  public void send(int core, RouteTree tree, int events, int flits) {
    long load = (long) events * flits;
    used = true;
    for (int link : tree.links()) {
      linkLoad[link] += load;
    }
    entryLoad[core == HOST ? entryLoad.length - 1 : core] += load;
    for (int target : tree.cores()) {
      exitLoad[target] += load;
    }
    localFlits += load * (1 + tree.cores().length);
    longestWay =
        Math.max(
            longestWay,
            tree.farthest(timing.hopHorizontal(), timing.hopVertical()) + 2L * timing.local());
  }

  @Override
  public long finish() {
    if (!used) {
      return 0;
    }
    long busiest =
        Math.max(
            drain(linkLoad, linkFlits), Math.max(drain(entryLoad, null), drain(exitLoad, null)));
    long cycles = busiest * timing.link() + longestWay;
    longestWay = 0;
    used = false;
    return cycles;
  }

  /// The largest load; all go back to zero.
  private static long drain(long[] load, long[] total) {
    long largest = 0;
    for (int i = 0; i < load.length; i++) {
      largest = Math.max(largest, load[i]);
      if (total != null) {
        total[i] += load[i];
      }
    }
    Arrays.fill(load, 0);
    return largest;
  }

  @Override
  public long[] linkFlits() {
    return linkFlits;
  }

  @Override
  public long localFlits() {
    return localFlits;
  }
}
