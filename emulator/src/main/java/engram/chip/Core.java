package engram.chip;

import engram.chip.preset.Counter;
import engram.chip.preset.Timing;
import engram.isa.exec.OverflowStop;
import engram.isa.image.AxonRange;
import engram.isa.image.CoreImage;
import java.util.Arrays;

/// One core: its neurons, synapses, axons, and the events that wait for it. Touches nothing but its
/// own arrays and the channels that it writes.
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

  /// Wall time spent, by `Phase`; only where a profile is asked for.
  final long[] nanos = new long[Phase.values().length];

  private final int inboxLimit;
  private final int simd;
  private final Timing timing;
  private final int[] axonBlock;
  private final int[] axonRow;
  private final byte[] axonSign;
  private final byte[] axonDelay;
  private Channel[] incoming = {};
  private Channel[] outgoing = {};
  private long stepCycles;

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
    int axons = image.axonCount();
    axonBlock = new int[axons];
    axonRow = new int[axons];
    axonSign = new byte[axons];
    axonDelay = new byte[axons];
    for (AxonRange range : image.axons()) {
      for (int i = 0; i < range.count(); i++) {
        axonBlock[range.first() + i] = range.block();
        axonRow[range.first() + i] = range.row() + i;
        axonSign[range.first() + i] = (byte) range.sign();
        axonDelay[range.first() + i] = (byte) range.delay();
      }
    }
  }

  void connect(Channel[] in, Channel[] out) {
    incoming = in;
    outgoing = out;
  }

  Channel[] incoming() {
    return incoming;
  }

  /// Cycles of the last step.
  long stepCycles() {
    return stepCycles;
  }

  int block(int axon) {
    return axonBlock[axon];
  }

  int row(int axon) {
    return axonRow[axon];
  }

  int sign(int axon) {
    return axonSign[axon];
  }

  int delay(int axon) {
    return axonDelay[axon];
  }

  /// Makes `step` the present.
  void open(long step) {
    for (var slice : slices) {
      slice.advance(step - 1);
    }
    for (var block : blocks) {
      block.advance(step - 1);
    }
  }

  /// All phases of a step, back to back.
  void run(long step) {
    try {
      stepCycles = 0;
      charge(Phase.DELIVER, deliver(step));
      charge(Phase.INTEGRATE, integrate(step));
      charge(Phase.UPDATE, update(step));
      charge(Phase.LEARN, learn(step));
      charge(Phase.EMIT, emit(step));
    } catch (OverflowStop | ChipStop reason) {
      stopped(step, reason);
    }
  }

  /// The same, with a clock read between the phases.
  void runTimed(long step) {
    try {
      stepCycles = 0;
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
        charge(phase, spent);
        nanos[phase.ordinal()] += System.nanoTime() - start;
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

  private void charge(Phase phase, long spent) {
    cycles[phase.ordinal()] += spent;
    stepCycles += spent;
  }

  private void count(Counter counter, long amount) {
    counters[counter.ordinal()] += amount;
  }

  private long deliver(long step) {
    long delivered = 0;
    for (var channel : incoming) {
      int count = channel.count(step - 1);
      int[] axons = channel.axons(step - 1);
      long[] payloads = channel.payloads(step - 1);
      for (int i = 0; i < count; i++) {
        int axon = axons[i];
        long payload = axonSign[axon] * payloads[i];
        if (axonDelay[axon] == 1) {
          blocks[axonBlock[axon]].arrive(axonRow[axon], payload, step);
          delivered++;
        } else {
          waiting.add(step - 1 + axonDelay[axon], axonBlock[axon], axonRow[axon], payload);
        }
      }
    }
    int due = waiting.count(step);
    for (int i = 0; i < due; i++) {
      blocks[waiting.block(step, i)].arrive(waiting.row(step, i), waiting.payload(step, i), step);
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

  private long integrate(long step) {
    long rows = counters[Counter.ROWS_READ.ordinal()];
    long words = counters[Counter.SYNAPSE_WORDS_READ.ordinal()];
    long operations = operations();
    for (var block : blocks) {
      block.announce(step);
    }
    for (var slice : slices) {
      for (var accumulator : slice.accumulators) {
        if (accumulator != null && !accumulator.isNarrow()) {
          accumulator.openWide(step);
        }
      }
    }
    for (var block : blocks) {
      block.integrate(step, counters);
    }
    for (var slice : slices) {
      for (var accumulator : slice.accumulators) {
        if (accumulator != null) {
          accumulator.close(step);
        }
      }
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
      if (block.learning != null) {
        spent += block.learning.run(step, counters);
      }
    }
    return spent;
  }

  private long emit(long step) {
    for (var channel : outgoing) {
      channel.open(step);
    }
    long emitted = 0;
    for (var slice : slices) {
      for (int slot = 0; slot < slice.ports.length; slot++) {
        var port = slice.ports[slot];
        if (port != null) {
          int events = port.send(slice.store.stream(slot), step);
          emitted += events;
          if (port.recorded()) {
            count(Counter.HOST_EVENTS, events);
          }
        }
      }
    }
    for (var block : blocks) {
      for (int slot = 0; slot < block.rowPorts.length; slot++) {
        if (block.rowPorts[slot] != null) {
          emitted += emitRows(block, slot, step);
        }
      }
    }
    count(Counter.EVENTS_EMITTED, emitted);
    return timing.emit() * emitted;
  }

  private static int emitRows(SynapseBlock block, int slot, long step) {
    var program = block.rowStore.program();
    var symbol = program.symbol(slot);
    var stream = block.rowStore.stream(slot);
    if (symbol.sums().isEmpty()) {
      return block.rowPorts[slot].send(stream, step);
    }
    int sum = program.slot(symbol.sums()).orElseThrow();
    return block.rowPorts[slot].sendSums(
        stream, block.rowStore.sums(sum), program, program.symbol(sum), step);
  }

  /// Forgets all activity; weights, tags and parameters stay.
  void reset() {
    for (var slice : slices) {
      slice.store.reset();
      for (var accumulator : slice.accumulators) {
        if (accumulator != null) {
          accumulator.reset();
        }
      }
    }
    for (var block : blocks) {
      block.reset();
    }
    for (var channel : incoming) {
      channel.clear();
    }
    waiting.clear();
    stop = null;
  }

  /// Forgets what was counted.
  void resetCounters() {
    Arrays.fill(counters, 0);
    Arrays.fill(cycles, 0);
  }
}
