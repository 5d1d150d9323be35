package engram.isa.image;

import engram.isa.verify.VerifiedProgram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Every wall of a chip beside what an image takes: how full, where, and by whom.
public record LoadReport(ChipSpec spec, List<CoreUsage> cores) {
  public LoadReport {
    cores = List.copyOf(cores);
  }

  public static LoadReport of(ChipSpec spec, ChipImage image, List<VerifiedProgram> programs) {
    return new LoadReport(
        spec, image.cores().stream().map(c -> CoreUsage.of(image, c, programs)).toList());
  }

  /// The fullest core of a memory.
  public CoreUsage fullest(Memory memory) {
    return cores.stream()
        .max(Comparator.comparingLong(c -> c.used(memory)))
        .orElse(new CoreUsage(0, List.of()));
  }

  /// Why the chip has no room; empty if it has.
  public List<String> refusals() {
    var refusals = new ArrayList<String>();
    for (var core : cores) {
      for (var memory : Memory.values()) {
        long used = core.used(memory);
        int limit = memory.limit(spec.core());
        if (used > limit) {
          var worst = core.worst(memory);
          refusals.add(
              "core %d, %s: %d %s (expected: at most %d on %s); most of it, %d, is taken by %s"
                  .formatted(
                      core.core(),
                      memory.label(),
                      used,
                      memory.unit(),
                      limit,
                      spec.name(),
                      worst.amount(),
                      worst.owner()));
        }
      }
    }
    return refusals;
  }

  /// A table with one line a wall.
  public String table() {
    var text = new StringBuilder();
    text.append(
        "%-16s %10s %10s %9s  %-6s %s\n"
            .formatted("wall", "used", "of", "headroom", "core", "most by"));
    int cores = spec.mesh().cores();
    text.append(
        "%-16s %10d %10d %s\n"
            .formatted("cores", this.cores.size(), cores, headroom(this.cores.size(), cores)));
    for (var memory : Memory.values()) {
      var core = fullest(memory);
      var worst = core.worst(memory);
      long used = core.used(memory);
      int limit = memory.limit(spec.core());
      text.append(
          "%-16s %10d %10d %s  %-6d %s (%d)\n"
              .formatted(
                  memory.label(),
                  used,
                  limit,
                  headroom(used, limit),
                  core.core(),
                  worst.owner(),
                  worst.amount()));
    }
    return text.toString();
  }

  private static String headroom(long used, int limit) {
    return String.format(Locale.ROOT, "%8.1f%%", 100.0 - 100.0 * used / Math.max(1, limit));
  }
}
