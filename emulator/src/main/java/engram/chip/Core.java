package engram.chip;

import engram.chip.noc.Noc;
import engram.chip.preset.Counter;
import engram.chip.preset.Timing;
import engram.isa.exec.OverflowStop;
import engram.isa.exec.Padding;
import engram.isa.exec.Registers;
import engram.isa.image.CoreImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One core: its neurons, synapses, axons, and the events that wait for it. It writes nothing but
/// its own arrays; of other cores it reads what their streams carried in the step before, of the
/// host what it has injected for the step.
final class Core {
  private static final Phase[] PHASES = Phase.values();

  final int number;
  final CoreImage image;
  final NeuronSlice[] slices;
  final SynapseBlock[] blocks;
  final EventQueue waiting = new EventQueue();

  /// What happened here, by `Counter`.
  final long[] counters = new long[Counter.values().length];

  /// Cycles spent, by `Phase`.
  final long[] cycles = new long[Phase.values().length];

  /// The share of the run's wall time that was spent here, by `Phase`; only where a profile is
  /// asked for.
  final long[] nanos = new long[Phase.values().length];

  private final int inboxLimit;
  private final int simd;
  private final Timing timing;

  /// All ways into the core.
  private Inlet[] inlets = {};

  /// Those whose events are taken all at once: plain ones whose rows no other of them leads to.
  private Inlet[] plainInlets = {};

  private Inlet[] otherInlets = {};

  /// What takes the events of each of the other inlets.
  private Inlet.Visitor[] takers = {};

  private Outlet[] outlets = {};

  /// Events of the steps that the ledger has not settled, as outlets lay them out.
  private int[] sent = {};

  /// First step whose emissions are on the way through the inlets; those of earlier steps, if the
  /// chip was restored, are in `waiting`.
  private long firstEmitted;

  /// The faults that the core has a part in, or null; what lets events through then, and where each
  /// inlet's events go from there.
  private CoreFaults faults;

  private CoreFaults.Sieve sieve;
  private Inlet.Visitor[] behindSieve;

  /// What counts the events of each inlet while the core is dead.
  private Inlet.Visitor[] droppers;

  private long dropped;

  /// True once the core has missed events that others got for the same rows.
  private boolean apart;

  /// Sum of what `fetch` found: without a use for it, the compiler would leave the loads out.
  @SuppressWarnings("UnusedVariable")
  private long seen;

  private long now;
  private long delivered;
  private final long[] stepCycles = new long[StepLedger.KEPT];

  /// Why the run has to end, or null.
  ChipStop stop;

  Core(
      CoreImage image,
      NeuronSlice[] slices,
      SynapseBlock[] blocks,
      int inboxLimit,
      int simd,
      Timing timing) {
    this.number = image.core();
    this.image = image;
    this.slices = slices;
    this.blocks = blocks;
    this.inboxLimit = inboxLimit;
    this.simd = simd;
    this.timing = timing;
  }

  /// @param ways all ways in
  /// @param streams where the core's own streams go
  void connect(List<Inlet> ways, List<Outlet> streams) {
    outlets = streams.toArray(Outlet[]::new);
    int end = streams.isEmpty() ? 0 : streams.getLast().end();
    sent = new int[end + Padding.APART];
    inlets = ways.toArray(Inlet[]::new);
    List<Inlet> plain = new ArrayList<>();
    List<Inlet> others = new ArrayList<>();
    for (var inlet : ways) {
      if (inlet.plain() && plain.stream().noneMatch(inlet::meets)) {
        plain.add(inlet);
      } else {
        others.add(inlet);
      }
    }
    plainInlets = plain.toArray(Inlet[]::new);
    otherInlets = others.toArray(Inlet[]::new);
    takers = others.stream().map(this::taker).toArray(Inlet.Visitor[]::new);
  }

  private Inlet.Visitor taker(Inlet inlet) {
    int block = inlet.block();
    if (inlet.delay() == 1) {
      var arrivals = blocks[block].arrivals;
      return (row, payload) -> {
        arrivals.add(row, payload, now);
        delivered++;
      };
    }
    int ahead = inlet.delay() - 1;
    return (row, payload) -> waiting.add(now + ahead, block, row, payload);
  }

  Inlet[] inlets() {
    return inlets;
  }

  /// First step whose emissions are read from the inlets.
  long firstEmitted() {
    return firstEmitted;
  }

  /// Goes on from a state whose waiting events have been put into `waiting`.
  void resumeAt(long step) {
    firstEmitted = step;
    for (var slice : slices) {
      slice.resumeAt(step);
    }
    for (var block : blocks) {
      block.resumeAt(step);
    }
  }

  /// Cycles of one of the last `StepLedger.KEPT` steps.
  long stepCycles(long step) {
    return stepCycles[StepLedger.slot(step)];
  }

  /// Makes `step` the present of all that is not open yet.
  void open(long step) {
    for (var slice : slices) {
      slice.open(step);
    }
    for (var block : blocks) {
      block.open(step);
    }
  }

  /// Fetches the cache lines that come from other threads in a step, all at once, where a core
  /// would wait for one after the other: those that it will write and others have read, and those
  /// that others have written.
  void fetch(long step, Registers registers) {
    for (var outlet : outlets) {
      outlet.open(step);
    }
    long sum = registers.clock(step);
    for (var inlet : inlets) {
      sum += inlet.look(step);
    }
    seen = sum;
  }

  /// All phases of a step, back to back.
  void run(long step) {
    open(step);
    try {
      stepCycles[StepLedger.slot(step)] = 0;
      if (faults != null && standsStill(step)) {
        return;
      }
      charge(step, Phase.DELIVER, deliver(step));
      charge(step, Phase.INTEGRATE, integrate(step));
      charge(step, Phase.UPDATE, update(step));
      charge(step, Phase.LEARN, learn(step));
      charge(step, Phase.EMIT, emit(step));
    } catch (OverflowStop | ChipStop reason) {
      stopped(step, reason);
    }
  }

  /// The same, with a clock read between the phases.
  ///
  /// @param threads that work at the same time
  void runTimed(long step, int threads) {
    open(step);
    try {
      stepCycles[StepLedger.slot(step)] = 0;
      if (faults != null && standsStill(step)) {
        return;
      }
      for (var phase : PHASES) {
        long start = System.nanoTime();
        long spent =
            switch (phase) {
              case DELIVER -> deliver(step);
              case INTEGRATE -> integrate(step);
              case UPDATE -> update(step);
              case LEARN -> learn(step);
              case EMIT -> emit(step);
            };
        charge(step, phase, spent);
        nanos[phase.ordinal()] += (System.nanoTime() - start) / threads;
      }
    } catch (OverflowStop | ChipStop reason) {
      stopped(step, reason);
    }
  }

  private void stopped(long step, RuntimeException reason) {
    stop =
        reason instanceof ChipStop full
            ? full
            : new ChipStop("core " + number + ", step " + step + ", " + reason.getMessage());
  }

  private void charge(long step, Phase phase, long spent) {
    cycles[phase.ordinal()] += spent;
    stepCycles[StepLedger.slot(step)] += spent;
  }

  private void count(Counter counter, long amount) {
    counters[counter.ordinal()] += amount;
  }

  private long deliver(long step) {
    now = step;
    delivered = 0;
    takeIn(step);
    int due = waiting.count(step);
    for (int i = 0; i < due; i++) {
      blocks[waiting.block(step, i)].arrivals.add(
          waiting.row(step, i), waiting.payload(step, i), step);
    }
    long held = delivered + waiting.waiting();
    if (held > inboxLimit) {
      throw new ChipStop(
          "core %d, step %d: inbox: %d events (expected: at most %d)"
              .formatted(number, step, held, inboxLimit));
    }
    waiting.remove(step);
    delivered += due;
    count(Counter.EVENTS_DELIVERED, delivered);
    return timing.event() * delivered;
  }

  private void takeIn(long step) {
    if (faults != null && faults.lossy(step)) {
      takeInThroughSieve(step, behindSieve);
      return;
    }
    for (var inlet : plainInlets) {
      if (inlet.emitted(step) >= firstEmitted) {
        delivered += inlet.deliver(blocks[inlet.block()].arrivals, step);
      }
    }
    for (int i = 0; i < otherInlets.length; i++) {
      if (otherInlets[i].emitted(step) >= firstEmitted) {
        otherInlets[i].forEach(step, takers[i]);
      }
    }
  }

  /// Takes in what a fault does not lose.
  ///
  /// @param visitors of the events of each inlet
  private void takeInThroughSieve(long step, Inlet.Visitor[] visitors) {
    for (int i = 0; i < inlets.length; i++) {
      var inlet = inlets[i];
      if (inlet.emitted(step) >= firstEmitted) {
        inlet.forEach(step, sieve.over(inlet, projection(inlet), step, visitors[i]));
      }
    }
    count(Counter.EVENTS_LOST, sieve.takeLost());
    apart |= sieve.takeLostHere();
  }

  private int projection(Inlet inlet) {
    return blocks[inlet.block()].image.projection();
  }

  private long integrate(long step) {
    long rows = counters[Counter.ROWS_READ.ordinal()];
    long words = counters[Counter.SYNAPSE_WORDS_READ.ordinal()];
    long operations = operations();
    for (var block : blocks) {
      block.announce(step);
    }
    for (var slice : slices) {
      slice.openAccumulators(step);
    }
    for (var block : blocks) {
      block.integrate(step, counters);
    }
    for (var slice : slices) {
      slice.closeAccumulators(step);
    }
    return timing.row() * (counters[Counter.ROWS_READ.ordinal()] - rows)
        + timing.word() * (counters[Counter.SYNAPSE_WORDS_READ.ordinal()] - words)
        + timing.synapse() * (operations() - operations);
  }

  private long operations() {
    return counters[Counter.FORWARD_OPERATIONS.ordinal()]
        + counters[Counter.BACKWARD_OPERATIONS.ordinal()];
  }

  private long update(long step) {
    long spent = 0;
    for (var slice : slices) {
      int running = slice.update(step);
      count(Counter.NEURONS_UPDATED, running);
      count(Counter.NEURONS_IDLE, slice.lanes() - running);
      slice.cost.count(running, counters);
      spent +=
          timing.scan() * slice.scans()
              + timing.instruction() * slice.cost.cycles(running, simd)
              + timing.neuron() * running
              + timing.idleNeuron() * (slice.lanes() - running);
    }
    return spent;
  }

  private long learn(long step) {
    long spent = 0;
    for (var block : blocks) {
      spent += block.learn(step, counters);
    }
    return spent;
  }

  private long emit(long step) {
    for (var block : blocks) {
      block.checkSums(step);
    }
    long emitted = 0;
    for (var outlet : outlets) {
      int events = outlet.close(step, sent);
      emitted += events;
      if (outlet.recorded()) {
        count(Counter.HOST_EVENTS, events);
      }
    }
    count(Counter.EVENTS_EMITTED, emitted);
    return timing.emit() * emitted;
  }

  // Faults.

  /// Takes over the faults that the core has a part in; null for none.
  void setFaults(CoreFaults own) {
    faults = own;
    if (own != null) {
      sieve = own.new Sieve();
      behindSieve = Arrays.stream(inlets).map(this::taker).toArray(Inlet.Visitor[]::new);
      droppers = new Inlet.Visitor[inlets.length];
      Arrays.fill(droppers, (Inlet.Visitor) (_, _) -> dropped++);
    }
    for (var block : blocks) {
      block.dead = false;
    }
  }

  boolean isApart() {
    return apart;
  }

  /// The core missed events in the past of a state.
  void setApart() {
    apart = true;
  }

  /// If the core is dead in a step, goes through it as such: drops what is due, emits nothing.
  private boolean standsStill(long step) {
    boolean dead = faults.dead(step);
    for (var block : blocks) {
      block.dead = dead;
    }
    if (!dead) {
      return false;
    }
    apart = true;
    dropped = waiting.count(step);
    waiting.remove(step);
    if (faults.lossy(step)) {
      takeInThroughSieve(step, droppers);
    } else {
      for (var inlet : inlets) {
        dropped += inlet.emitted(step) >= firstEmitted ? inlet.count(step) : 0;
      }
    }
    count(Counter.EVENTS_DROPPED, dropped);
    for (var outlet : outlets) {
      outlet.close(step, sent);
    }
    return true;
  }

  /// Visits the events of an inlet that wait to be taken in in a step, those left out that a fault
  /// keeps from it. An event that a dead core drops when it is due still waits.
  void forEachOnTheWay(Inlet inlet, long step, Inlet.Visitor visitor) {
    if (faults == null) {
      inlet.forEach(step, visitor);
    } else if (inlet.delay() == 1 || !faults.dead(step)) {
      inlet.forEach(step, faults.new Sieve().over(inlet, projection(inlet), step, visitor));
    }
  }

  /// Tells the network of the events of one of the last `StepLedger.KEPT` steps.
  void announce(long step, Noc noc) {
    for (var outlet : outlets) {
      outlet.announce(step, noc, sent);
    }
  }

  /// Forgets all activity; weights, tags and parameters stay.
  void reset() {
    for (var slice : slices) {
      slice.reset();
    }
    for (var block : blocks) {
      block.reset();
    }
    waiting.clear();
    firstEmitted = 0;
    apart = false;
    stop = null;
  }
}
