package engram.chip.noc;

import engram.chip.preset.Timing;
import engram.isa.image.Mesh;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The network of flits as its description says, one cycle after the other, every flit by itself:
/// slow, with plain objects, and with routing of its own.
final class SlowNoc {
  private final Mesh mesh;
  private final Timing timing;
  private final List<Router> routers = new ArrayList<>();
  private final List<Channel> channels = new ArrayList<>();
  private final Map<Integer, Channel> entries = new LinkedHashMap<>();
  private long cycle;
  private long lastDelivery;

  /// What was delivered: packet and flit, by core, in order.
  final List<List<Delivery>> delivered = new ArrayList<>();

  record Delivery(Packet packet, int flit) {}

  /// A packet, with the cores that it is for.
  record Packet(int number, int flits, Set<Integer> targets) {}

  /// A packet that lies in a queue or is on its way there.
  private static final class Held {
    final Packet packet;
    final List<Channel> branches;
    final List<Channel> started = new ArrayList<>();
    final List<Channel> ended = new ArrayList<>();

    /// Cycle in which each flit is there.
    final List<Long> arrivals = new ArrayList<>();

    Held(Packet packet, List<Channel> branches) {
      this.packet = packet;
      this.branches = branches;
    }

    boolean asksFor(Channel channel, long cycle) {
      return !arrivals.isEmpty()
          && arrivals.get(0) <= cycle
          && branches.contains(channel)
          && !started.contains(channel);
    }
  }

  private static final class Queue {
    final Router router;
    final ArrayDeque<Held> packets = new ArrayDeque<>();

    Queue(Router router) {
      this.router = router;
    }

    int flits() {
      return packets.stream().mapToInt(h -> h.packet.flits).sum();
    }
  }

  private static final class Router {
    final int number;

    /// From the links that come from the west, the east, the north, the south, from cores, the
    /// host.
    final List<Queue> inputs = new ArrayList<>();

    final Map<Integer, Channel> links = new LinkedHashMap<>();
    final Map<Integer, Channel> exits = new LinkedHashMap<>();

    Router(int number) {
      this.number = number;
    }
  }

  /// A link, or the port of a core.
  private static final class Channel {
    /// Where it takes packets from; null for an entry port.
    final Router from;

    /// What waits behind an entry port.
    final ArrayDeque<Packet> waiting = new ArrayDeque<>();

    /// Where it ends; null at a core.
    final Queue to;

    final int core;
    final int latency;
    int served = -1;
    long flits;

    /// The packet that goes through, since when, and what it becomes at the far end.
    Held source;

    Packet packet;
    Held target;
    long since;

    Channel(Router from, Queue to, int core, int latency) {
      this.from = from;
      this.to = to;
      this.core = core;
      this.latency = latency;
    }
  }

  SlowNoc(Mesh mesh, Timing timing) {
    this.mesh = mesh;
    this.timing = timing;
    for (int r = 0; r < mesh.routers(); r++) {
      routers.add(new Router(r));
    }
    for (int d = 0; d < 4; d++) {
      for (var router : routers) {
        int column = mesh.column(router.number) + (d == 0 ? 1 : d == 1 ? -1 : 0);
        int row = mesh.row(router.number) + (d == 2 ? 1 : d == 3 ? -1 : 0);
        if (column >= 0 && column < mesh.columns() && row >= 0 && row < mesh.rows()) {
          var queue = input(routers.get(row * mesh.columns() + column));
          int latency = d < 2 ? timing.hopHorizontal() : timing.hopVertical();
          router.links.put(d, channel(router, queue, -1, latency));
        }
      }
    }
    for (int core = 0; core < mesh.cores(); core++) {
      delivered.add(new ArrayList<>());
      var router = routers.get(core / mesh.coresPerRouter());
      entries.put(core, channel(null, input(router), core, timing.local()));
      router.exits.put(core, channel(router, null, core, timing.local()));
    }
    entries.put(Noc.HOST, channel(null, input(routers.get(0)), Noc.HOST, timing.local()));
  }

  private static Queue input(Router router) {
    var queue = new Queue(router);
    router.inputs.add(queue);
    return queue;
  }

  private Channel channel(Router from, Queue to, int core, int latency) {
    var channel = new Channel(from, to, core, latency);
    channels.add(channel);
    return channel;
  }

  void send(int core, Packet packet) {
    entries.get(core).waiting.add(packet);
  }

  /// Runs the step; returns its cycles.
  long finish() {
    long start = cycle;
    lastDelivery = start;
    channels.forEach(c -> c.served = -1);
    while (busy()) {
      channels.forEach(this::end);
      channels.forEach(this::begin);
      channels.forEach(this::sendFlit);
      cycle++;
      if (cycle - start > 1_000_000) {
        throw new AssertionError("the network does not come to an end");
      }
    }
    return lastDelivery - start;
  }

  private boolean busy() {
    return channels.stream()
        .anyMatch(c ->
            c.packet != null || !c.waiting.isEmpty() || (c.to != null && !c.to.packets.isEmpty()));
  }

  private void end(Channel channel) {
    if (channel.packet == null
        || cycle < channel.since + (long) channel.packet.flits * timing.link()) {
      return;
    }
    if (channel.source != null) {
      channel.source.ended.add(channel);
      if (channel.source.ended.size() == channel.source.branches.size()) {
        var queue =
            channel.from.inputs.stream()
                .filter(q -> q.packets.peek() == channel.source)
                .findFirst()
                .orElseThrow();
        queue.packets.remove();
      }
    }
    channel.packet = null;
    channel.source = null;
    channel.target = null;
  }

  private void begin(Channel channel) {
    if (channel.packet != null) {
      return;
    }
    Packet packet = null;
    Held source = null;
    int input = -1;
    if (channel.from == null) {
      packet = channel.waiting.peek();
    } else {
      int inputs = channel.from.inputs.size();
      for (int i = 1; i <= inputs && source == null; i++) {
        input = (channel.served + i) % inputs;
        var first = channel.from.inputs.get(input).packets.peek();
        if (first != null && first.asksFor(channel, cycle)) {
          source = first;
          packet = first.packet;
        }
      }
    }
    if (packet == null) {
      return;
    }
    if (channel.to != null) {
      int there = channel.to.flits();
      if (there > 0 && there + packet.flits > timing.queue()) {
        return;
      }
      var targets = new TreeSet<>(packet.targets);
      if (source != null) {
        targets.removeIf(t -> next(channel.from, t) != channel);
      }
      var copy = new Packet(packet.number, packet.flits, targets);
      var branches = targets.stream().map(t -> next(channel.to.router, t)).distinct().toList();
      channel.target = new Held(copy, branches);
      channel.to.packets.add(channel.target);
    }
    if (source == null) {
      channel.waiting.remove();
    } else {
      source.started.add(channel);
      channel.served = input;
    }
    channel.source = source;
    channel.packet = packet;
    channel.since = cycle;
  }

  /// The channel that leads from a router to a core: along the row first.
  private Channel next(Router router, int core) {
    int goal = core / mesh.coresPerRouter();
    int across = mesh.column(goal) - mesh.column(router.number);
    int down = mesh.row(goal) - mesh.row(router.number);
    if (across != 0) {
      return router.links.get(across > 0 ? 0 : 1);
    }
    return down != 0 ? router.links.get(down > 0 ? 2 : 3) : router.exits.get(core);
  }

  private void sendFlit(Channel channel) {
    if (channel.packet == null || (cycle - channel.since) % timing.link() != 0) {
      return;
    }
    int flit = (int) ((cycle - channel.since) / timing.link());
    if (channel.source != null && channel.source.arrivals.get(flit) > cycle) {
      throw new AssertionError("flit " + flit + " leaves before it is there");
    }
    channel.flits++;
    if (channel.target != null) {
      channel.target.arrivals.add(cycle + channel.latency);
    } else {
      delivered.get(channel.core).add(new Delivery(channel.packet, flit));
      lastDelivery = Math.max(lastDelivery, cycle + timing.link() + channel.latency);
    }
  }

  long[] linkFlits() {
    long[] flits = new long[4 * mesh.routers()];
    for (var router : routers) {
      router.links.forEach((d, channel) -> flits[4 * router.number + d] = channel.flits);
    }
    return flits;
  }

  long localFlits() {
    return channels.stream()
        .filter(c -> c.from == null || c.to == null)
        .mapToLong(c -> c.flits)
        .sum();
  }
}
