package engram.chip;

import engram.chip.fault.DeadCore;
import engram.chip.fault.Fault;
import engram.chip.fault.PacketLoss;
import engram.isa.Draw;
import java.util.List;

/// The faults that a core has a part in, as it asks for them in a step.
final class CoreFaults {
  private final DeadCore[] deaths;
  private final PacketLoss[] losses;

  /// @param all faults of the chip
  /// @param core whose part is meant
  private CoreFaults(List<Fault> all, int core) {
    deaths =
        all.stream()
            .filter(f -> f instanceof DeadCore dead && dead.core() == core)
            .toArray(DeadCore[]::new);
    losses =
        all.stream()
            .filter(f ->
                f instanceof PacketLoss loss
                    && (loss.toCore() == PacketLoss.ANY || loss.toCore() == core))
            .toArray(PacketLoss[]::new);
  }

  /// Null if the core has a part in none.
  static CoreFaults of(List<Fault> all, int core) {
    var faults = new CoreFaults(all, core);
    return faults.deaths.length + faults.losses.length == 0 ? null : faults;
  }

  /// True if the core is dead in a step.
  boolean dead(long step) {
    for (var death : deaths) {
      if (death.from() <= step && step < death.until()) {
        return true;
      }
    }
    return false;
  }

  private static boolean holds(PacketLoss loss, long emitted) {
    return loss.from() <= emitted && emitted < loss.until();
  }

  /// True if events that are taken in in a step may get lost: those of the host for this step, and
  /// those that cores emitted in the step before.
  boolean lossy(long step) {
    for (var loss : losses) {
      if (holds(loss, step) || holds(loss, step - 1)) {
        return true;
      }
    }
    return false;
  }

  /// Lets the events of a way through that do not get lost.
  final class Sieve implements Inlet.Visitor {
    private final long[] keys = new long[losses.length];
    private final long[] limits = new long[losses.length];
    private final boolean[] here = new boolean[losses.length];
    private int active;
    private Inlet.Visitor behind;
    private long lost;
    private boolean lostHere;

    /// Makes ready for the events that come in by a way in a step.
    ///
    /// @param projection that it leads to
    /// @param visitor of the events that arrive
    Sieve over(Inlet inlet, int projection, long step, Inlet.Visitor visitor) {
      long emitted = inlet.emitted(step);
      behind = visitor;
      active = 0;
      for (var loss : losses) {
        if (holds(loss, emitted)
            && (loss.fromCore() == PacketLoss.ANY || loss.fromCore() == inlet.from())) {
          long base = Draw.base(loss.seed(), Draw.Kind.LOSS, projection);
          keys[active] = Draw.atSite(Draw.atClock(base, emitted), inlet.line());
          limits[active] = loss.probability();
          here[active] = loss.toCore() != PacketLoss.ANY;
          active++;
        }
      }
      return this;
    }

    @Override
    public void visit(int row, long payload) {
      for (int i = 0; i < active; i++) {
        if (Integer.toUnsignedLong(Draw.bits(keys[i], row)) < limits[i]) {
          lost++;
          lostHere |= here[i];
          return;
        }
      }
      behind.visit(row, payload);
    }

    /// Events that it kept back since it was asked last.
    long takeLost() {
      long taken = lost;
      lost = 0;
      return taken;
    }

    /// True if this core missed an event since, that another one may have got.
    boolean takeLostHere() {
      boolean taken = lostHere;
      lostHere = false;
      return taken;
    }
  }
}
