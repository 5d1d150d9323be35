package engram.cli.bench;

import engram.firmware.network.Weights;
import engram.isa.Draw;
import engram.isa.NumberFormat;
import engram.isa.assembler.Assembler;
import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import engram.isa.image.AxonRange;
import engram.isa.image.BlockImage;
import engram.isa.image.ChipImage;
import engram.isa.image.CoreImage;
import engram.isa.image.PopulationImage;
import engram.isa.image.ProjectionImage;
import engram.isa.image.RouteImage;
import engram.isa.image.SliceImage;
import engram.isa.image.SynapseFormat;
import engram.isa.program.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A network of noisy neurons that is too large for the mapper, which lists all synapses before it
/// places one: here the cores are written one by one.
final class LargeNetwork {
  private static final NumberFormat WEIGHTS = NumberFormat.signed(8);
  private static final long SEED = 1;

  /// Spikes in 65536 steps.
  static final int ONE_PERCENT = 655;

  private final String name;
  private final Program program;
  private final List<Slice> slices = new ArrayList<>();
  private final List<Integer> sizes = new ArrayList<>();
  private final List<Wire> wires = new ArrayList<>();

  /// Neurons of a population on a core.
  private record Slice(int core, int population, int first, int count) {}

  /// All synapses from one population to another.
  ///
  /// @param probability of a synapse for each pair; 1 for dense rows
  private record Wire(int from, int to, double probability) {
    SynapseFormat format() {
      return probability == 1 ? SynapseFormat.DENSE : SynapseFormat.SPARSE;
    }
  }

  /// @param rate spikes of a neuron in 65536 steps
  LargeNetwork(String name, int rate) {
    this.name = name;
    program =
        Assembler.assemble(
                "noisy.s", BenchChips.firmware().source("bench/noisy"), Map.of("RATE", (long) rate))
            .program();
  }

  /// Adds a population on cores `firstCore` and on, in equal parts; returns its number.
  int population(int neurons, int firstCore, int cores) {
    int part = Math.ceilDiv(neurons, cores);
    for (int first = 0; first < neurons; first += part) {
      int count = Math.min(part, neurons - first);
      slices.add(new Slice(firstCore + first / part, sizes.size(), first, count));
    }
    sizes.add(neurons);
    return sizes.size() - 1;
  }

  /// Joins each pair of neurons of two populations with a probability.
  void connect(int from, int to, double probability) {
    wires.add(new Wire(from, to, probability));
  }

  ChipImage image() {
    var cores = new ArrayList<CoreImage>();
    var routes = new ArrayList<List<RouteImage>>();
    slices.forEach(_ -> routes.add(new ArrayList<>()));
    int last = slices.stream().mapToInt(Slice::core).max().orElseThrow();
    for (int core = 0; core <= last; core++) {
      cores.add(blocks(core, routes));
    }
    return new ChipImage(
        name,
        SEED,
        1,
        List.of(),
        List.of(program),
        populations(),
        projections(),
        cores.stream().map(c -> withSlices(c, routes)).toList(),
        sizes.stream().map(_ -> List.<RouteImage>of()).toList(),
        List.of(),
        Optional.empty());
  }

  private List<PopulationImage> populations() {
    var populations = new ArrayList<PopulationImage>();
    for (int p = 0; p < sizes.size(); p++) {
      populations.add(new PopulationImage("p" + p, sizes.get(p), 0, 0, Map.of(), Set.of()));
    }
    return populations;
  }

  private List<ProjectionImage> projections() {
    var projections = new ArrayList<ProjectionImage>();
    for (var wire : wires) {
      projections.add(
          new ProjectionImage(
              "p%d to p%d".formatted(wire.from(), wire.to()),
              wire.from(),
              wire.to(),
              "in",
              List.of(new ProjectionImage.Line("spike", 1, 1)),
              ProjectionImage.NONE,
              wire.format(),
              WEIGHTS,
              ProjectionImage.NONE,
              ProjectionImage.NONE,
              ProjectionImage.NONE,
              ProjectionImage.Path.FORWARD));
    }
    return projections;
  }

  /// The blocks of a core; notes the routes that lead to them, by slice.
  private CoreImage blocks(int core, List<List<RouteImage>> routes) {
    var own = slices.stream().filter(s -> s.core() == core).toList();
    var blocks = new ArrayList<BlockImage>();
    var axons = new ArrayList<AxonRange>();
    int axon = 0;
    for (int s = 0; s < own.size(); s++) {
      for (int w = 0; w < wires.size(); w++) {
        var wire = wires.get(w);
        if (wire.to() == own.get(s).population()) {
          int rows = sizes.get(wire.from());
          axons.add(new AxonRange(axon, rows, blocks.size(), 0, 1, 1));
          blocks.add(block(w, s, own.get(s)));
          route(wire.from(), core, axon, routes);
          axon += rows;
        }
      }
    }
    return new CoreImage(core, List.of(), blocks, axons);
  }

  private void route(int population, int core, int axon, List<List<RouteImage>> routes) {
    for (int s = 0; s < slices.size(); s++) {
      var slice = slices.get(s);
      if (slice.population() == population) {
        routes.get(s).add(new RouteImage(0, slice.count(), core, axon + slice.first()));
      }
    }
  }

  private CoreImage withSlices(CoreImage core, List<List<RouteImage>> routes) {
    var own = new ArrayList<SliceImage>();
    for (int s = 0; s < slices.size(); s++) {
      var slice = slices.get(s);
      if (slice.core() == core.core()) {
        own.add(
            new SliceImage(
                slice.population(),
                slice.first(),
                slice.count(),
                Map.of(),
                Map.of("spike", routes.get(s))));
      }
    }
    return new CoreImage(core.core(), own, core.blocks(), core.axons());
  }

  /// @param w number of the wire
  /// @param s index of the slice in its core
  private BlockImage block(int w, int s, Slice slice) {
    var wire = wires.get(w);
    int rows = sizes.get(wire.from());
    double most = WEIGHTS.max();
    var weights = new Weights.Random(wire.probability(), -most, most);
    long base = Draw.base(Draw.base(SEED, Draw.Kind.INIT, w), Draw.Kind.INIT, slice.first());
    var layout =
        wire.format() == SynapseFormat.DENSE
            ? new SynapseLayout.Dense(rows, slice.count(), null)
            : sparse(weights, base, rows, slice.count());
    var column = SynapseColumn.of(WEIGHTS, layout.places());
    for (int row = 0; row < rows; row++) {
      int source = row;
      layout.forEach(
          row,
          (lane, place) ->
              column.set(place, weights.weight(base, WEIGHTS, slice.count(), source, lane)));
    }
    return new BlockImage(w, s, layout, column, Map.of(), Map.of());
  }

  private static SparseRows sparse(Weights.Random weights, long base, int rows, int lanes) {
    int[] starts = new int[rows + 1];
    int[][] targets = {new int[(int) (1.02 * weights.probability() * rows * lanes) + lanes]};
    int[] end = {0};
    for (int row = 0; row < rows; row++) {
      if (end[0] + lanes > targets[0].length) {
        targets[0] = Arrays.copyOf(targets[0], 2 * targets[0].length);
      }
      weights.forEachTarget(base, row, lanes, lane -> targets[0][end[0]++] = lane);
      starts[row + 1] = end[0];
    }
    return SparseRows.of(rows, lanes, starts, Arrays.copyOf(targets[0], end[0]));
  }
}
