package engram.chip.noc;

import engram.chip.preset.Timing;
import engram.isa.image.Mesh;
import java.util.Arrays;

/// The network flit by flit.
///
/// Channels carry flits: a link from router to router, the entry port from a core (or the host)
/// into its router, the exit port from a router to a core. A channel takes one flit every `link`
/// cycles; the flit is at the far end `hopHorizontal`, `hopVertical` or `local` cycles later. Each
/// link and each entry port ends in an input queue of its router, which holds `queue` flits. Behind
/// an entry port the events of the step wait in the order in which they were announced.
///
/// What a router does in a cycle:
/// * Only the first packet of a queue, once its head flit is there, asks for channels: for all
///   branches of its way at once. Branches leave when they can, each by itself. The packet leaves
///   the queue, and its flits' places become free, when the last flit of its last branch has been
///   sent.
/// * A channel that is free takes the packet of the next queue that asks for it, in a round that
///   starts behind the one served last; in each step the rounds start anew at the first queue. The
///   packet needs room for all its flits in the queue at the far end, or that queue to be empty, so
///   that a packet longer than a queue gets on. Without room the channel waits.
/// * The flits of a packet follow each other over a channel without a gap (virtual cut-through).
///
/// Ways go along the row first, so that a queue waits only for queues farther along: the network
/// can't deadlock, whatever the depth of the queues.
///
/// The simulation is driven by two events of a packet at a channel: it has gone through, and it has
/// become the first of the next queue. Its cost is that of the hops of packets; idle routers and
/// idle cycles cost nothing.
public final class FlitNoc implements Noc {
  private static final int NONE = -1;

  /// Links out of a router.
  private static final int DIRECTIONS = 4;

  /// A queue is a bit in the requests of a channel.
  private static final int MOST_INPUTS = Long.SIZE;

  private final Mesh mesh;
  private final int link;
  private final int local;
  private final int depth;

  // Channels: links first, by number, then exits by core, then entries by core and the host's.

  private final int exits;
  private final int entries;

  /// Cycles from one end of a channel to the other.
  private final int[] latency;

  /// Where the inputs of the channel's router start in `inputs`.
  private final int[] inputsAt;

  /// Cycle from which on a channel is free.
  private final long[] busy;

  /// Inputs that ask for a channel, a bit each; of an entry port, 1 while events wait behind it.
  private final long[] requests;

  /// `round` and the bit of the input that a channel served last; less than `round` before its
  /// first service of the step.
  private final long[] turns;

  /// Queue that the packet on a channel leaves with it as the last branch, or `NONE`.
  private final int[] emptied;

  /// Flits that a channel has carried since the start.
  private final long[] carried;

  // Queues: numbered as the channel that they lie at the far end of.

  /// Queue of each input of each router.
  private final int[] inputs;

  /// The queue's bit in requests.
  private final long[] bits;

  /// Packets of a queue, those on their way to it included.
  private final int[] packets;

  /// Flits that they take or will take.
  private final int[] filled;

  /// The first packet: the node of its way.
  private final int[] heads;

  /// Its branches that have not left.
  private final int[] pending;

  // The other packets of a queue in a ring: node, and the cycle in which the head flit is there.

  private final int ringSize;
  private final int[] ringFirst;
  private final int[] ringNodes;
  private final long[] ringArrivals;

  // Ways: a node for each router of each way.

  private int[] wayRoots = new int[16];
  private int[] wayEntries = new int[16];
  private int[] wayCores = new int[16];
  private int ways;
  private int[] nodeFlits = new int[64];

  /// Next node over each link, or `NONE`.
  private int[] nodeNext = new int[64 * DIRECTIONS];

  /// Where the channels of a node start in `branches`; one entry more than nodes.
  private int[] nodeBranches = new int[65];

  private int[] branches = new int[64];
  private int nodes;

  // What waits behind the entry ports: runs of events with one way.

  private int[] runRoots = new int[16];
  private int[] runEvents = new int[16];
  private int[] runNext = new int[16];
  private int runs;
  private final int[] firstRun;
  private final int[] lastRun;
  private final int[] sources;
  private int sourceCount;

  // Events of the simulation in a wheel of cycles: a list for each. Event `c` says that channel `c`
  // is free again, event `channels + q` that the head of queue `q` is there.

  private final int[] nextEvent;
  private int[] wheel = new int[0];
  private long[] occupied = new long[0];
  private int wheelMask;
  private int scheduled;

  /// Channels that may take a packet in the present cycle; some stand twice.
  private final int[] ready;

  private int readyCount;
  private long now;
  private long round;
  private long undelivered;
  private long lastDelivery;

  public FlitNoc(Mesh mesh, Timing timing) {
    this.mesh = mesh;
    link = timing.link();
    local = timing.local();
    depth = timing.queue();
    int stride = DIRECTIONS + mesh.coresPerRouter() + 1;
    if (stride > MOST_INPUTS) {
      throw new IllegalArgumentException(
          "cores of a router: %d (expected: at most %d with a network of flits)"
              .formatted(mesh.coresPerRouter(), MOST_INPUTS - DIRECTIONS - 1));
    }
    exits = DIRECTIONS * mesh.routers();
    entries = exits + mesh.cores();
    int channels = entries + mesh.cores() + 1;
    latency = new int[channels];
    inputsAt = new int[channels];
    busy = new long[channels];
    requests = new long[channels];
    turns = new long[channels];
    emptied = new int[channels];
    carried = new long[channels];
    inputs = new int[stride * mesh.routers()];
    bits = new long[channels];
    packets = new int[channels];
    filled = new int[channels];
    heads = new int[channels];
    pending = new int[channels];
    ringSize = Integer.highestOneBit(Math.max(1, 2 * depth - 1));
    ringFirst = new int[channels];
    ringNodes = new int[channels * ringSize];
    ringArrivals = new long[channels * ringSize];
    firstRun = new int[channels - entries];
    lastRun = new int[channels - entries];
    sources = new int[channels - entries];
    nextEvent = new int[2 * channels];
    ready = new int[2 * channels + channels * (DIRECTIONS + mesh.coresPerRouter())];
    Arrays.fill(latency, local);
    Arrays.fill(firstRun, NONE);
    Arrays.fill(emptied, NONE);
    for (int router = 0; router < mesh.routers(); router++) {
      for (int direction = 0; direction < DIRECTIONS; direction++) {
        int out = RouteTree.link(router, direction);
        latency[out] = RouteTree.isHorizontal(out) ? timing.hopHorizontal() : timing.hopVertical();
        inputsAt[out] = router * stride;
        if (RouteTree.exists(mesh, out)) {
          input(RouteTree.farEnd(mesh, out), direction, out, stride);
        }
      }
    }
    for (int core = 0; core < mesh.cores(); core++) {
      int router = mesh.routerOf(core);
      inputsAt[exits + core] = router * stride;
      input(router, DIRECTIONS + core % mesh.coresPerRouter(), entries + core, stride);
    }
    input(0, stride - 1, channels - 1, stride);
    turnWheel(Math.max(link, Math.max(local, Math.max(latency[0], latency[RouteTree.SOUTH]))));
  }

  private void input(int router, int bit, int queue, int stride) {
    inputs[router * stride + bit] = queue;
    bits[queue] = 1L << bit;
  }

  /// Makes the wheel hold events up to so many cycles ahead.
  private void turnWheel(int ahead) {
    int size = Math.max(Long.SIZE, Integer.highestOneBit(ahead) << 1);
    if (size > wheel.length) {
      wheel = new int[size];
      Arrays.fill(wheel, NONE);
      occupied = new long[size / Long.SIZE];
      wheelMask = size - 1;
    }
  }

  private int entry(int core) {
    return core == HOST ? nextEvent.length / 2 - 1 : entries + core;
  }

  @Override
  public int way(int core, RouteTree tree, int flits) {
    if (tree.cores().length == 0 || tree.source() != (core == HOST ? 0 : mesh.routerOf(core))) {
      throw new IllegalArgumentException("way from core " + core + " over " + tree.source());
    }
    turnWheel(flits * link);
    if (ways == wayRoots.length) {
      wayRoots = Arrays.copyOf(wayRoots, 2 * ways);
      wayEntries = Arrays.copyOf(wayEntries, 2 * ways);
      wayCores = Arrays.copyOf(wayCores, 2 * ways);
    }
    wayRoots[ways] = node(tree, tree.source(), flits);
    wayEntries[ways] = entry(core);
    wayCores[ways] = tree.cores().length;
    return ways++;
  }

  /// Makes the nodes of a way from a router on; returns the router's.
  private int node(RouteTree tree, int router, int flits) {
    int[] next = new int[DIRECTIONS];
    Arrays.fill(next, NONE);
    for (int out : tree.links()) {
      if (RouteTree.routerOf(out) == router) {
        next[RouteTree.direction(out)] = node(tree, RouteTree.farEnd(mesh, out), flits);
      }
    }
    int node = nodes++;
    if (node == nodeFlits.length) {
      nodeFlits = Arrays.copyOf(nodeFlits, 2 * node);
      nodeNext = Arrays.copyOf(nodeNext, 2 * node * DIRECTIONS);
      nodeBranches = Arrays.copyOf(nodeBranches, 2 * node + 1);
    }
    nodeFlits[node] = flits;
    System.arraycopy(next, 0, nodeNext, node * DIRECTIONS, DIRECTIONS);
    nodeBranches[node + 1] = nodeBranches[node];
    for (int direction = 0; direction < DIRECTIONS; direction++) {
      if (next[direction] != NONE) {
        branch(node, RouteTree.link(router, direction));
      }
    }
    for (int core : tree.cores()) {
      if (mesh.routerOf(core) == router) {
        branch(node, exits + core);
      }
    }
    return node;
  }

  private void branch(int node, int channel) {
    int at = nodeBranches[node + 1]++;
    if (at == branches.length) {
      branches = Arrays.copyOf(branches, 2 * at);
    }
    branches[at] = channel;
  }

  @Override
  public void send(int way, int events) {
    if (events == 0) {
      return;
    }
    if (runs == runRoots.length) {
      runRoots = Arrays.copyOf(runRoots, 2 * runs);
      runEvents = Arrays.copyOf(runEvents, 2 * runs);
      runNext = Arrays.copyOf(runNext, 2 * runs);
    }
    runRoots[runs] = wayRoots[way];
    runEvents[runs] = events;
    runNext[runs] = NONE;
    int source = wayEntries[way] - entries;
    if (firstRun[source] == NONE) {
      firstRun[source] = runs;
      sources[sourceCount++] = source;
    } else {
      runNext[lastRun[source]] = runs;
    }
    lastRun[source] = runs++;
    undelivered += (long) events * wayCores[way];
  }

  @Override
  public long finish() {
    if (sourceCount == 0) {
      return 0;
    }
    long start = now;
    for (int i = 0; i < sourceCount; i++) {
      int channel = entries + sources[i];
      requests[channel] = 1;
      ready[readyCount++] = channel;
    }
    serve(now);
    while (scheduled > 0) {
      now = nextCycle(now);
      int slot = (int) now & wheelMask;
      int event = wheel[slot];
      wheel[slot] = NONE;
      occupied[slot >> 6] &= ~(1L << slot);
      while (event != NONE) {
        scheduled--;
        int next = nextEvent[event];
        if (event < requests.length) {
          free(event, now);
        } else {
          ask(event - requests.length, now);
        }
        event = next;
      }
      serve(now);
    }
    if (undelivered != 0) {
      throw new IllegalStateException("network: " + undelivered + " events left over");
    }
    round += MOST_INPUTS + 1;
    runs = 0;
    sourceCount = 0;
    return lastDelivery - start;
  }

  /// The next cycle in which something happens.
  private long nextCycle(long cycle) {
    int from = (int) (cycle + 1) & wheelMask;
    int word = from >> 6;
    long slots = occupied[word] & -1L << from;
    while (slots == 0) {
      word = word + 1 & occupied.length - 1;
      slots = occupied[word];
    }
    int slot = (word << 6) + Long.numberOfTrailingZeros(slots);
    return cycle + 1 + (slot - from & wheelMask);
  }

  private void schedule(int event, long cycle) {
    int slot = (int) cycle & wheelMask;
    nextEvent[event] = wheel[slot];
    wheel[slot] = event;
    occupied[slot >> 6] |= 1L << slot;
    scheduled++;
  }

  /// A packet has gone through a channel.
  private void free(int channel, long cycle) {
    if (requests[channel] != 0) {
      ready[readyCount++] = channel;
    }
    int queue = emptied[channel];
    if (queue == NONE) {
      return;
    }
    filled[queue] -= nodeFlits[heads[queue]];
    if (requests[queue] != 0 && busy[queue] <= cycle) {
      ready[readyCount++] = queue;
    }
    if (--packets[queue] > 0) {
      int first = ringFirst[queue];
      int at = queue * ringSize + first;
      ringFirst[queue] = first + 1 & ringSize - 1;
      heads[queue] = ringNodes[at];
      if (ringArrivals[at] <= cycle) {
        ask(queue, cycle);
      } else {
        schedule(requests.length + queue, ringArrivals[at]);
      }
    }
  }

  /// The first packet of a queue asks for its channels.
  private void ask(int queue, long cycle) {
    int node = heads[queue];
    int from = nodeBranches[node];
    int to = nodeBranches[node + 1];
    long bit = bits[queue];
    pending[queue] = to - from;
    for (int b = from; b < to; b++) {
      int channel = branches[b];
      requests[channel] |= bit;
      if (busy[channel] <= cycle) {
        ready[readyCount++] = channel;
      }
    }
  }

  /// Gives packets to the channels that may take one.
  private void serve(long cycle) {
    for (int i = 0; i < readyCount; i++) {
      int channel = ready[i];
      if (busy[channel] <= cycle) {
        if (channel < entries) {
          carry(channel, cycle);
        } else {
          enter(channel, cycle);
        }
      }
    }
    readyCount = 0;
  }

  private void carry(int channel, long cycle) {
    long wanted = requests[channel];
    int first = (int) Math.max(0, turns[channel] - round);
    int bit = Long.numberOfTrailingZeros(Long.rotateRight(wanted, first)) + first & MOST_INPUTS - 1;
    int queue = inputs[inputsAt[channel] + bit];
    int node = heads[queue];
    int flits = nodeFlits[node];
    if (channel < exits) {
      if (!hasRoom(channel, flits)) {
        return;
      }
      int next = nodeNext[node * DIRECTIONS + (channel & DIRECTIONS - 1)];
      put(channel, next, flits, cycle + latency[channel]);
    } else {
      lastDelivery = Math.max(lastDelivery, cycle + (long) flits * link + local);
      undelivered--;
    }
    requests[channel] = wanted & ~(1L << bit);
    turns[channel] = round + bit + 1;
    emptied[channel] = --pending[queue] == 0 ? queue : NONE;
    take(channel, flits, cycle);
  }

  private void enter(int channel, long cycle) {
    int source = channel - entries;
    int run = firstRun[source];
    int root = runRoots[run];
    int flits = nodeFlits[root];
    if (!hasRoom(channel, flits)) {
      return;
    }
    put(channel, root, flits, cycle + local);
    if (--runEvents[run] == 0) {
      firstRun[source] = runNext[run];
      requests[channel] = firstRun[source] == NONE ? 0 : 1;
    }
    take(channel, flits, cycle);
  }

  private boolean hasRoom(int queue, int flits) {
    int taken = filled[queue];
    return taken == 0 || taken + flits <= depth;
  }

  /// Sends a packet on its way to a queue.
  private void put(int queue, int node, int flits, long arrival) {
    filled[queue] += flits;
    int ahead = packets[queue]++;
    if (ahead == 0) {
      heads[queue] = node;
      schedule(requests.length + queue, arrival);
    } else {
      int at = queue * ringSize + (ringFirst[queue] + ahead - 1 & ringSize - 1);
      ringNodes[at] = node;
      ringArrivals[at] = arrival;
    }
  }

  private void take(int channel, int flits, long cycle) {
    long free = cycle + (long) flits * link;
    busy[channel] = free;
    carried[channel] += flits;
    schedule(channel, free);
  }

  @Override
  public long[] linkFlits() {
    return Arrays.copyOf(carried, exits);
  }

  @Override
  public long localFlits() {
    return Arrays.stream(carried, exits, carried.length).sum();
  }

  /// Flits that went to a core since the start.
  long delivered(int core) {
    return carried[exits + core];
  }
}
