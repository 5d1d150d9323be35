package engram.chip;

import java.util.Locale;

/// Where the wall time of a run went.
///
/// @param phaseNanos by `Phase`, summed over all cores and threads
/// @param aroundNanos behind the cores' barrier: sequencers, the host's events, the network's time
public record PhaseProfile(long[] phaseNanos, long aroundNanos) {
  /// A line a phase.
  ///
  /// @param wallSeconds of the run; what no phase accounts for is the host's side and the barrier
  public String table(double wallSeconds) {
    var text = new StringBuilder("where the wall time went:\n");
    double known = 0;
    for (var phase : Phase.values()) {
      double seconds = phaseNanos[phase.ordinal()] * 1e-9;
      known += seconds;
      line(text, phase.name().toLowerCase(Locale.ROOT), seconds, wallSeconds);
    }
    double around = aroundNanos * 1e-9;
    line(text, "network, counts", around, wallSeconds);
    line(text, "host and the rest", Math.max(0, wallSeconds - known - around), wallSeconds);
    return text.toString();
  }

  private static void line(StringBuilder text, String what, double seconds, double all) {
    text.append("  %-18s %9.3f s %6.1f %%%n".formatted(what, seconds, 100 * seconds / all));
  }
}
