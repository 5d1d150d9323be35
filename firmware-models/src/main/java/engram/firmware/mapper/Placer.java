package engram.firmware.mapper;

import engram.firmware.network.Network;
import engram.firmware.network.Population;
import engram.isa.Opcode;
import engram.isa.image.ChipSpec;
import engram.isa.image.ImageException;
import engram.isa.image.Memory;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerifiedProgram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/// Cuts populations into slices that fit a core together with all their inputs, and places the
/// slices.
///
/// Populations without inputs share cores; each other population has cores of its own while there
/// are enough, else all share. Slices follow each other over the mesh in order of declaration.
final class Placer {
  private final Network network;
  private final ChipSpec spec;
  private final ProgramSet programs;
  private final List<List<Connections>> inputs = new ArrayList<>();

  Placer(Network network, ChipSpec spec, ProgramSet programs, List<Connections> connections) {
    this.network = network;
    this.spec = spec;
    this.programs = programs;
    for (var population : network.populations()) {
      inputs.add(connections.stream().filter(c -> c.target() == population).toList());
    }
  }

  private Population population(int index) {
    return network.populations().get(index);
  }

  private VerifiedProgram program(int index) {
    return programs.verified(population(index).program());
  }

  private Demand demand(Slice slice) {
    return Demand.of(
        program(slice.population()),
        population(slice.population()).lag(),
        inputs.get(slice.population()),
        slice.first(),
        slice.count());
  }

  /// The slices of each core, cores in order of their numbers.
  ///
  /// @throws ImageException if a part of the network fits no core, or all of it no chip
  List<List<Slice>> place() {
    var cuts = new ArrayList<List<Slice>>();
    int spread = 0;
    boolean sources = false;
    for (int p = 0; p < network.populations().size(); p++) {
      var slices = population(p).program() == null ? List.<Slice>of() : cut(p);
      cuts.add(slices);
      spread += inputs.get(p).isEmpty() ? 0 : slices.size();
      sources |= inputs.get(p).isEmpty() && !slices.isEmpty();
    }
    boolean share = spread + (sources ? 1 : 0) > spec.mesh().cores();
    var cores = new ArrayList<List<Slice>>();
    var shared = new ArrayList<SharedCore>();
    for (int p = 0; p < cuts.size(); p++) {
      for (var slice : cuts.get(p)) {
        if (share || inputs.get(p).isEmpty()) {
          placeShared(slice, shared, cores);
        } else {
          cores.add(List.of(slice));
        }
      }
    }
    refuseTooMany(cores);
    return cores;
  }

  /// A core that takes slices of several populations.
  private static final class SharedCore {
    final List<Slice> slices;
    Demand demand;

    SharedCore(List<Slice> slices, Demand demand) {
      this.slices = slices;
      this.demand = demand;
    }
  }

  private void placeShared(Slice slice, List<SharedCore> shared, List<List<Slice>> cores) {
    var own = demand(slice);
    for (var core : shared) {
      var both = core.demand.plus(own);
      if (both.fits(spec.core())) {
        core.slices.add(slice);
        core.demand = both;
        return;
      }
    }
    var fresh = new SharedCore(new ArrayList<>(List.of(slice)), own);
    shared.add(fresh);
    cores.add(fresh.slices);
  }

  /// Neurons that must stay together: the least common multiple of the groups that barriers reduce.
  private int unit(int p) {
    var program = program(p).program();
    boolean reduces = program.instructions().stream().anyMatch(i -> i.opcode() == Opcode.REDUCE);
    int unit = 1;
    if (reduces) {
      for (var group : program.symbols(SymbolRole.GROUP)) {
        int size = population(p).groups().getOrDefault(group.name(), population(p).neurons());
        unit = leastCommonMultiple(unit, size);
      }
    }
    return Math.min(unit, population(p).neurons());
  }

  private static int leastCommonMultiple(int a, int b) {
    int x = a;
    int y = b;
    while (y != 0) {
      int rest = x % y;
      x = y;
      y = rest;
    }
    return a / x * b;
  }

  /// The slices of a population: as few as fit, at least as many as the network asks for, and as
  /// equal as groups allow.
  private List<Slice> cut(int p) {
    int unit = unit(p);
    int units = population(p).neurons() / unit;
    refuseUnlessItFits(new Slice(p, 0, unit));
    int low = 1;
    int high = Math.clamp(spec.core().neurons() / unit, 1, units);
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (demand(new Slice(p, 0, middle * unit)).fits(spec.core())) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    int parts = Math.max(Math.ceilDiv(units, low), Math.min(population(p).cores(), units));
    while (true) {
      int size = Math.ceilDiv(units, parts) * unit;
      var slices = slices(p, size);
      // Synapses may be denser in a later slice than in the first.
      var full = slices.stream().filter(slice -> !demand(slice).fits(spec.core())).findFirst();
      if (full.isEmpty()) {
        return slices;
      }
      if (size == unit) {
        refuseUnlessItFits(full.get());
      }
      parts++;
    }
  }

  private List<Slice> slices(int p, int size) {
    var slices = new ArrayList<Slice>();
    for (int first = 0; first < population(p).neurons(); first += size) {
      slices.add(new Slice(p, first, Math.min(size, population(p).neurons() - first)));
    }
    return slices;
  }

  /// Refuses a population of which a slice that can't be cut fits no core.
  private void refuseUnlessItFits(Slice slice) {
    var least = demand(slice);
    if (least.fits(spec.core())) {
      return;
    }
    refuse(
        Arrays.stream(Memory.values())
            .filter(memory -> least.of(memory) > memory.limit(spec.core()))
            .map(memory ->
                "population %s: %s with all inputs need %d %s of %s (expected: at most %d on %s)"
                    .formatted(
                        population(slice.population()).name(),
                        slice.count() == 1
                            ? "one neuron"
                            : "the " + slice.count() + " neurons of a group",
                        least.of(memory),
                        memory.unit(),
                        memory.label(),
                        memory.limit(spec.core()),
                        spec.name()))
            .toList());
  }

  private void refuseTooMany(List<List<Slice>> cores) {
    if (cores.size() <= spec.mesh().cores()) {
      return;
    }
    var byPopulation = new TreeMap<Integer, Integer>();
    cores.forEach(c -> c.forEach(s -> byPopulation.merge(s.population(), 1, Integer::sum)));
    var most = byPopulation.entrySet().stream().max(TreeMap.Entry.comparingByValue()).orElseThrow();
    refuse(
        List.of(
            "cores: %d (expected: at most %d on %s); most of them, %d, are taken by %s"
                .formatted(
                    cores.size(),
                    spec.mesh().cores(),
                    spec.name(),
                    most.getValue(),
                    population(most.getKey()).name())));
  }

  private void refuse(List<String> walls) {
    throw new ImageException(
        "network " + network.name() + " is refused by " + spec.name() + ":", walls);
  }
}
