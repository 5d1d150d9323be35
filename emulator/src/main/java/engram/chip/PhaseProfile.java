package engram.chip;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Where the wall time of a run went. The parts lie one beside the other: of some threads that work
/// at once, the time of each counts by its share, so that all parts add up to the time on the
/// clock.
///
/// @param phaseNanos by `Phase`, in all cores
/// @param barrierNanos of the cores' part of the steps beside that: threads that wait for others,
///   steps that are opened, the profile's own clock
/// @param aroundNanos behind the cores' barrier: sequencers, the network's time, counts
public record PhaseProfile(long[] phaseNanos, long barrierNanos, long aroundNanos) {
  /// A part of the whole.
  public record Part(String name, double seconds) {}

  /// All that the chip measured of its steps, in seconds.
  public double chipSeconds() {
    return (Arrays.stream(phaseNanos).sum() + barrierNanos + aroundNanos) * 1e-9;
  }

  /// The parts of a run; what is not the chip's is the host's.
  ///
  /// @param wallSeconds of the run, and no less than the chip's steps took
  public List<Part> parts(double wallSeconds) {
    var parts = new ArrayList<Part>();
    for (var phase : Phase.values()) {
      parts.add(
          new Part(phase.name().toLowerCase(Locale.ROOT), phaseNanos[phase.ordinal()] * 1e-9));
    }
    parts.add(new Part("barrier", barrierNanos * 1e-9));
    parts.add(new Part("network, counts", aroundNanos * 1e-9));
    parts.add(new Part("host", wallSeconds - chipSeconds()));
    return parts;
  }

  /// A line a part, and the whole.
  public String table(double wallSeconds) {
    var text = new StringBuilder("where the wall time went:\n");
    for (var part : parts(wallSeconds)) {
      line(text, part.name(), part.seconds(), wallSeconds);
    }
    line(text, "in all", wallSeconds, wallSeconds);
    return text.toString();
  }

  private static void line(StringBuilder text, String what, double seconds, double all) {
    double percent = all == 0 ? 0 : 100 * seconds / all;
    text.append("  %-18s %9.3f s %6.1f %%%n".formatted(what, seconds, percent));
  }
}
