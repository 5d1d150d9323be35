package engram.cli.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import engram.chip.Phase;
import engram.protocol.v1.ActivityResponse;
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

  private static final int MOST_STREAMS = 8;
  private static final int NAME_COLUMNS = 22;
  private static final String STREAM_ROW = "%-7s %-" + NAME_COLUMNS + "s %15s %12s  %s";

  /// More credit than anybody grants in earnest.
  private static final long MOST_CREDIT = 1L << 40;

  private final Glance now;
  private final double seconds;
  private final long steps;
  private final long cycles;
  private final double stepsPerSecond;
  private final double eventsPerSecond;
  private final double synapsesPerSecond;
  private final double cyclesPerStep;
  private final double joulesPerStep;
  private final double lateMicros;
  private final double busyMicros;
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
    var pace = now.activity().getPace();
    var paceBefore = before.activity().getPace();
    long paced = Math.max(0, pace.getSteps() - paceBefore.getSteps());
    lateMicros = mean(pace.getLatenessUs() - paceBefore.getLatenessUs(), paced);
    busyMicros = mean(pace.getBusyUs() - paceBefore.getBusyUs(), paced);
    for (int i = 0; i < now.chip().getCoresCount(); i++) {
      long busy = busy(now, i) - busy(from, i);
      loads.add(new Load(now.chip().getCores(i), cycles == 0 ? 0 : (double) busy / cycles));
    }
  }

  private static double mean(long sum, long count) {
    return count == 0 ? 0 : (double) sum / count;
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
    var activity = now.activity();
    return "step %d, %s: %,.1f steps/s, %,.0f events/s, %,.0f cycles/step, busiest core %.0f %%, answer in %.1f ms, steps %,.0f us late, deadlines missed %,d, events late %,d dropped %,d coalesced %,d lost %,d, %s"
        .formatted(
            now.chip().getStep(),
            state(),
            stepsPerSecond,
            eventsPerSecond,
            cyclesPerStep,
            100 * busiest(),
            now.latencyNanos() * 1e-6,
            lateMicros,
            activity.getPace().getMissedDeadlines(),
            activity.getLateEvents(),
            activity.getDroppedEvents(),
            activity.getCoalescedEvents(),
            activity.getLost(),
            InfoCommand.energy(now.cost()));
  }

  private String state() {
    if (!now.chip().getRunning()) {
      return "at rest";
    }
    if (!now.activity().getWaits()) {
      return "running";
    }
    return now.activity().getStreamsList().stream().anyMatch(ActivityResponse.Stream::getBlocks)
        ? "held up by a stream"
        : "waiting for samples";
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
      pace(lines);
      events(lines);
      bars(lines, columns);
      streams(lines);
    }
    return lines.stream()
        .map(line -> line.length() < columns ? line : line.substring(0, columns - 1))
        .toList();
  }

  private void pace(List<String> lines) {
    var pace = now.activity().getPace();
    boolean paced = pace.getStepUs() > 0;
    lines.add(
        paced
            ? "pace    %,16d  us a step, of which the chip takes %,.1f"
                .formatted(pace.getStepUs(), busyMicros)
            : "pace    %16s  as fast as can be".formatted("-"));
    lines.add(
        "late    %,16.1f  us a paced step, %,d at worst"
            .formatted(lateMicros, pace.getWorstLatenessUs()));
    lines.add(
        "missed  %,16d  deadlines of %,d so far"
            .formatted(pace.getMissedDeadlines(), pace.getSteps()));
  }

  private void events(List<String> lines) {
    var activity = now.activity();
    lines.add(
        "events  %,16d  late so far, of them dropped %,d"
            .formatted(activity.getLateEvents(), activity.getDroppedEvents()));
    lines.add("        %,16d  coalesced".formatted(activity.getCoalescedEvents()));
    lines.add("        %,16d  lost by streams".formatted(activity.getLost()));
    lines.add("        %,16d  waiting for their step".formatted(activity.getWaitingEvents()));
  }

  private void streams(List<String> lines) {
    var streams = now.activity().getStreamsList();
    if (streams.isEmpty()) {
      return;
    }
    lines.add(STREAM_ROW.formatted("stream", "of", "credit", "lost", "when none is left"));
    for (var stream : streams.subList(0, Math.min(MOST_STREAMS, streams.size()))) {
      lines.add(
          STREAM_ROW.formatted(
              kind(stream),
              cut(stream.getAbout()),
              credit(stream),
              "%,d".formatted(stream.getLost()),
              stream.getBlocks() ? "HOLDS THE CHIP UP" : overflow(stream)));
    }
    if (streams.size() > MOST_STREAMS) {
      lines.add("%d streams more".formatted(streams.size() - MOST_STREAMS));
    }
  }

  private static String cut(String name) {
    return name.length() <= NAME_COLUMNS ? name : name.substring(0, NAME_COLUMNS - 1) + "~";
  }

  private static String credit(ActivityResponse.Stream stream) {
    return stream.getCredit() > MOST_CREDIT ? "unlimited" : "%,d".formatted(stream.getCredit());
  }

  private static String kind(ActivityResponse.Stream stream) {
    return switch (stream.getKind()) {
      case STREAM_KIND_EVENTS -> "events";
      case STREAM_KIND_PROBE -> "probe";
      case STREAM_KIND_UDP_INPUT -> "udp in";
      case STREAM_KIND_UDP_OUTPUT -> "udp out";
      case STREAM_KIND_UNSPECIFIED, UNRECOGNIZED -> "other";
    };
  }

  private static String overflow(ActivityResponse.Stream stream) {
    return switch (stream.getOverflow()) {
      case OVERFLOW_POLICY_BLOCK -> "block";
      case OVERFLOW_POLICY_FAIL -> "fail";
      case OVERFLOW_POLICY_DROP, OVERFLOW_POLICY_UNSPECIFIED, UNRECOGNIZED -> "drop";
    };
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
    activity(json);
    return json.toString();
  }

  private void activity(ObjectNode json) {
    var activity = now.activity();
    json.put("waits", activity.getWaits());
    var pace = activity.getPace();
    json.putObject("pace")
        .put("step_us", Integer.toUnsignedLong(pace.getStepUs()))
        .put("late_us", lateMicros)
        .put("busy_us", busyMicros)
        .put("worst_lateness_us", pace.getWorstLatenessUs())
        .put("steps", pace.getSteps())
        .put("missed_deadlines", pace.getMissedDeadlines());
    json.putObject("events")
        .put("waiting", activity.getWaitingEvents())
        .put("late", activity.getLateEvents())
        .put("dropped", activity.getDroppedEvents())
        .put("coalesced", activity.getCoalescedEvents())
        .put("lost", activity.getLost());
    var streams = json.putArray("streams");
    for (var stream : activity.getStreamsList()) {
      streams
          .addObject()
          .put("kind", kind(stream))
          .put("of", stream.getAbout())
          .put("credit", stream.getCredit())
          .put("lost", stream.getLost())
          .put("overflow", overflow(stream))
          .put("blocks", stream.getBlocks())
          .put("drives", stream.getDrives());
    }
  }
}
