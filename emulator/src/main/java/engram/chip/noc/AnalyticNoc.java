package engram.chip.noc;

import engram.chip.preset.Timing;
import engram.isa.image.Mesh;
import java.util.Arrays;

/// The network by its bounds: a step takes as long as its busiest link or port is busy, and as long
/// as the longest way on top.
public final class AnalyticNoc implements Noc {
  private final Timing timing;
  private Way[] ways = new Way[16];
  private int wayCount;
  private final long[] linkFlits;

  // What this step has put on links and ports, and which of them it has used.
  private final long[] linkLoad;
  private final long[] entryLoad;
  private final long[] exitLoad;
  private final int[] usedLinks;
  private final int[] usedEntries;
  private final int[] usedExits;
  private int links;
  private int entries;
  private int exits;

  private long localFlits;
  private long longestWay;

  /// @param entry index of the port that it enters by
  /// @param latency cycles that a flit takes from end to end when nothing is in its way
  private record Way(int entry, int[] links, int[] exits, int flits, long latency) {}

  public AnalyticNoc(Mesh mesh, Timing timing) {
    this.timing = timing;
    linkFlits = new long[4 * mesh.routers()];
    linkLoad = new long[linkFlits.length];
    entryLoad = new long[mesh.cores() + 1];
    exitLoad = new long[mesh.cores()];
    usedLinks = new int[linkLoad.length];
    usedEntries = new int[entryLoad.length];
    usedExits = new int[exitLoad.length];
  }

  @Override
  public int way(int core, RouteTree tree, int flits) {
    if (wayCount == ways.length) {
      ways = Arrays.copyOf(ways, 2 * wayCount);
    }
    ways[wayCount] =
        new Way(
            core == HOST ? entryLoad.length - 1 : core,
            tree.links(),
            tree.cores(),
            flits,
            tree.farthest(timing.hopHorizontal(), timing.hopVertical()) + 2L * timing.local());
    return wayCount++;
  }

  @Override
  public void send(int way, int events) {
    var taken = ways[way];
    long load = (long) events * taken.flits();
    if (load == 0) {
      return;
    }
    for (int link : taken.links()) {
      if (linkLoad[link] == 0) {
        usedLinks[links++] = link;
      }
      linkLoad[link] += load;
    }
    if (entryLoad[taken.entry()] == 0) {
      usedEntries[entries++] = taken.entry();
    }
    entryLoad[taken.entry()] += load;
    for (int exit : taken.exits()) {
      if (exitLoad[exit] == 0) {
        usedExits[exits++] = exit;
      }
      exitLoad[exit] += load;
    }
    localFlits += load * (1 + taken.exits().length);
    longestWay = Math.max(longestWay, taken.latency());
  }

  @Override
  public long finish() {
    if (entries == 0) {
      return 0;
    }
    long busiest =
        Math.max(drain(entryLoad, usedEntries, entries), drain(exitLoad, usedExits, exits));
    for (int i = 0; i < links; i++) {
      linkFlits[usedLinks[i]] += linkLoad[usedLinks[i]];
    }
    busiest = Math.max(busiest, drain(linkLoad, usedLinks, links));
    long cycles = busiest * timing.link() + longestWay;
    longestWay = 0;
    links = 0;
    entries = 0;
    exits = 0;
    return cycles;
  }

  /// The largest load; all go back to zero.
  private static long drain(long[] load, int[] used, int count) {
    long largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, load[used[i]]);
      load[used[i]] = 0;
    }
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
