package engram.chip;

import engram.chip.preset.Presets;
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
import engram.isa.image.ProjectionImage.Line;
import engram.isa.image.ProjectionImage.Path;
import engram.isa.image.RegisterImage;
import engram.isa.image.RouteImage;
import engram.isa.image.SamplePort;
import engram.isa.image.Sequencer;
import engram.isa.image.SliceImage;
import engram.isa.image.SynapseFormat;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Images for tests, written by hand and not by the mapper: each population on the cores that the
/// test names, in equal parts.
final class TestImage {
  private final List<Program> programs = new ArrayList<>();
  private final List<Pop> populations = new ArrayList<>();
  private final List<Proj> projections = new ArrayList<>();
  private final List<Sequencer> sequencers = new ArrayList<>();
  private long seed = 1;
  private int frame = 1;

  /// A population and the cores that it is on.
  private record Pop(
      String name, int size, int program, int lag, Map<String, Integer> groups, int[] cores) {
    int first(int part) {
      return size * part / cores.length;
    }

    int count(int part) {
      return first(part + 1) - first(part);
    }
  }

  /// A projection: weights by source and target; null where there is no synapse.
  static final class Proj {
    final String name;
    final String from;
    final String to;
    final String accumulator;
    final Integer[][] weights;
    List<Line> lines = List.of(new Line("spike", 1, 1));
    SynapseFormat format = SynapseFormat.DENSE;
    NumberFormat type = NumberFormat.signed(16);
    int row = ProjectionImage.NONE;
    int learn = ProjectionImage.NONE;
    int mirrorOf = ProjectionImage.NONE;
    int rowsOf = ProjectionImage.NONE;
    Path path = Path.FORWARD;

    Proj(String name, String from, String to, String accumulator, Integer[][] weights) {
      this.name = name;
      this.from = from;
      this.to = to;
      this.accumulator = accumulator;
      this.weights = weights;
    }
  }

  TestImage seed(long seed) {
    this.seed = seed;
    return this;
  }

  TestImage frame(int frame) {
    this.frame = frame;
    return this;
  }

  private int program(String source) {
    programs.add(Assembler.assemble("test.s", source, Map.of()).program());
    return programs.size() - 1;
  }

  TestImage external(String name, int size) {
    populations.add(new Pop(name, size, PopulationImage.EXTERNAL, 0, Map.of(), new int[0]));
    return this;
  }

  TestImage population(String name, int size, String source, int... cores) {
    return population(name, size, source, 0, Map.of(), cores);
  }

  TestImage population(
      String name, int size, String source, int lag, Map<String, Integer> groups, int... cores) {
    populations.add(
        new Pop(
            name, size, program(source), lag, groups, cores.length == 0 ? new int[] {0} : cores));
    return this;
  }

  /// Adds a projection; what differs from plain spikes is set in `more`.
  TestImage projection(
      String name,
      String from,
      String to,
      String accumulator,
      Integer[][] weights,
      java.util.function.Consumer<Proj> more) {
    var projection = new Proj(name, from, to, accumulator, weights);
    more.accept(projection);
    projections.add(projection);
    return this;
  }

  TestImage projection(
      String name, String from, String to, String accumulator, Integer[][] weights) {
    return projection(name, from, to, accumulator, weights, _ -> {});
  }

  /// Compiles the learning or row program of a projection.
  int compile(String source) {
    return program(source);
  }

  TestImage sequencer(Sequencer sequencer) {
    sequencers.add(sequencer);
    return this;
  }

  static Integer[][] weights(int rows, int columns, int value) {
    var weights = new Integer[rows][columns];
    for (var row : weights) {
      java.util.Arrays.fill(row, value);
    }
    return weights;
  }

  static Integer[][] oneToOne(int size, int value) {
    var weights = new Integer[size][size];
    for (int i = 0; i < size; i++) {
      weights[i][i] = value;
    }
    return weights;
  }

  Chip load() {
    return load(ChipOptions.reference());
  }

  Chip load(ChipOptions options) {
    return Chip.load(Presets.named("engram-1"), image(), options);
  }

  private int index(String population) {
    for (int p = 0; p < populations.size(); p++) {
      if (populations.get(p).name().equals(population)) {
        return p;
      }
    }
    throw new IllegalArgumentException(population);
  }

  ChipImage image() {
    var cores = new HashMap<Integer, Draft>();
    for (int p = 0; p < populations.size(); p++) {
      var population = populations.get(p);
      for (int part = 0; part < population.cores().length; part++) {
        var draft = cores.computeIfAbsent(population.cores()[part], Draft::new);
        draft.slices.add(new Part(p, population.first(part), population.count(part)));
      }
    }
    for (var draft : cores.values()) {
      for (int s = 0; s < draft.slices.size(); s++) {
        for (int p = 0; p < projections.size(); p++) {
          if (index(projections.get(p).to) == draft.slices.get(s).population()) {
            draft.add(p, s);
          }
        }
      }
    }
    var images = cores.values().stream().map(d -> d.image(cores.values())).toList();
    var hostRoutes = new ArrayList<List<RouteImage>>();
    for (int p = 0; p < populations.size(); p++) {
      int source = p;
      var routes = new ArrayList<RouteImage>();
      if (populations.get(p).cores().length == 0) {
        cores
            .values()
            .forEach(d -> d.routesFrom(source, "spike", 0, populations.get(source).size(), routes));
      }
      hostRoutes.add(routes);
    }
    return new ChipImage(
        "test",
        seed,
        frame,
        registers(),
        programs,
        populations.stream()
            .map(p ->
                new PopulationImage(p.name(), p.size(), p.program(), p.lag(), p.groups(), Set.of()))
            .toList(),
        projections.stream()
            .map(p ->
                new ProjectionImage(
                    p.name,
                    index(p.from),
                    index(p.to),
                    p.accumulator,
                    p.lines,
                    p.rowsOf,
                    p.format,
                    p.type,
                    p.row,
                    p.learn,
                    p.mirrorOf,
                    p.path))
            .toList(),
        images,
        hostRoutes,
        sequencers,
        Optional.<SamplePort>empty());
  }

  private List<RegisterImage> registers() {
    var registers = new ArrayList<RegisterImage>();
    for (var program : programs) {
      for (var global : program.symbols(SymbolRole.GLOBAL)) {
        if (registers.stream().noneMatch(r -> r.name().equals(global.name()))) {
          registers.add(new RegisterImage(global.name(), global.format(), global.initial()));
        }
      }
    }
    return registers;
  }

  private record Part(int population, int first, int count) {}

  /// A core that is being filled.
  private final class Draft {
    private final int number;
    private final List<Part> slices = new ArrayList<>();
    private final List<int[]> blocks = new ArrayList<>();
    private final List<AxonRange> axons = new ArrayList<>();
    private int axonCount;

    Draft(int number) {
      this.number = number;
    }

    void add(int p, int slice) {
      var projection = projections.get(p);
      int rows = populations.get(index(projection.from)).size();
      for (var line : projection.lines) {
        axons.add(new AxonRange(axonCount, rows, blocks.size(), 0, line.sign(), line.delay()));
        axonCount += rows;
      }
      blocks.add(new int[] {p, slice});
    }

    /// Routes that lead from lanes of a source into this core.
    void routesFrom(int population, String stream, int first, int count, List<RouteImage> into) {
      int next = 0;
      for (int[] block : blocks) {
        var projection = projections.get(block[0]);
        int rows = populations.get(index(projection.from)).size();
        for (var line : projection.lines) {
          boolean feeds =
              index(projection.from) == population
                  && projection.rowsOf == ProjectionImage.NONE
                  && line.stream().equals(stream);
          if (feeds) {
            into.add(new RouteImage(0, count, number, next + first));
          }
          next += rows;
        }
      }
    }

    private void routesFromRows(int of, String stream, int rows, List<RouteImage> into) {
      int next = 0;
      for (int[] block : blocks) {
        var projection = projections.get(block[0]);
        for (var line : projection.lines) {
          if (projection.rowsOf == of && line.stream().equals(stream)) {
            into.add(new RouteImage(0, rows, number, next));
          }
          next += populations.get(index(projection.from)).size();
        }
      }
    }

    CoreImage image(Iterable<Draft> all) {
      var sliceImages = new ArrayList<SliceImage>();
      for (var part : slices) {
        var program = programs.get(populations.get(part.population()).program());
        var routes = new HashMap<String, List<RouteImage>>();
        for (var stream : program.symbols(SymbolRole.STREAM)) {
          var list = new ArrayList<RouteImage>();
          all.forEach(d ->
              d.routesFrom(part.population(), stream.name(), part.first(), part.count(), list));
          routes.put(stream.name(), list);
        }
        sliceImages.add(
            new SliceImage(part.population(), part.first(), part.count(), Map.of(), routes));
      }
      var blockImages = new ArrayList<BlockImage>();
      for (int[] block : blocks) {
        blockImages.add(block(block[0], block[1], all));
      }
      return new CoreImage(number, sliceImages, blockImages, axons);
    }

    private BlockImage block(int p, int s, Iterable<Draft> all) {
      var projection = projections.get(p);
      var part = slices.get(s);
      int rows = projection.weights.length;
      var layout = layout(projection, part);
      var weights = SynapseColumn.of(projection.type, layout.places());
      for (int row = 0; row < rows; row++) {
        for (int lane = 0; lane < part.count(); lane++) {
          var weight = projection.weights[row][part.first() + lane];
          if (weight == null) {
            continue;
          }
          weights.set(layout.place(row, lane), weight);
        }
      }
      var routes = new HashMap<String, List<RouteImage>>();
      if (projection.row != ProjectionImage.NONE) {
        for (var stream : programs.get(projection.row).symbols(SymbolRole.STREAM)) {
          var list = new ArrayList<RouteImage>();
          all.forEach(d -> d.routesFromRows(p, stream.name(), rows, list));
          routes.put(stream.name(), list);
        }
      }
      return new BlockImage(p, s, layout, weights, Map.of(), routes);
    }

    private SynapseLayout layout(Proj projection, Part part) {
      int rows = projection.weights.length;
      return switch (projection.format) {
        case DENSE -> new SynapseLayout.Dense(rows, part.count(), null);
        case MASKED -> {
          var dense =
              new SynapseLayout.Dense(
                  rows, part.count(), new long[rows * ((part.count() + 63) / 64)]);
          for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < part.count(); lane++) {
              dense.set(row, lane, projection.weights[row][part.first() + lane] != null);
            }
          }
          yield dense;
        }
        case SPARSE -> {
          int[] starts = new int[rows + 1];
          var targets = new ArrayList<Integer>();
          for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < part.count(); lane++) {
              if (projection.weights[row][part.first() + lane] != null) {
                targets.add(lane);
              }
            }
            starts[row + 1] = targets.size();
          }
          yield SparseRows.of(
              rows, part.count(), starts, targets.stream().mapToInt(t -> t).toArray());
        }
        // Nothing is shared here: every row is a pattern of its own. What shares is tested where
        // convolutions are mapped.
        case SHARED -> {
          int[] own = new int[rows];
          Arrays.setAll(own, row -> row);
          int[] starts = new int[rows + 1];
          var offsets = new ArrayList<Integer>();
          for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < part.count(); lane++) {
              if (projection.weights[row][part.first() + lane] != null) {
                offsets.add(lane);
              }
            }
            starts[row + 1] = offsets.size();
          }
          int[] entries = new int[offsets.size()];
          Arrays.setAll(entries, i -> i);
          yield new SynapseLayout.Shared(
              rows,
              part.count(),
              entries.length,
              new int[rows],
              own,
              starts,
              offsets.stream().mapToInt(o -> o).toArray(),
              entries);
        }
      };
    }
  }
}
