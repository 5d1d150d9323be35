package engram.cli.bench;

import engram.chip.Chip;
import engram.chip.ChipCost;
import engram.chip.ChipOptions;
import engram.chip.noc.NocFidelity;
import engram.chip.preset.Preset;
import engram.isa.compile.CompiledEngine;
import engram.isa.image.BlockImage;
import engram.isa.image.ChipImage;
import engram.isa.image.CoreImage;
import engram.isa.image.RouteImage;
import engram.isa.image.SliceImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// Measures a network on a chip: compiled on one thread, compiled on several, and interpreted, each
/// on a chip of its own. First all do the same, and must come to the same state and counts; then
/// they take turns.
final class ChipTrial {
  static final String COMPILED = "compiled";
  static final String THREADED = "compiled, several threads";
  static final String INTERPRETED = "interpreted";

  /// How much is done, in pieces of work: samples, or steps.
  ///
  /// @param check pieces that all do first, for comparison
  /// @param warmUp pieces that compiled chips do before they are measured
  /// @param lap pieces of a round
  /// @param interpreted pieces of a round of the interpreter, and before it
  record Plan(int check, int warmUp, int lap, int interpreted) {}

  /// A chip that takes part.
  private record Entry(String name, ChipOptions options, int warmUp, int lap) {}

  private final Setting setting;
  private final Preset preset;
  private final Supplier<ChipImage> network;
  private final Function<Chip, ChipContender.Work> work;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Contender> guests = new ArrayList<>();
  private final Plan plan;
  private List<Tally> tallies = List.of();

  /// @param network makes the image; its time counts as loading
  /// @param work what a loaded chip does
  ChipTrial(
      Setting setting,
      Preset preset,
      Supplier<ChipImage> network,
      Function<Chip, ChipContender.Work> work,
      Plan plan) {
    this.setting = setting;
    this.preset = preset;
    this.network = network;
    this.work = work;
    this.plan = plan;
    entries.add(new Entry(COMPILED, compiled(), plan.warmUp(), plan.lap()));
    var interpreted = ChipOptions.reference();
    entries.add(new Entry(INTERPRETED, interpreted, plan.interpreted(), plan.interpreted()));
  }

  /// The compiled engine on one thread.
  static ChipOptions compiled() {
    return new ChipOptions(new CompiledEngine(), 1, NocFidelity.ANALYTIC, false);
  }

  /// Lets another chip take part.
  ChipTrial against(String name, ChipOptions options) {
    entries.add(new Entry(name, options, plan.warmUp(), plan.lap()));
    return this;
  }

  /// Lets something that is no chip take turns with the chips.
  ChipTrial beside(Contender guest) {
    guests.add(guest);
    return this;
  }

  /// What something that took part came to.
  Tally tally(String name) {
    return tallies.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  /// Runs the trial and notes what every network has.
  void measure(Measurement measurement) throws IOException {
    var start = Clock.now();
    var image = network.get();
    if (setting.threads() > 1 && image.cores().size() > 1) {
      against(THREADED, compiled().withThreads(setting.threads()));
    }
    var chips = new ArrayList<ChipContender>();
    try {
      for (var entry : entries) {
        chips.add(load(image, entry));
        if (chips.size() == 1) {
          measurement.put("load_seconds", start.wallSeconds());
          measurement.put("load_cpu_seconds", start.cpuSeconds());
          Heap.resident().ifPresent(bytes -> measurement.put("resident_bytes", bytes));
        }
      }
      size(image, measurement);
      image = null;
      run(chips, measurement);
      memory(chips, measurement);
    } finally {
      chips.forEach(ChipContender::close);
    }
  }

  private ChipContender load(ChipImage image, Entry entry) {
    return new ChipContender(
        entry.name(), Chip.load(preset, image, entry.options()), work, entry.lap());
  }

  private static void size(ChipImage image, Measurement measurement) {
    measurement.put("neurons", neurons(image));
    measurement.put("synapses", synapses(image));
    measurement.put("cores", image.cores().size());
  }

  private static long neurons(ChipImage image) {
    return image.populations().stream().mapToLong(p -> p.size()).sum();
  }

  private static long synapses(ChipImage image) {
    long synapses = 0;
    for (var core : image.cores()) {
      for (var block : core.blocks()) {
        for (int row = 0; row < block.layout().rows(); row++) {
          synapses += block.layout().live(row);
        }
      }
    }
    return synapses;
  }

  private void run(List<ChipContender> chips, Measurement measurement) throws IOException {
    chips.forEach(chip -> chip.advance(plan.check()));
    var outcome = requireEqual(chips);
    measurement.put("state_digest", outcome.stateDigest());
    measurement.put("cost_digest", outcome.costDigest());
    for (int i = 0; i < chips.size(); i++) {
      chips.get(i).advance(entries.get(i).warmUp());
    }
    for (var guest : guests) {
      guest.lap();
    }
    var all = new ArrayList<Contender>(chips);
    all.addAll(guests);
    tallies = Contest.run(setting.rounds(), all);
    long end = chips.getFirst().chip().timestep();
    requireEqual(chips.stream().filter(c -> c.chip().timestep() == end).toList());
    report(measurement);
  }

  /// Where a chip has come to.
  private record Outcome(String stateDigest, String costDigest, ChipCost cost) {
    static Outcome of(Chip chip) {
      return new Outcome(chip.stateDigest(), chip.costDigest(), chip.cost());
    }

    /// @param sameNetwork the network's time was modelled in the same way
    boolean equals(Outcome other, boolean sameNetwork) {
      return stateDigest.equals(other.stateDigest)
          && Arrays.equals(cost.counts(), other.cost.counts())
          && (!sameNetwork || costDigest.equals(other.costDigest));
    }
  }

  /// Refuses to compare chips that have not come to the same; returns where the first has come to.
  private static Outcome requireEqual(List<ChipContender> chips) {
    var first = chips.getFirst();
    var expected = Outcome.of(first.chip());
    for (var other : chips.subList(1, chips.size())) {
      boolean sameNetwork = first.chip().options().noc() == other.chip().options().noc();
      if (!expected.equals(Outcome.of(other.chip()), sameNetwork)) {
        throw new IllegalStateException(
            "%s and %s have come to different results in %d steps: there is nothing to compare"
                .formatted(first.name(), other.name(), first.chip().timestep()));
      }
    }
    return expected;
  }

  private void report(Measurement measurement) {
    var compiled = tally(COMPILED);
    measurement
        .put("steps_per_second", compiled.perSecond(Lap::steps))
        .put("cpu_steps_per_second", compiled.perCpuSecond(Lap::steps))
        .put("synaptic_operations_per_step", compiled.perStep(Lap::operations))
        .put("synaptic_operations_per_second", compiled.perSecond(Lap::operations))
        .put("cpu_synaptic_operations_per_second", compiled.perCpuSecond(Lap::operations))
        .put("ratio_to_interpreter", compiled.ratioTo(tally(INTERPRETED), Lap::steps));
    if (compiled.perStep(Lap::learned) > 0) {
      measurement
          .put("learning_operations_per_step", compiled.perStep(Lap::learned))
          .put("learning_operations_per_second", compiled.perSecond(Lap::learned))
          .put("cpu_learning_operations_per_second", compiled.perCpuSecond(Lap::learned));
    }
    for (var tally : tallies) {
      if (tally.name().equals(THREADED)) {
        measurement.put("threads", setting.threads());
        measurement.put("thread_speedup", tally.ratioTo(compiled, Lap::steps));
      }
    }
  }

  /// Measures what the heap has less when the first chip is gone, and the same of a chip that has
  /// the neurons alone.
  private void memory(List<ChipContender> chips, Measurement measurement) {
    var bare = new ArrayList<Chip>();
    double neurons = neurons(chips.getFirst().chip().image());
    double synapses = synapses(chips.getFirst().chip().image());
    bare.add(Chip.load(preset, withoutSynapses(chips.getFirst().chip().image()), compiled()));
    while (chips.size() > 1) {
      chips.removeLast().close();
    }
    long both = Heap.used();
    chips.removeLast().close();
    long one = Heap.used();
    bare.removeLast().close();
    double neuronBytes = one - Heap.used();
    measurement
        .put("heap_bytes", both - one)
        .put("bytes_per_synapse", (both - one - neuronBytes) / synapses)
        .put("bytes_per_neuron", neuronBytes / neurons);
  }

  private static ChipImage withoutSynapses(ChipImage image) {
    return new ChipImage(
        image.network(),
        image.seed(),
        image.frame(),
        image.registers(),
        image.programs(),
        image.populations(),
        List.of(),
        image.cores().stream().map(ChipTrial::withoutSynapses).toList(),
        image.hostRoutes().stream().map(_ -> List.<RouteImage>of()).toList(),
        List.of(),
        Optional.empty());
  }

  private static CoreImage withoutSynapses(CoreImage core) {
    var slices =
        core.slices().stream()
            .map(s -> new SliceImage(s.population(), s.first(), s.count(), s.values(), Map.of()))
            .toList();
    return new CoreImage(core.core(), slices, List.<BlockImage>of(), List.of());
  }
}
