package engram.cli.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import engram.chip.Phase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// How a chip is doing, from two looks at it.
final class Pulse {
  private static final int PHASES = Phase.values().length;
  private static final int MOST_CORES = 16;
  private static final int WIDEST_BAR = 40;

  /// A number, a share and two brackets, and the last column, where terminals begin a new line.
  private static final int BESIDE_BAR = 21;

  private final Glance now;
  private final double seconds;
  private final long steps;
  private final long cycles;
  private final double stepsPerSecond;
  private final double eventsPerSecond;
  private final double synapsesPerSecond;
  private final double cyclesPerStep;
  private final double joulesPerStep;
  private final List<Load> loads = new ArrayList<>();

  /// @param core its number
  /// @param share of the chip's cycles in which the core was busy
  private record Load(int core, double share) {}

  private Pulse(Glance before, Glance now) {
    var from = now.follows(before) ? before : now;
    this.now = now;
    seconds = Math.max(1e-9, (now.nanos() - before.nanos()) * 1e-9);
    steps = now.count(Glance.STEPS) - from.count(Glance.STEPS);
    cycles = now.cost().getCycles() - from.cost().getCycles();
    stepsPerSecond = steps / seconds;
    eventsPerSecond = (now.count(EVENTS) - from.count(EVENTS)) / seconds;
    synapsesPerSecond = (now.count(SYNAPSES) - from.count(SYNAPSES)) / seconds;
    cyclesPerStep = steps == 0 ? 0 : (double) cycles / steps;
    joulesPerStep =
        steps == 0
            ? 0
            : (now.cost().getEnergyKnownJoules() - from.cost().getEnergyKnownJoules()) / steps;
    for (int i = 0; i < now.chip().getCoresCount(); i++) {
      long busy = busy(now, i) - busy(from, i);
      loads.add(new Load(now.chip().getCores(i), cycles == 0 ? 0 : (double) busy / cycles));
    }
  }

  private static final String EVENTS = "events-emitted";
  private static final String SYNAPSES = "forward-operations";

  static Pulse between(Glance before, Glance now) {
    return new Pulse(before, now);
  }

  /// Cycles of the core at an index, of all phases.
  private static long busy(Glance glance, int index) {
    long busy = 0;
    for (int phase = 0; phase < PHASES; phase++) {
      int at = index * PHASES + phase;
      busy += at < glance.cost().getCoreCyclesCount() ? glance.cost().getCoreCycles(at) : 0;
    }
    return busy;
  }

  private double busiest() {
    return loads.stream().mapToDouble(Load::share).max().orElse(0);
  }

  private boolean isLoaded() {
    return !now.chip().getNetwork().isEmpty();
  }

  /// One line, where lines follow each other.
  String line() {
    if (!isLoaded()) {
      return "nothing loaded";
    }
    return "step %d, %s: %,.1f steps/s, %,.0f events/s, %,.0f cycles/step, busiest core %.0f %%, answer in %.1f ms, %s"
        .formatted(
            now.chip().getStep(),
            state(),
            stepsPerSecond,
            eventsPerSecond,
            cyclesPerStep,
            100 * busiest(),
            now.latencyNanos() * 1e-6,
            InfoCommand.energy(now.cost()));
  }

  private String state() {
    return now.chip().getRunning() ? "running" : "at rest";
  }

  /// Some lines, for a terminal.
  ///
  /// @param columns that the terminal has
  List<String> lines(int columns) {
    var lines = new ArrayList<String>();
    lines.add(
        "lease %s  chip %s  %s"
            .formatted(
                now.lease(),
                now.chip().getPreset(),
                isLoaded() ? "network " + now.chip().getNetwork() : "nothing loaded"));
    if (isLoaded()) {
      lines.add("step    %,16d  %s".formatted(now.chip().getStep(), state()));
      lines.add("rate    %,16.1f  steps/s".formatted(stepsPerSecond));
      lines.add("        %,16.0f  events/s".formatted(eventsPerSecond));
      lines.add("        %,16.0f  synaptic operations/s".formatted(synapsesPerSecond));
      lines.add("cycles  %,16.0f  a step".formatted(cyclesPerStep));
      lines.add("latency %,16.1f  ms from question to answer".formatted(now.latencyNanos() * 1e-6));
      lines.add(
          "energy  %16.4g  J a step, %s in all"
              .formatted(joulesPerStep, InfoCommand.energy(now.cost())));
      bars(lines, columns);
    }
    return lines.stream()
        .map(line -> line.length() < columns ? line : line.substring(0, columns - 1))
        .toList();
  }

  private void bars(List<String> lines, int columns) {
    int width = Math.clamp(columns - BESIDE_BAR, 4, WIDEST_BAR);
    var shown =
        loads.stream()
            .sorted(Comparator.comparingDouble(Load::share).reversed())
            .limit(MOST_CORES)
            .sorted(Comparator.comparingInt(Load::core))
            .toList();
    for (var load : shown) {
      int full = Math.clamp(Math.round(width * load.share()), 0, width);
      lines.add(
          "core %4d  %3.0f %%  [%s%s]"
              .formatted(
                  load.core(), 100 * load.share(), "#".repeat(full), ".".repeat(width - full)));
    }
    if (loads.size() > shown.size()) {
      lines.add("%d cores more, none busier".formatted(loads.size() - shown.size()));
    }
  }

  /// One line of JSON.
  String json() {
    var json = new ObjectMapper().createObjectNode();
    json.put("lease", now.lease());
    json.put("preset", now.chip().getPreset());
    json.put("network", now.chip().getNetwork());
    json.put("step", now.chip().getStep());
    json.put("running", now.chip().getRunning());
    json.put("seconds", seconds);
    json.put("steps", steps);
    json.put("steps_per_second", stepsPerSecond);
    json.put("events_per_second", eventsPerSecond);
    json.put("synaptic_operations_per_second", synapsesPerSecond);
    json.put("cycles_per_step", cyclesPerStep);
    json.put("latency_ms", now.latencyNanos() * 1e-6);
    json.put("joules_per_step", joulesPerStep);
    InfoCommand.energy(json, now.cost());
    var cores = json.putArray("cores");
    for (var load : loads) {
      cores.addObject().put("core", load.core()).put("load", load.share());
    }
    return json.toString();
  }
}
