package engram.chip.noc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import engram.chip.preset.Timing;
import engram.isa.image.Mesh;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The network of flits: by hand, by its bounds, and against a slow one that shares no code with
/// it.
final class FlitNocTest {
  /// Cycles of a flit on a link, of a hop along a row, along a column, of a port; depth of queues.
  private static Timing timing(int link, int across, int down, int local, int queue) {
    return new Timing(
        1e9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, link, across, down, local, queue, 64, 64);
  }

  private static int router(Mesh mesh, int core) {
    return core == Noc.HOST ? 0 : mesh.routerOf(core);
  }

  /// Announces events from a core to others.
  private static void send(Noc noc, Mesh mesh, int core, int events, int flits, Integer... to) {
    noc.send(noc.way(core, new RouteTree(mesh, router(mesh, core), List.of(to)), flits), events);
  }

  @ParameterizedTest
  @CsvSource({
    // From core 0 at router (0, 0): flits, target core, cycles.
    "1, 0, 9", // 3 on the exit, 3 + 3 on both ports
    "1, 3, 24", // and three hops of 5
    "1, 8, 23", // and two of 7
    "1, 11, 38", // and both
    "4, 11, 47" // and three more flits of 3
  })
  void aPacketAloneTakesItsHopsItsPortsAndItsFlits(int flits, int target, int cycles) {
    var mesh = new Mesh(4, 3, 1);
    var noc = new FlitNoc(mesh, timing(3, 5, 7, 3, 8));
    send(noc, mesh, 0, 1, flits, target);
    assertThat(noc.finish()).isEqualTo(cycles);
  }

  @Test
  void aSilentStepTakesNoTime() {
    var noc = new FlitNoc(new Mesh(2, 2, 1), timing(1, 2, 2, 1, 4));
    assertThat(noc.finish()).isZero();
    assertThat(noc.linkFlits()).containsOnly(0);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "50, 1", "1, 3", "2, 3", "50, 3"})
  void withoutContentionItTakesAsLongAsTheBoundsSay(int events, int flits) {
    var mesh = new Mesh(4, 3, 2);
    var timing = timing(2, 4, 6, 3, 8);
    var flit = new FlitNoc(mesh, timing);
    var analytic = new AnalyticNoc(mesh, timing);
    for (var noc : List.of(flit, analytic)) {
      send(noc, mesh, 3, events, flits, 14, 15, 22);
    }
    assertThat(flit.finish()).isEqualTo(analytic.finish());
  }

  /// Two neighbours shower the core between them: it takes one flit a cycle from cycle 3 on, when
  /// the first two are there, and the last of 2 n flits is in it 2 cycles after it left the router.
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 100})
  void aHotSpotIsServedWithoutAGap(int n) {
    var mesh = new Mesh(3, 1, 1);
    var noc = new FlitNoc(mesh, timing(1, 2, 2, 1, 4));
    send(noc, mesh, 0, n, 1, 1);
    send(noc, mesh, 2, n, 1, 1);
    assertThat(noc.finish()).isEqualTo(3 + (2 * n - 1) + 2);
  }

  /// A queue of one flit is full from the cycle in which the flit leaves the router before, over 2
  /// cycles of hop, to the cycle after it has left: one flit in 3 cycles, where the bounds say one
  /// a cycle.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 30})
  void aFullQueueStallsTheLinkBeforeIt(int n) {
    var mesh = new Mesh(2, 1, 1);
    var noc = new FlitNoc(mesh, timing(1, 2, 2, 1, 1));
    send(noc, mesh, 0, n, 1, 1);
    assertThat(noc.finish()).isEqualTo(3L * (n - 1) + 1 + 2 + 2);
  }

  /// Core 0 sends to the hot core 2 and then to core 1, which lies on the way and is idle: the
  /// second event waits behind the first, and the first behind those of core 1 to core 2, half of
  /// them.
  @Test
  void aBlockedHeadHoldsWhatIsBehindIt() {
    var mesh = new Mesh(3, 1, 1);
    var noc = new FlitNoc(mesh, timing(1, 1, 1, 1, 1));
    send(noc, mesh, 1, 1, 1, 2);
    send(noc, mesh, 0, 1, 3, 2);
    send(noc, mesh, 0, 1, 1, 1);
    // Core 1's flit takes link 1-2 in cycle 1 and is gone from the queue there in cycle 3. The
    // three
    // flits of core 0 come to router 1 in cycle 2, find the queue full, leave in cycles 3 to 5; the
    // flit behind them, in router 0's queue since cycle 5, takes link 0-1 in 6, the exit in 7.
    assertThat(noc.finish()).isEqualTo(9);
  }

  private record Shipment(int core, int events, int flits, List<Integer> targets) {}

  private static List<Shipment> traffic(Random random, Mesh mesh, int shipments, int events) {
    var traffic = new ArrayList<Shipment>();
    for (int i = 0; i < shipments; i++) {
      int core = random.nextInt(mesh.cores() + 1) - 1;
      var targets = new TreeSet<Integer>();
      int most = random.nextBoolean() ? 1 : mesh.cores();
      for (int k = random.nextInt(most); k >= 0; k--) {
        targets.add(random.nextInt(mesh.cores()));
      }
      traffic.add(
          new Shipment(
              core, 1 + random.nextInt(events), 1 + random.nextInt(3), List.copyOf(targets)));
    }
    return traffic;
  }

  private static void announce(Noc noc, Mesh mesh, List<Shipment> traffic) {
    for (var s : traffic) {
      send(noc, mesh, s.core(), s.events(), s.flits(), s.targets().toArray(Integer[]::new));
    }
  }

  private static Mesh mesh(Random random) {
    return new Mesh(1 + random.nextInt(4), 1 + random.nextInt(4), 1 + random.nextInt(3));
  }

  private static Timing timing(Random random) {
    return timing(
        1 + random.nextInt(3),
        1 + random.nextInt(4),
        1 + random.nextInt(4),
        1 + random.nextInt(3),
        1 + random.nextInt(5));
  }

  @Test
  void agreesWithTheSlowNetworkInEveryCycleAndOnEveryLink() {
    for (int seed = 0; seed < 400; seed++) {
      var random = new Random(seed);
      var mesh = mesh(random);
      var timing = timing(random);
      String what = "seed %d, %s, %s".formatted(seed, mesh, timing);
      var noc = new FlitNoc(mesh, timing);
      var slow = new SlowNoc(mesh, timing);
      long[] expected = new long[mesh.cores()];
      int number = 0;
      for (int step = 0; step < 3; step++) {
        var traffic = traffic(random, mesh, 1 + random.nextInt(20), 6);
        announce(noc, mesh, traffic);
        for (var s : traffic) {
          for (int e = 0; e < s.events(); e++) {
            slow.send(
                s.core(), new SlowNoc.Packet(number++, s.flits(), new TreeSet<>(s.targets())));
          }
          s.targets().forEach(core -> expected[core] += (long) s.events() * s.flits());
        }
        assertThat(noc.finish()).as("cycles of step %d, %s", step, what).isEqualTo(slow.finish());
      }
      assertThat(noc.linkFlits()).as(what).isEqualTo(slow.linkFlits());
      assertThat(noc.localFlits()).as(what).isEqualTo(slow.localFlits());
      for (int core = 0; core < mesh.cores(); core++) {
        assertThat(noc.delivered(core)).as("core %d, %s", core, what).isEqualTo(expected[core]);
        assertThat(slow.delivered.get(core)).as(what).hasSize((int) expected[core]);
        assertThat(slow.delivered.get(core).stream().map(d -> d.packet().number() * 4 + d.flit()))
            .as("core %d gets every flit once, %s", core, what)
            .doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void isNeverFasterThanItsBoundsAndCountsAsTheAnalyticModel() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var mesh = mesh(random);
      var timing = timing(random);
      var flit = new FlitNoc(mesh, timing);
      var analytic = new AnalyticNoc(mesh, timing);
      var traffic = traffic(random, mesh, 1 + random.nextInt(30), 10);
      announce(flit, mesh, traffic);
      announce(analytic, mesh, traffic);
      long longest = 0;
      for (var s : traffic) {
        var tree = new RouteTree(mesh, router(mesh, s.core()), s.targets());
        long way = tree.farthest(timing.hopHorizontal(), timing.hopVertical());
        longest = Math.max(longest, way + 2L * timing.local() + (long) s.flits() * timing.link());
      }
      long cycles = flit.finish();
      analytic.finish();
      String what = "seed %d, %s, %s".formatted(seed, mesh, timing);
      assertThat(flit.linkFlits()).as(what).isEqualTo(analytic.linkFlits());
      assertThat(flit.localFlits()).as(what).isEqualTo(analytic.localFlits());
      long busiest = IntStream.range(0, mesh.cores()).mapToLong(flit::delivered).max().orElse(0);
      for (long load : flit.linkFlits()) {
        busiest = Math.max(busiest, load);
      }
      assertThat(cycles).as(what).isGreaterThanOrEqualTo(busiest * timing.link());
      assertThat(cycles).as(what).isGreaterThanOrEqualTo(longest);
    }
  }

  @Test
  void broadcastsFromEverywhereGetThroughQueuesOfOneFlit() {
    var mesh = new Mesh(4, 4, 2);
    var noc = new FlitNoc(mesh, timing(1, 2, 3, 1, 1));
    var all = IntStream.range(0, mesh.cores()).boxed().toArray(Integer[]::new);
    for (int core = Noc.HOST; core < mesh.cores(); core++) {
      send(noc, mesh, core, 20, 3, all);
      send(noc, mesh, core, 20, 1, all);
    }
    assertThat(noc.finish()).isGreaterThan(33L * 20 * 4);
    for (int core = 0; core < mesh.cores(); core++) {
      assertThat(noc.delivered(core)).isEqualTo(33L * 20 * 4);
    }
  }

  @Test
  void theCyclesOfAStepDependOnItsTrafficAlone() {
    for (int seed = 0; seed < 40; seed++) {
      var random = new Random(seed);
      var mesh = mesh(random);
      var timing = timing(random);
      var traffic = traffic(random, mesh, 20, 8);
      var byCore = new ArrayList<>(traffic);
      Collections.shuffle(byCore, random);
      byCore.sort((a, b) -> Integer.compare(a.core(), b.core()));
      var order = new ArrayList<Shipment>();
      for (var s : byCore) {
        // Each core keeps its own order of announcement.
        order.add(
            traffic.stream()
                .filter(t -> t.core() == s.core() && !order.contains(t))
                .findFirst()
                .orElseThrow());
      }
      var first = new FlitNoc(mesh, timing);
      announce(first, mesh, traffic);
      long cycles = first.finish();
      var second = new FlitNoc(mesh, timing);
      announce(second, mesh, traffic(random, mesh, 9, 5));
      second.finish();
      announce(second, mesh, order);
      assertThat(second.finish()).as("seed %d", seed).isEqualTo(cycles);
      announce(second, mesh, traffic);
      assertThat(second.finish()).as("seed %d", seed).isEqualTo(cycles);
    }
  }

  @Test
  void allocatesNothingOnceItIsWarm() {
    var mesh = new Mesh(8, 4, 4);
    var random = new Random(3);
    var noc = new FlitNoc(mesh, timing(1, 2, 2, 1, 4));
    var traffic = traffic(random, mesh, 200, 20);
    int[] ways =
        traffic.stream()
            .mapToInt(s ->
                noc.way(
                    s.core(), new RouteTree(mesh, router(mesh, s.core()), s.targets()), s.flits()))
            .toArray();
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().threadId();
    long before = 0;
    long cycles = 0;
    for (int step = 0; step < 120; step++) {
      if (step == 20) {
        before = threads.getThreadAllocatedBytes(id);
      }
      for (int way : ways) {
        noc.send(way, 1 + (step + way) % 5);
      }
      cycles += noc.finish();
    }
    assertThat(threads.getThreadAllocatedBytes(id) - before).isZero();
    assertThat(cycles).isPositive();
  }

  @Test
  void refusesWhatItCantCarry() {
    assertThatThrownBy(() -> new FlitNoc(new Mesh(1, 1, 60), timing(1, 1, 1, 1, 1)))
        .hasMessage("cores of a router: 60 (expected: at most 59 with a network of flits)");
    assertThatThrownBy(() -> timing(1, 2, 2, 1, 0))
        .hasMessage("timing, queue: 0 (expected: at least 1)");
  }
}
