package engram.server;

import engram.chip.Chip;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// Saves each leased chip into its account's store every so many steps, so that a server that was
/// killed loses little.
///
/// @param everySteps 0: never
record CheckpointPlan(long everySteps) {
  private static final Logger LOG = System.getLogger(CheckpointPlan.class.getName());

  /// What the file of a lease is called before the lease's name.
  static final String PREFIX = "auto-";

  void apply(Lease lease) {
    if (everySteps > 0) {
      lease.runner().post(() -> lease.runner().keep(new Keeper(lease, everySteps)));
    }
  }

  private static final class Keeper implements Checkpoint {
    private final Lease lease;
    private final long everySteps;
    private long next;

    Keeper(Lease lease, long everySteps) {
      this.lease = lease;
      this.everySteps = everySteps;
      next = everySteps;
    }

    @Override
    public void rest(Chip chip, long samples) {
      long step = chip.timestep();
      if (step < next && next - step <= everySteps) {
        return;
      }
      next = step + everySteps;
      try {
        lease
            .account()
            .store()
            .write(PREFIX + lease.name(), out -> chip.snapshot("samples: " + samples, out));
      } catch (IOException | RuntimeException e) {
        LOG.log(Level.WARNING, "snapshot of {0}: {1}", lease.name(), e);
      }
    }
  }
}
