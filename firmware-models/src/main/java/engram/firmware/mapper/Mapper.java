package engram.firmware.mapper;

import engram.firmware.Firmware;
import engram.firmware.network.Network;
import engram.firmware.network.NetworkException;
import engram.firmware.network.Population;
import engram.firmware.network.ProgramRef;
import engram.firmware.network.SequencerRef;
import engram.firmware.network.Weights;
import engram.isa.NumberFormat;
import engram.isa.Opcode;
import engram.isa.assembler.Assembler;
import engram.isa.assembler.AssemblyException;
import engram.isa.assembler.Diagnostic;
import engram.isa.exec.SynapseLayout;
import engram.isa.image.AxonRange;
import engram.isa.image.BlockImage;
import engram.isa.image.ChipImage;
import engram.isa.image.ChipSpec;
import engram.isa.image.CoreImage;
import engram.isa.image.ImageException;
import engram.isa.image.Memory;
import engram.isa.image.MemoryModel;
import engram.isa.image.PopulationImage;
import engram.isa.image.ProjectionImage;
import engram.isa.image.RegisterImage;
import engram.isa.image.RouteImage;
import engram.isa.image.Sequencer;
import engram.isa.image.SliceImage;
import engram.isa.image.SynapseFormat;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerificationException;
import engram.isa.verify.VerifiedProgram;
import engram.isa.verify.Verifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Makes a network into an image for a chip: assembles the programs, cuts populations into slices
/// that fit a core together with all their inputs, places the slices, and writes axons and routes.
///
/// Populations without inputs share cores; each other population has cores of its own while there
/// are enough, else all share. Slices follow each other over the mesh in order of declaration.
public final class Mapper {
  private final Network network;
  private final ChipSpec spec;
  private final Firmware firmware;
  private final List<String> faults = new ArrayList<>();

  private final Map<ProgramRef, Integer> programIndex = new LinkedHashMap<>();
  private final List<VerifiedProgram> programs = new ArrayList<>();
  private final List<RegisterImage> registers = new ArrayList<>();
  private final List<Plan> plans = new ArrayList<>();
  private final List<CoreDraft> cores = new ArrayList<>();
  private final Map<Integer, List<RouteImage>> hostRoutes = new HashMap<>();

  /// A core that is being filled.
  private static final class CoreDraft {
    final int number;
    final List<Slice> slices = new ArrayList<>();
    final List<BlockDraft> blocks = new ArrayList<>();
    final List<AxonRange> axons = new ArrayList<>();
    int axonCount;

    CoreDraft(int number) {
      this.number = number;
    }
  }

  private record Slice(
      int population, int first, int count, Map<String, List<RouteImage>> routes) {}

  /// @param axons first axon of each line
  private record BlockDraft(
      Plan plan,
      int projection,
      int slice,
      int first,
      SynapseLayout layout,
      int[] axons,
      Map<String, List<RouteImage>> routes) {}

  private Mapper(Network network, ChipSpec spec, Firmware firmware) {
    this.network = network;
    this.spec = spec;
    this.firmware = firmware;
  }

  /// Maps a network.
  ///
  /// @throws NetworkException if the description is not consistent in itself
  /// @throws ImageException if a part of it fits no core, or all of it no chip
  public static Mapping map(Network network, ChipSpec spec, Firmware firmware) {
    return new Mapper(network, spec, firmware).map();
  }

  private Mapping map() {
    programs();
    names();
    stopIfFaulty();
    plan();
    stopIfFaulty();
    place();
    fill();
    connect();
    return new Mapping(image(), placements());
  }

  private void stopIfFaulty() {
    if (!faults.isEmpty()) {
      throw new NetworkException(network.name(), faults);
    }
  }

  private void fault(String format, Object... values) {
    faults.add(format.formatted(values));
  }

  private void programs() {
    for (var population : network.populations()) {
      assemble(population.program(), "population " + population.name());
    }
    for (var projection : network.projections()) {
      assemble(projection.row(), "projection " + projection.name());
      assemble(projection.learn(), "projection " + projection.name());
    }
    network
        .samples()
        .ifPresent(port -> {
          if (registers.stream().noneMatch(r -> r.name().equals(port.learn()))) {
            registers.add(new RegisterImage(port.learn(), NumberFormat.BIT, 0));
          }
        });
  }

  private void assemble(ProgramRef ref, String user) {
    if (ref == null || programIndex.containsKey(ref)) {
      return;
    }
    programIndex.put(ref, -1);
    try {
      var assembly =
          Assembler.assemble(ref.name() + ".s", firmware.source(ref.name()), ref.constants());
      try {
        var program = Verifier.verify(assembly.program());
        programIndex.put(ref, programs.size());
        programs.add(program);
        registers(program);
      } catch (VerificationException e) {
        e.faults().forEach(f -> fault("%s: %s", user, assembly.at(f.instruction(), f.message())));
      }
    } catch (AssemblyException e) {
      for (Diagnostic diagnostic : e.diagnostics()) {
        fault("%s: %s", user, diagnostic);
      }
    } catch (IllegalArgumentException e) {
      fault("%s: %s", user, e.getMessage());
    }
  }

  private void registers(VerifiedProgram program) {
    for (var global : program.program().symbols(SymbolRole.GLOBAL)) {
      var known = registers.stream().filter(r -> r.name().equals(global.name())).findFirst();
      if (known.isEmpty()) {
        registers.add(new RegisterImage(global.name(), global.format(), global.initial()));
      } else if (!known.get().format().equals(global.format())) {
        fault(
            "register %s: %s in %s (expected: %s, as in other programs)",
            global.name(), global.format(), program, known.get().format());
      }
    }
  }

  private int programOf(ProgramRef ref) {
    return ref == null ? ProjectionImage.NONE : programIndex.get(ref);
  }

  private int population(String name) {
    for (int p = 0; p < network.populations().size(); p++) {
      if (network.populations().get(p).name().equals(name)) {
        return p;
      }
    }
    return -1;
  }

  private int projection(String name) {
    for (int p = 0; p < network.projections().size(); p++) {
      if (network.projections().get(p).name().equals(name)) {
        return p;
      }
    }
    return -1;
  }

  private int register(String name) {
    for (int r = 0; r < registers.size(); r++) {
      if (registers.get(r).name().equals(name)) {
        return r;
      }
    }
    fault("sequencer: no register %s", name);
    return -1;
  }

  /// Names that refer to nothing: found before anything is computed from them.
  private void names() {
    String known = String.join(", ", network.populations().stream().map(Population::name).toList());
    for (var projection : network.projections()) {
      for (var end : List.of(projection.source(), projection.target())) {
        if (population(end) < 0) {
          fault(
              "projection %s: population: %s (expected: one of %s)", projection.name(), end, known);
        }
      }
      for (var other : List.of(projection.mirrorOf(), projection.rowsOf())) {
        if (!other.isEmpty() && projection(other) < 0) {
          fault("projection %s: no projection %s", projection.name(), other);
        }
      }
    }
    for (var population : network.populations()) {
      if (population.neurons() < 1) {
        fault(
            "population %s: neurons: %d (expected: at least 1)",
            population.name(), population.neurons());
      }
    }
  }

  private void plan() {
    for (int p = 0; p < network.projections().size(); p++) {
      var projection = network.projections().get(p);
      int original = projection.mirrorOf().isEmpty() ? p : projection(projection.mirrorOf());
      var plan =
          new Plan(
              projection,
              network.projections().get(original),
              Plan.base(network.seed(), original),
              network.populations().get(population(projection.source())),
              network.populations().get(population(projection.target())),
              verified(projection.row()),
              verified(projection.learn()));
      plans.add(plan);
      if (plan.target().program() == null) {
        fault("projection %s: its target %s is external", projection.name(), plan.target().name());
      }
      if (projection.weights() instanceof Weights.Given(int[] values)) {
        long expected = (long) plan.rows() * plan.target().neurons();
        if (values.length != expected) {
          fault(
              "projection %s: weights: %d (expected: %d)",
              projection.name(), values.length, expected);
        }
      }
      if (projection.format() == SynapseFormat.DENSE && !projection.weights().dense()) {
        fault(
            "projection %s: dense synapses with weights that leave some out (expected: sparse or masked)",
            projection.name());
      }
    }
  }

  private VerifiedProgram verified(ProgramRef ref) {
    return ref == null ? null : programs.get(programOf(ref));
  }

  private List<Plan> inputs(Population population) {
    return plans.stream().filter(p -> p.target() == population).toList();
  }

  /// Neurons that must stay together: the least common multiple of the groups that barriers reduce.
  private int unit(Population population) {
    var program = verified(population.program()).program();
    boolean reduces = program.instructions().stream().anyMatch(i -> i.opcode() == Opcode.REDUCE);
    int unit = 1;
    if (reduces) {
      for (var group : program.symbols(SymbolRole.GROUP)) {
        int size = population.groups().getOrDefault(group.name(), population.neurons());
        unit = leastCommonMultiple(unit, size);
      }
    }
    return Math.min(unit, population.neurons());
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

  /// What neurons `first` to before `first + count` of a population need of each memory.
  private Map<Memory, Long> demand(Population population, int first, int count) {
    var need = new TreeMap<Memory, Long>();
    var program = verified(population.program());
    need.put(Memory.NEURONS, (long) count);
    long state =
        MemoryModel.neuronWords(program.program(), count)
            + MemoryModel.registerWords(program, population.lag());
    long synapses = 0;
    long axons = 0;
    long code = program.program().memoryWords();
    var loaded = new ArrayList<VerifiedProgram>();
    for (var plan : inputs(population)) {
      int oldest = -1;
      if (plan.row() != null) {
        oldest = plan.row().oldestArrival();
        if (!loaded.contains(plan.row())) {
          loaded.add(plan.row());
          code += plan.row().program().memoryWords();
        }
      }
      if (plan.learn() != null) {
        oldest = Math.max(oldest, plan.learn().oldestArrival());
        state += MemoryModel.registerWords(plan.learn(), population.lag());
        if (!loaded.contains(plan.learn())) {
          loaded.add(plan.learn());
          code += plan.learn().program().memoryWords();
        }
      }
      synapses +=
          MemoryModel.blockWords(
                  plan.layout(first, count),
                  plan.projection().type(),
                  plan.learn() == null ? null : plan.learn().program())
              + MemoryModel.rowWords(
                  plan.row() == null ? null : plan.row().program(), oldest, plan.rows());
      axons += (long) plan.rows() * plan.projection().lines().size();
    }
    need.put(Memory.STATE, state);
    need.put(Memory.SYNAPSE, synapses);
    need.put(Memory.AXON, axons);
    need.put(Memory.PROGRAM, code);
    return need;
  }

  private boolean fits(Map<Memory, Long> need) {
    return need.entrySet().stream().allMatch(e -> e.getValue() <= e.getKey().limit(spec.core()));
  }

  /// Neurons of the slices of a population, as equal as groups allow.
  private int sliceSize(Population population) {
    int unit = unit(population);
    int units = population.neurons() / unit;
    var least = demand(population, 0, unit);
    if (!fits(least)) {
      var walls = new ArrayList<String>();
      least.forEach((memory, amount) -> {
        int limit = memory.limit(spec.core());
        if (amount > limit) {
          walls.add(
              "population %s: %s with all inputs need %d %s of %s (expected: at most %d on %s)"
                  .formatted(
                      population.name(),
                      unit == 1 ? "one neuron" : "the " + unit + " neurons of a group",
                      amount,
                      memory.unit(),
                      memory.label(),
                      limit,
                      spec.name()));
        }
      });
      throw new ImageException(
          "network " + network.name() + " is refused by " + spec.name() + ":", walls);
    }
    int low = 1;
    int high = units;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if (fits(demand(population, 0, middle * unit))) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    int slices = Math.max((units + low - 1) / low, Math.min(population.cores(), units));
    return (units + slices - 1) / slices * unit;
  }

  private void place() {
    var sizes = new HashMap<Population, Integer>();
    int spread = 0;
    boolean sources = false;
    for (var population : network.populations()) {
      if (population.program() != null) {
        int size = sliceSize(population);
        sizes.put(population, size);
        if (inputs(population).isEmpty()) {
          sources = true;
        } else {
          spread += (population.neurons() + size - 1) / size;
        }
      }
    }
    boolean share = spread + (sources ? 1 : 0) > spec.mesh().cores();
    var shared = new ArrayList<CoreDraft>();
    for (int p = 0; p < network.populations().size(); p++) {
      var population = network.populations().get(p);
      if (population.program() == null) {
        continue;
      }
      boolean source = inputs(population).isEmpty();
      int size = sizes.get(population);
      for (int first = 0; first < population.neurons(); first += size) {
        int count = Math.min(size, population.neurons() - first);
        CoreDraft core = source || share ? room(shared, population, first, count) : null;
        if (core == null) {
          core = new CoreDraft(cores.size());
          cores.add(core);
          if (source || share) {
            shared.add(core);
          }
        }
        core.slices.add(new Slice(p, first, count, new TreeMap<>()));
      }
    }
    if (cores.size() > spec.mesh().cores()) {
      throw new ImageException(
          "network " + network.name() + " is refused by " + spec.name() + ":",
          List.of(
              "cores: %d (expected: at most %d on %s); most of them, %s"
                  .formatted(cores.size(), spec.mesh().cores(), spec.name(), greediest())));
    }
  }

  private String greediest() {
    var byPopulation = new TreeMap<Integer, Integer>();
    cores.forEach(c -> c.slices.forEach(s -> byPopulation.merge(s.population(), 1, Integer::sum)));
    var most = byPopulation.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
    return most.getValue() + ", are taken by " + network.populations().get(most.getKey()).name();
  }

  /// The first of some cores that has room for a slice, or null.
  private CoreDraft room(List<CoreDraft> shared, Population population, int first, int count) {
    var need = demand(population, first, count);
    for (var core : shared) {
      var all = new TreeMap<>(need);
      for (var slice : core.slices) {
        var other = network.populations().get(slice.population());
        demand(other, slice.first(), slice.count())
            .forEach((memory, amount) -> all.merge(memory, amount, Long::sum));
      }
      if (fits(all)) {
        return core;
      }
    }
    return null;
  }

  private void fill() {
    for (var core : cores) {
      for (int s = 0; s < core.slices.size(); s++) {
        var slice = core.slices.get(s);
        var population = network.populations().get(slice.population());
        for (int p = 0; p < plans.size(); p++) {
          if (plans.get(p).target() == population) {
            block(core, p, s, slice);
          }
        }
      }
    }
  }

  private void block(CoreDraft core, int projection, int s, Slice slice) {
    var plan = plans.get(projection);
    var lines = plan.projection().lines();
    int[] axons = new int[lines.size()];
    for (int line = 0; line < axons.length; line++) {
      axons[line] = core.axonCount;
      core.axons.add(
          new AxonRange(
              core.axonCount,
              plan.rows(),
              core.blocks.size(),
              0,
              lines.get(line).sign(),
              lines.get(line).delay()));
      core.axonCount += plan.rows();
    }
    core.blocks.add(
        new BlockDraft(
            plan,
            projection,
            s,
            slice.first(),
            plan.layout(slice.first(), slice.count()),
            axons,
            new TreeMap<>()));
  }

  /// Writes the routes from every stream to the rows that it feeds.
  private void connect() {
    for (var target : cores) {
      for (var block : target.blocks) {
        var lines = block.plan().projection().lines();
        for (int line = 0; line < lines.size(); line++) {
          connect(target, block, lines.get(line).stream(), block.axons()[line]);
        }
      }
    }
  }

  private void connect(CoreDraft target, BlockDraft block, String stream, int axon) {
    int[] used = usedRows(block);
    if (used[0] > used[1]) {
      return;
    }
    var plan = block.plan();
    if (!plan.projection().rowsOf().isEmpty()) {
      int rows = projection(plan.projection().rowsOf());
      for (var core : cores) {
        for (var other : core.blocks) {
          if (other.projection() == rows) {
            other
                .routes()
                .computeIfAbsent(stream, _ -> new ArrayList<>())
                .add(route(used, 0, plan.rows(), target.number, axon));
          }
        }
      }
      return;
    }
    int source = population(plan.source().name());
    if (plan.source().program() == null) {
      hostRoutes
          .computeIfAbsent(source, _ -> new ArrayList<>())
          .add(route(used, 0, plan.rows(), target.number, axon));
      return;
    }
    for (var core : cores) {
      for (var slice : core.slices) {
        if (slice.population() == source
            && slice.first() <= used[1]
            && used[0] < slice.first() + slice.count()) {
          slice
              .routes()
              .computeIfAbsent(stream, _ -> new ArrayList<>())
              .add(route(used, slice.first(), slice.count(), target.number, axon));
        }
      }
    }
  }

  /// The route of the lanes of a slice whose rows are used.
  private static RouteImage route(int[] used, int first, int count, int core, int axon) {
    int low = Math.max(used[0], first);
    int high = Math.min(used[1], first + count - 1);
    return new RouteImage(low - first, high - low + 1, core, axon + low);
  }

  /// The first and the last row that needs its events. Of a projection that neither learns nor can
  /// be rewired, rows without a synapse in the block do not.
  private static int[] usedRows(BlockDraft block) {
    var layout = block.layout();
    int first = 0;
    int last = layout.rows() - 1;
    boolean fixed =
        layout instanceof SynapseLayout.Sparse
            && block.plan().row() == null
            && block.plan().learn() == null;
    while (fixed && first <= last && layout.live(first) == 0) {
      first++;
    }
    while (fixed && last >= first && layout.live(last) == 0) {
      last--;
    }
    return new int[] {first, last};
  }

  private ChipImage image() {
    var populations =
        network.populations().stream()
            .map(p ->
                new PopulationImage(
                    p.name(),
                    p.neurons(),
                    p.program() == null ? PopulationImage.EXTERNAL : programOf(p.program()),
                    p.lag(),
                    groups(p),
                    p.record()))
            .toList();
    var projections = new ArrayList<ProjectionImage>();
    for (var plan : plans) {
      var p = plan.projection();
      projections.add(
          new ProjectionImage(
              p.name(),
              population(p.source()),
              population(p.target()),
              p.accumulator(),
              p.lines().stream()
                  .map(l -> new ProjectionImage.Line(l.stream(), l.sign(), l.delay()))
                  .toList(),
              p.rowsOf().isEmpty() ? ProjectionImage.NONE : projection(p.rowsOf()),
              p.format(),
              p.type(),
              programOf(p.row()),
              programOf(p.learn()),
              p.mirrorOf().isEmpty() ? ProjectionImage.NONE : projection(p.mirrorOf()),
              p.path()));
    }
    var images = cores.stream().map(this::core).toList();
    var sequencers = network.sequencers().stream().map(this::sequencer).toList();
    stopIfFaulty();
    var routes = new ArrayList<List<RouteImage>>();
    for (int p = 0; p < populations.size(); p++) {
      routes.add(hostRoutes.getOrDefault(p, List.of()));
    }
    return new ChipImage(
        network.name(),
        network.seed(),
        network.frame(),
        registers,
        programs.stream().map(VerifiedProgram::program).toList(),
        populations,
        projections,
        images,
        routes,
        sequencers,
        network.samples());
  }

  private Map<String, Integer> groups(Population population) {
    var groups = new HashMap<String, Integer>();
    if (population.program() != null) {
      for (var group : verified(population.program()).program().symbols(SymbolRole.GROUP)) {
        groups.put(
            group.name(), population.groups().getOrDefault(group.name(), population.neurons()));
      }
    }
    return groups;
  }

  private CoreImage core(CoreDraft core) {
    var slices = core.slices.stream().map(this::slice).toList();
    var blocks =
        core.blocks.stream()
            .map(b ->
                new BlockImage(
                    b.projection(),
                    b.slice(),
                    b.layout(),
                    b.plan().weights(b.layout(), b.first()),
                    Map.of(),
                    b.routes()))
            .toList();
    return new CoreImage(core.number, slices, blocks, core.axons);
  }

  private SliceImage slice(Slice slice) {
    var population = network.populations().get(slice.population());
    var values = new HashMap<String, int[]>();
    population
        .values()
        .forEach((field, given) -> {
          int[] lanes = new int[slice.count()];
          if (given.length == 1) {
            Arrays.fill(lanes, given[0]);
          } else if (given.length == population.neurons()) {
            System.arraycopy(given, slice.first(), lanes, 0, slice.count());
          } else {
            fault(
                "population %s: values of %s: %d (expected: 1 or %d)",
                population.name(), field, given.length, population.neurons());
          }
          values.put(field, lanes);
        });
    return new SliceImage(slice.population(), slice.first(), slice.count(), values, slice.routes());
  }

  private Sequencer sequencer(SequencerRef ref) {
    return switch (ref) {
      case SequencerRef.Reduce(var register, var word, var names) ->
          new Sequencer.Reduce(
              register(register), word, names.stream().map(this::projection).toList());
      case SequencerRef.Rewire(var register, var name) ->
          new Sequencer.Rewire(register(register), projection(name));
    };
  }

  private List<Mapping.Placement> placements() {
    var placements = new ArrayList<Mapping.Placement>();
    for (var core : cores) {
      for (var slice : core.slices) {
        placements.add(
            new Mapping.Placement(
                network.populations().get(slice.population()).name(),
                slice.first(),
                slice.count(),
                core.number));
      }
    }
    return placements;
  }
}
