package engram.chip;

import engram.chip.noc.Noc;
import engram.chip.preset.Preset;
import engram.isa.Draw;
import engram.isa.exec.Engine;
import engram.isa.exec.LaneStore;
import engram.isa.exec.LongColumn;
import engram.isa.exec.Padding;
import engram.isa.exec.Registers;
import engram.isa.exec.StreamColumn;
import engram.isa.exec.Surroundings;
import engram.isa.image.AxonRange;
import engram.isa.image.BlockImage;
import engram.isa.image.CheckedImage;
import engram.isa.image.ChipImage;
import engram.isa.image.CoreImage;
import engram.isa.image.MemoryModel;
import engram.isa.image.PopulationImage;
import engram.isa.image.ProjectionImage;
import engram.isa.image.RouteImage;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerifiedProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Builds the cores that an image asks for, and the ways between them.
final class ChipWiring {
  /// Bits of an event's address: chip, core and axon of 16 bits each.
  private static final int ADDRESS_BITS = 48;

  private final Preset preset;
  private final CheckedImage checked;
  private final ChipImage image;
  private final ChipNames names;
  private final Engine engine;
  private final Registers registers;
  private final Noc noc;
  private final List<Core> cores = new ArrayList<>();
  private final List<HostPort> hostPorts = new ArrayList<>();

  /// By number of the core that they lead to.
  private final Map<Integer, List<Inlet>> inlets = new HashMap<>();

  /// By number of the core that they leave.
  private final Map<Integer, List<Outlet>> outlets = new HashMap<>();

  ChipWiring(
      Preset preset,
      CheckedImage checked,
      ChipNames names,
      Engine engine,
      Registers registers,
      Noc noc) {
    this.preset = preset;
    this.checked = checked;
    this.image = checked.image();
    this.names = names;
    this.engine = engine;
    this.registers = registers;
    this.noc = noc;
    image.cores().forEach(core -> cores.add(core(core)));
    cores.forEach(this::connectStreams);
    connectHost();
    cores.forEach(core ->
        core.connect(inlets.getOrDefault(core.number, List.of()), outlets.get(core.number)));
  }

  /// The cores in use, by number.
  List<Core> cores() {
    return cores;
  }

  /// One for each external population.
  List<HostPort> hostPorts() {
    return hostPorts;
  }

  private VerifiedProgram program(int index) {
    return index == ProjectionImage.NONE ? null : checked.programs().get(index);
  }

  private Surroundings surroundings(Program program, int lag, Draw.Kind kind, int ordinal) {
    int[] globals = new int[program.symbols().size()];
    for (int slot = 0; slot < globals.length; slot++) {
      var symbol = program.symbols().get(slot);
      globals[slot] = symbol.role() == SymbolRole.GLOBAL ? names.register(symbol.name()) : -1;
    }
    return new Surroundings(
        registers, globals, lag, Draw.base(image.seed(), kind, ordinal), image.frame());
  }

  private Core core(CoreImage core) {
    var slices =
        core.slices().stream()
            .map(slice -> {
              var population = image.populations().get(slice.population());
              var program = program(population.program());
              return new NeuronSlice(
                  population,
                  slice,
                  program,
                  surroundings(
                      program.program(), population.lag(), Draw.Kind.NEURON, slice.population()),
                  engine);
            })
            .toArray(NeuronSlice[]::new);
    var blocks =
        core.blocks().stream()
            .map(block -> block(block, slices[block.slice()]))
            .toArray(SynapseBlock[]::new);
    var spec = preset.spec().core();
    return new Core(
        core.withoutWeights(), slices, blocks, spec.inbox(), spec.lanes(), preset.timing());
  }

  private SynapseBlock block(BlockImage image, NeuronSlice slice) {
    var projection = this.image.projections().get(image.projection());
    var row = program(projection.rowProgram());
    var synapse = program(projection.synapseProgram());
    var block = new SynapseBlock(image, projection, slice, row, synapse, engine);
    int lag = slice.population.lag();
    int simd = preset.spec().core().lanes();
    if (row != null) {
      var around = surroundings(row.program(), lag, Draw.Kind.ROW, image.projection());
      block.rowLearning = new RowLearning(block, row, around, preset.timing(), simd, engine);
    }
    if (synapse != null) {
      // A mirror draws what its original draws.
      int keyed = projection.isMirror() ? projection.mirrorOf() : image.projection();
      block.synapseLearning =
          new SynapseLearning(
              block,
              synapse,
              checked.linkages().get(image.projection()),
              surroundings(synapse.program(), lag, Draw.Kind.SYNAPSE, keyed),
              preset.timing(),
              simd,
              engine);
    }
    return block;
  }

  private void connectStreams(Core core) {
    for (var slice : core.slices) {
      connect(core, slice.store, slice.image.routes(), slice.population.recorded());
    }
    for (var block : core.blocks) {
      if (block.rowStore != null) {
        connect(core, block.rowStore, block.image.routes(), Set.of());
      }
    }
  }

  private void connect(
      Core core, LaneStore store, Map<String, List<RouteImage>> routes, Set<String> recorded) {
    var program = store.program();
    var list = outlets.computeIfAbsent(core.number, _ -> new ArrayList<>());
    for (int slot = 0; slot < program.symbols().size(); slot++) {
      var symbol = program.symbol(slot);
      if (symbol.role() != SymbolRole.STREAM) {
        continue;
      }
      // Sums are as wide as the accumulator that they come from.
      boolean exact = !symbol.sums().isEmpty();
      int summed = exact ? program.slot(symbol.sums()).orElseThrow() : -1;
      var sums = exact ? store.sums(summed) : null;
      int payload = exact ? program.symbol(summed).format().bits() : MemoryModel.PAYLOAD_BITS;
      var stream = store.stream(slot);
      var ways = routes.getOrDefault(symbol.name(), List.of());
      list.add(
          new Outlet(
              stream,
              ways,
              core.number,
              flits(payload),
              recorded.contains(symbol.name()),
              list.isEmpty() ? Padding.APART : list.getLast().end(),
              preset.spec().mesh(),
              noc));
      connect(core.number, symbol.name(), stream, sums, 1, ways);
    }
  }

  /// Flits that an event is cut into.
  private int flits(int payloadBits) {
    return Math.ceilDiv(ADDRESS_BITS + payloadBits, preset.timing().flitBits());
  }

  private void connectHost() {
    for (int p = 0; p < image.populations().size(); p++) {
      var population = image.populations().get(p);
      if (population.external()) {
        var stream = new StreamColumn(population.size(), 1, true);
        var ways = image.hostRoutes().get(p);
        var outlet =
            new Outlet(
                stream,
                ways,
                Noc.HOST,
                flits(MemoryModel.PAYLOAD_BITS),
                false,
                0,
                preset.spec().mesh(),
                noc);
        hostPorts.add(new HostPort(p, stream, outlet));
        connect(Noc.HOST, PopulationImage.EXTERNAL_STREAM, stream, null, 0, ways);
      }
    }
  }

  /// Opens a way into a core for each axon range that a route reaches.
  ///
  /// @param from number of the core that the stream leaves, or `Noc.HOST`
  /// @param name of the stream
  /// @param age steps from emission until a core reads it
  private void connect(
      int from,
      String name,
      StreamColumn stream,
      LongColumn sums,
      int age,
      List<RouteImage> routes) {
    for (var route : routes) {
      int end = route.axon() + route.count();
      for (var axons : core(route.core()).image.axons()) {
        int low = Math.max(route.axon(), axons.first());
        int to = Math.min(end, axons.first() + axons.count());
        if (low < to) {
          inlets
              .computeIfAbsent(route.core(), _ -> new ArrayList<>())
              .add(
                  new Inlet(
                      from,
                      line(core(route.core()).image, axons, name),
                      stream,
                      sums,
                      route.first() + low - route.axon(),
                      route.first() + to - route.axon(),
                      axons.block(),
                      axons.row() + low - axons.first(),
                      axons.sign(),
                      age,
                      axons.delay()));
        }
      }
    }
  }

  /// Which line of its projection a way belongs to; of lines that are alike, the first.
  private int line(CoreImage core, AxonRange axons, String stream) {
    int projection = core.blocks().get(axons.block()).projection();
    return Math.max(
        0,
        image
            .projections()
            .get(projection)
            .lines()
            .indexOf(new ProjectionImage.Line(stream, axons.sign(), axons.delay())));
  }

  private Core core(int number) {
    for (var core : cores) {
      if (core.number == number) {
        return core;
      }
    }
    throw new IllegalStateException("route to core " + number + ", which the image leaves empty");
  }
}
