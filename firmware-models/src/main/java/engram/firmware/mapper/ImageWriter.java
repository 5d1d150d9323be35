package engram.firmware.mapper;

import engram.firmware.network.Network;
import engram.firmware.network.Population;
import engram.firmware.network.SequencerRef;
import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseLayout;
import engram.isa.image.AxonRange;
import engram.isa.image.BlockImage;
import engram.isa.image.ChipImage;
import engram.isa.image.CoreImage;
import engram.isa.image.PopulationImage;
import engram.isa.image.ProjectionImage;
import engram.isa.image.RouteImage;
import engram.isa.image.Sequencer;
import engram.isa.image.SliceImage;
import engram.isa.program.SymbolRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Writes what placed slices need into the memories of their cores: blocks of synapses, axons, and
/// the routes that lead to them.
final class ImageWriter {
  private final Network network;
  private final ProgramSet programs;
  private final List<Connections> connections;
  private final List<CoreDraft> cores = new ArrayList<>();
  private final Faults faults;

  /// Routes of each external population, by its index.
  private final List<List<RouteImage>> hostRoutes = new ArrayList<>();

  /// A core that is being written; its number is its place.
  private static final class CoreDraft {
    final List<SliceDraft> slices = new ArrayList<>();
    final List<BlockDraft> blocks = new ArrayList<>();
    final List<AxonRange> axons = new ArrayList<>();
    int axonCount;
  }

  private record SliceDraft(Slice slice, Map<String, List<RouteImage>> routes) {}

  /// @param slice index in its core
  /// @param axons first axon of each line of the projection
  private record BlockDraft(
      int projection,
      int slice,
      int first,
      SynapseLayout layout,
      int[] axons,
      Map<String, List<RouteImage>> routes) {}

  ImageWriter(
      Network network,
      ProgramSet programs,
      List<Connections> connections,
      List<List<Slice>> placed,
      Faults faults) {
    this.network = network;
    this.programs = programs;
    this.connections = connections;
    this.faults = faults;
    network.populations().forEach(_ -> hostRoutes.add(new ArrayList<>()));
    for (var slices : placed) {
      var core = new CoreDraft();
      slices.forEach(slice -> core.slices.add(new SliceDraft(slice, new TreeMap<>())));
      cores.add(core);
    }
  }

  Mapping write() {
    cores.forEach(this::addBlocks);
    for (int number = 0; number < cores.size(); number++) {
      for (var block : cores.get(number).blocks) {
        connect(number, block);
      }
    }
    var image =
        new ChipImage(
            network.name(),
            network.seed(),
            network.frame(),
            programs.registers(),
            programs.programs(),
            network.populations().stream().map(this::population).toList(),
            connections.stream().map(this::projection).toList(),
            coreImages(),
            hostRoutes,
            network.sequencers().stream().map(this::sequencer).toList(),
            network.samples());
    faults.stopIfAny();
    return new Mapping(image, placements());
  }

  private int populationIndex(String name) {
    return network.populations().indexOf(network.population(name).orElseThrow());
  }

  private int projectionIndex(String name) {
    return network.projection(name).map(network.projections()::indexOf).orElse(-1);
  }

  private void addBlocks(CoreDraft core) {
    for (int s = 0; s < core.slices.size(); s++) {
      var slice = core.slices.get(s).slice();
      var population = network.populations().get(slice.population());
      for (int p = 0; p < connections.size(); p++) {
        if (connections.get(p).target() == population) {
          addBlock(core, p, s, slice);
        }
      }
    }
  }

  private void addBlock(CoreDraft core, int projection, int s, Slice slice) {
    var synapses = connections.get(projection);
    var lines = synapses.projection().lines();
    int[] axons = new int[lines.size()];
    for (int line = 0; line < axons.length; line++) {
      axons[line] = core.axonCount;
      core.axons.add(
          new AxonRange(
              core.axonCount,
              synapses.rows(),
              core.blocks.size(),
              0,
              lines.get(line).sign(),
              lines.get(line).delay()));
      core.axonCount += synapses.rows();
    }
    var layout = synapses.layout(slice.first(), slice.count());
    core.blocks.add(new BlockDraft(projection, s, slice.first(), layout, axons, new TreeMap<>()));
  }

  /// Writes the routes from every stream to the rows of a block that it feeds.
  private void connect(int target, BlockDraft block) {
    var rows = usedRows(block);
    if (rows.count() == 0) {
      return;
    }
    var lines = connections.get(block.projection()).projection().lines();
    for (int line = 0; line < lines.size(); line++) {
      connect(target, block, rows, lines.get(line).stream(), block.axons()[line]);
    }
  }

  private void connect(int target, BlockDraft block, Rows rows, String stream, int axon) {
    var synapses = connections.get(block.projection());
    var projection = synapses.projection();
    if (!projection.rowsOf().isEmpty()) {
      int emitting = projectionIndex(projection.rowsOf());
      var blocks =
          cores.stream()
              .flatMap(core -> core.blocks.stream())
              .filter(other -> other.projection() == emitting)
              .toList();
      // Every core that holds a part of a row has a part of its sum, and a copy of all else.
      int senders = carriesSums(emitting, stream) ? blocks.size() : 1;
      for (var other : blocks.subList(0, senders)) {
        routes(other.routes(), stream).add(rows.route(0, synapses.rows(), target, axon));
      }
      return;
    }
    int source = populationIndex(projection.source());
    if (synapses.source().program() == null) {
      hostRoutes.get(source).add(rows.route(0, synapses.rows(), target, axon));
      return;
    }
    for (var core : cores) {
      for (var draft : core.slices) {
        var slice = draft.slice();
        if (slice.population() == source && rows.meet(slice.first(), slice.count())) {
          routes(draft.routes(), stream)
              .add(rows.route(slice.first(), slice.count(), target, axon));
        }
      }
    }
  }

  /// True if events of a stream of a projection's rows carry parts of sums.
  private boolean carriesSums(int projection, String stream) {
    var program = connections.get(projection).row;
    return program != null
        && program.program().symbols(SymbolRole.STREAM).stream()
            .anyMatch(s -> s.name().equals(stream) && !s.sums().isEmpty());
  }

  private static List<RouteImage> routes(Map<String, List<RouteImage>> byStream, String stream) {
    return byStream.computeIfAbsent(stream, _ -> new ArrayList<>());
  }

  /// Rows `first` to `last` of a block.
  private record Rows(int first, int last) {
    int count() {
      return last - first + 1;
    }

    boolean meet(int from, int lanes) {
      return from <= last && first < from + lanes;
    }

    /// The route of those lanes of a slice whose rows these are.
    RouteImage route(int from, int lanes, int core, int axon) {
      int low = Math.max(first, from);
      int high = Math.min(last, from + lanes - 1);
      return new RouteImage(low - from, high - low + 1, core, axon + low);
    }
  }

  /// The rows that need events. Of a projection whose rows only integrate, and always the same
  /// synapses, those at the ends that have no synapse in the block do not.
  private Rows usedRows(BlockDraft block) {
    var layout = block.layout();
    var synapses = connections.get(block.projection());
    int first = 0;
    int last = layout.rows() - 1;
    boolean fixed =
        switch (layout) {
          case SynapseLayout.Dense _ -> false;
          case SparseRows _, SynapseLayout.Shared _ ->
              synapses.row == null && synapses.learn == null;
        };
    while (fixed && first <= last && layout.live(first) == 0) {
      first++;
    }
    while (fixed && last >= first && layout.live(last) == 0) {
      last--;
    }
    return new Rows(first, last);
  }

  private PopulationImage population(Population p) {
    return new PopulationImage(
        p.name(),
        p.neurons(),
        p.program() == null ? PopulationImage.EXTERNAL : programs.indexOf(p.program()),
        p.lag(),
        groups(p),
        p.record());
  }

  private Map<String, Integer> groups(Population population) {
    var groups = new HashMap<String, Integer>();
    if (population.program() != null) {
      var program = programs.verified(population.program()).program();
      for (var group : program.symbols(SymbolRole.GROUP)) {
        groups.put(
            group.name(), population.groups().getOrDefault(group.name(), population.neurons()));
      }
    }
    return groups;
  }

  private ProjectionImage projection(Connections synapses) {
    var p = synapses.projection();
    return new ProjectionImage(
        p.name(),
        populationIndex(p.source()),
        populationIndex(p.target()),
        p.accumulator(),
        p.lines(),
        p.rowsOf().isEmpty() ? ProjectionImage.NONE : projectionIndex(p.rowsOf()),
        p.format(),
        p.type(),
        programs.indexOf(p.row()),
        programs.indexOf(p.learn()),
        p.mirrorOf().isEmpty() ? ProjectionImage.NONE : projectionIndex(p.mirrorOf()),
        p.path());
  }

  private List<CoreImage> coreImages() {
    var images = new ArrayList<CoreImage>();
    for (int number = 0; number < cores.size(); number++) {
      var core = cores.get(number);
      images.add(
          new CoreImage(
              number,
              core.slices.stream().map(this::slice).toList(),
              core.blocks.stream().map(this::block).toList(),
              core.axons));
    }
    return images;
  }

  private BlockImage block(BlockDraft block) {
    var weights = connections.get(block.projection()).weights(block.layout(), block.first());
    return new BlockImage(
        block.projection(), block.slice(), block.layout(), weights, Map.of(), block.routes());
  }

  private SliceImage slice(SliceDraft draft) {
    var slice = draft.slice();
    var population = network.populations().get(slice.population());
    var values = new HashMap<String, int[]>();
    population
        .values()
        .forEach((field, given) -> values.put(field, lanes(population, field, given, slice)));
    return new SliceImage(slice.population(), slice.first(), slice.count(), values, draft.routes());
  }

  /// The values of a slice's neurons: one for all, or their part of all.
  private int[] lanes(Population population, String field, int[] given, Slice slice) {
    int[] lanes = new int[slice.count()];
    if (given.length == 1) {
      Arrays.fill(lanes, given[0]);
    } else if (given.length == population.neurons()) {
      System.arraycopy(given, slice.first(), lanes, 0, slice.count());
    } else {
      faults.add(
          "population %s: values of %s: %d (expected: 1 or %d)",
          population.name(), field, given.length, population.neurons());
    }
    return lanes;
  }

  private Sequencer sequencer(SequencerRef ref) {
    return switch (ref) {
      case SequencerRef.Reduce(var register, var word, var names) ->
          new Sequencer.Reduce(
              programs.register(register),
              word,
              names.stream().map(this::projectionIndex).toList());
      case SequencerRef.Rewire(var register, var name) ->
          new Sequencer.Rewire(programs.register(register), projectionIndex(name));
    };
  }

  private List<Mapping.Placement> placements() {
    var placements = new ArrayList<Mapping.Placement>();
    for (int number = 0; number < cores.size(); number++) {
      for (var draft : cores.get(number).slices) {
        var slice = draft.slice();
        placements.add(
            new Mapping.Placement(
                network.populations().get(slice.population()).name(),
                slice.first(),
                slice.count(),
                number));
      }
    }
    return placements;
  }
}
