package engram.chip;

import engram.chip.noc.Noc;
import engram.chip.preset.Timing;

/// Adds up what the steps took the chip: the slowest core, the sequencers, the network, the
/// barrier, the wait for the tick.
///
/// Nothing in the chip depends on it, so a step is settled some steps later, while the cores are at
/// work, or when somebody asks. By then the cache lines are full that a core has written its shares
/// into, so that each goes from its thread to this one once, and not in every step.
final class StepLedger {
  /// Steps that cores and ports keep their shares of: half of them are read while the other half
  /// are written.
  static final int KEPT = 32;

  private static final int BEHIND = KEPT / 2;

  private final Core[] cores;
  private final HostPort[] hostPorts;
  private final Noc noc;
  private final Timing timing;

  /// Cycles that a step takes at least: on a chip with a tick, the next step waits for it.
  private final long tick;

  /// Cycles of the sequencers.
  private final long[] sequenced = new long[KEPT];

  /// The first step that is not settled, and the first that is not over.
  private long settled;

  private long next;

  private long cycles;
  private long networkCycles;
  private long steps;

  StepLedger(Core[] cores, HostPort[] hostPorts, Noc noc, Timing timing, long tick) {
    this.cores = cores;
    this.hostPorts = hostPorts;
    this.noc = noc;
    this.timing = timing;
    this.tick = tick;
  }

  /// Where the share of a step is kept.
  static int slot(long step) {
    return (int) step & (KEPT - 1);
  }

  /// The step behind the last one is over.
  ///
  /// @param sequencerCycles that its sequencers took
  void close(long sequencerCycles) {
    sequenced[slot(next)] = sequencerCycles;
    next++;
  }

  /// Settles what is due. To be called once a step.
  void settleDue() {
    if (next - settled > BEHIND) {
      settle(settled++);
    }
  }

  private void settleAll() {
    while (settled < next) {
      settle(settled++);
    }
  }

  private void settle(long step) {
    for (var port : hostPorts) {
      port.announce(step, noc);
    }
    long slowest = 0;
    for (var core : cores) {
      slowest = Math.max(slowest, core.stepCycles(step));
      core.announce(step, noc);
    }
    long network = noc.finish();
    networkCycles += network;
    long worked = slowest + sequenced[slot(step)] + network + timing.barrier();
    cycles += Math.max(worked, tick);
    steps++;
  }

  /// The next step has another number than the one behind the last.
  void seek(long step) {
    settleAll();
    settled = step;
    next = step;
  }

  /// Steps that the chip has run.
  long steps() {
    settleAll();
    return steps;
  }

  /// Cycles of all of them.
  long cycles() {
    settleAll();
    return cycles;
  }

  /// Cycles of them that passed in the network.
  long networkCycles() {
    settleAll();
    return networkCycles;
  }

  /// The network, with all traffic so far.
  Noc noc() {
    settleAll();
    return noc;
  }
}
