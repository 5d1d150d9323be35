package engram.chip;

import engram.chip.preset.Preset;
import engram.isa.exec.StreamColumn;
import engram.isa.image.CheckedImage;
import engram.isa.image.CoreImage;
import engram.isa.image.MemoryModel;
import engram.isa.program.Activity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a timestep will take the busiest core, predicted from an image before it runs, beside the
/// chip's deadline. A wall refuses, a budget warns: the network runs all the same, late.
///
/// @param loads one for each case that is predicted
public record StepBudget(Preset preset, List<Load> loads) {
  /// What is taken to happen in the step.
  public enum Case {
    /// Every neuron runs, no event arrives.
    NEURONS("every neuron runs, no event arrives"),
    /// Every neuron runs, and every axon gets one event.
    EVENTS("every neuron runs, every axon gets one event");

    private final String words;

    Case(String words) {
      this.words = words;
    }

    /// The case in words.
    public String words() {
      return words;
    }
  }

  /// The busiest core in a case.
  ///
  /// @param cycles of the core and the barrier; learning, emission and the network are left out
  /// @param owner who takes most of them: the user's name of a population or projection
  /// @param owned cycles that the owner takes
  public record Load(Case when, int core, long cycles, String owner, long owned) {}

  public StepBudget {
    loads = List.copyOf(loads);
  }

  /// Predicts the steps of an image.
  public static StepBudget of(Preset preset, CheckedImage checked) {
    var loads = new ArrayList<Load>();
    for (var when : Case.values()) {
      Load busiest = null;
      for (var core : checked.image().cores()) {
        var load = load(preset, checked, core, when);
        if (busiest == null || load.cycles() > busiest.cycles()) {
          busiest = load;
        }
      }
      if (busiest != null) {
        loads.add(busiest);
      }
    }
    return new StepBudget(preset, loads);
  }

  private static Load load(Preset preset, CheckedImage checked, CoreImage core, Case when) {
    var byOwner = new LinkedHashMap<String, Long>();
    neurons(preset, checked, core, byOwner);
    if (when == Case.EVENTS) {
      events(preset, checked, core, byOwner);
    }
    long cycles = byOwner.values().stream().mapToLong(Long::longValue).sum();
    var most =
        byOwner.entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .orElse(Map.entry("nothing", 0L));
    return new Load(
        when, core.core(), cycles + preset.timing().barrier(), most.getKey(), most.getValue());
  }

  private static void neurons(
      Preset preset, CheckedImage checked, CoreImage core, Map<String, Long> byOwner) {
    var timing = preset.timing();
    for (var slice : core.slices()) {
      var population = checked.image().populations().get(slice.population());
      var program = checked.programs().get(population.program());
      boolean scanned = program.program().activity().kind() != Activity.Kind.ALWAYS;
      long cycles =
          (scanned ? (long) timing.scan() * StreamColumn.words(slice.count()) : 0)
              + timing.instruction()
                  * new ProgramCost(program).cycles(slice.count(), preset.spec().core().lanes())
              + (long) timing.neuron() * slice.count();
      byOwner.merge(population.name(), cycles, Long::sum);
    }
  }

  private static void events(
      Preset preset, CheckedImage checked, CoreImage core, Map<String, Long> byOwner) {
    var timing = preset.timing();
    var rows = new TreeMap<Integer, boolean[]>();
    for (var axons : core.axons()) {
      var block = core.blocks().get(axons.block());
      var projection = checked.image().projections().get(block.projection());
      byOwner.merge(projection.name(), (long) timing.event() * axons.count(), Long::sum);
      boolean[] reached =
          rows.computeIfAbsent(axons.block(), _ -> new boolean[block.layout().rows()]);
      for (int i = 0; i < axons.count(); i++) {
        reached[axons.row() + i] = true;
      }
    }
    rows.forEach((index, reached) -> {
      var block = core.blocks().get(index);
      var projection = checked.image().projections().get(block.projection());
      long cycles = 0;
      for (int row = 0; row < reached.length; row++) {
        if (reached[row]) {
          int bits = projection.weights().bits();
          cycles +=
              timing.row()
                  + timing.word() * MemoryModel.rowSynapseWords(block.layout(), row, bits)
                  + (long) timing.synapse() * block.layout().live(row);
        }
      }
      byOwner.merge(projection.name(), cycles, Long::sum);
    });
  }

  /// How much longer than the deadline a load takes, in percent; negative with time to spare, and
  /// without a deadline.
  public double miss(Load load) {
    long deadline = preset.deadlineCycles();
    return deadline == 0 ? -100 : 100.0 * load.cycles() / deadline - 100;
  }

  /// A sentence for each load that will miss the deadline.
  public List<String> warnings() {
    return loads.stream()
        .filter(load -> miss(load) > 0)
        .map(load ->
            "a step in which %s takes core %d %s (expected: at most %s on %s), %.1f %% too long; most of it, %s, is taken by %s"
                .formatted(
                    load.when().words(),
                    load.core(),
                    time(load.cycles()),
                    time(preset.deadlineCycles()),
                    preset.name(),
                    miss(load),
                    time(load.owned()),
                    load.owner()))
        .toList();
  }

  /// A table with one line a case.
  public String table() {
    var text = new StringBuilder();
    text.append(
        "%-46s %12s %12s %9s  %-6s %s%n"
            .formatted(
                "busiest core of a step, if", "time", "deadline", "miss", "core", "most by"));
    for (var load : loads) {
      boolean bound = preset.deadline().isPresent();
      text.append(
          "%-46s %12s %12s %9s  %-6d %s (%s)%n"
              .formatted(
                  load.when().words(),
                  time(load.cycles()),
                  bound ? time(preset.deadlineCycles()) : "none",
                  bound && miss(load) > 0 ? "%.1f%%".formatted(miss(load)) : "-",
                  load.core(),
                  load.owner(),
                  time(load.owned())));
    }
    return text.append("learning, emission and the network come on top\n").toString();
  }

  private String time(long cycles) {
    return "%.3f us".formatted(cycles / preset.timing().clockHz() * 1e6);
  }
}
