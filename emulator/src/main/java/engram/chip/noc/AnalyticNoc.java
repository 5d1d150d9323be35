package engram.chip.noc;

import engram.chip.preset.Timing;
import engram.isa.image.Mesh;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The network by its bounds: a step takes as long as its busiest link or port is busy, and as long
/// as the longest way on top.
public final class AnalyticNoc implements Noc {
  private final Timing timing;
  private final List<Way> ways = new ArrayList<>();
  private final long[] linkFlits;
  private final long[] linkLoad;
  private final long[] entryLoad;
  private final long[] exitLoad;
  private long localFlits;
  private long longestWay;
  private boolean used;

  /// @param entry index of the port that it enters by
  /// @param latency cycles that a flit takes from end to end when nothing is in its way
  private record Way(int entry, int[] links, int[] exits, int flits, long latency) {}

  public AnalyticNoc(Mesh mesh, Timing timing) {
    this.timing = timing;
    linkFlits = new long[4 * mesh.routers()];
    linkLoad = new long[linkFlits.length];
    entryLoad = new long[mesh.cores() + 1];
    exitLoad = new long[mesh.cores()];
  }

  @Override
  public int way(int core, RouteTree tree, int flits) {
    ways.add(
        new Way(
            core == HOST ? entryLoad.length - 1 : core,
            tree.links(),
            tree.cores(),
            flits,
            tree.farthest(timing.hopHorizontal(), timing.hopVertical()) + 2L * timing.local()));
    return ways.size() - 1;
  }

  @Override
  public void send(int way, int events) {
    var taken = ways.get(way);
    long load = (long) events * taken.flits();
    used = true;
    for (int link : taken.links()) {
      linkLoad[link] += load;
    }
    entryLoad[taken.entry()] += load;
    for (int exit : taken.exits()) {
      exitLoad[exit] += load;
    }
    localFlits += load * (1 + taken.exits().length);
    longestWay = Math.max(longestWay, taken.latency());
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
    return linkFlits.clone();
  }

  @Override
  public long localFlits() {
    return localFlits;
  }
}
