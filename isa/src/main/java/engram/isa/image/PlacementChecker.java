package engram.isa.image;

import engram.isa.Opcode;
import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseBinding;
import engram.isa.exec.SynapseLayout;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// Judges what the cores of an image hold: slices that make up the populations, blocks that make up
/// the projections, initial values that fit.
final class PlacementChecker {
  private final Judgement judgement;
  private final ChipImage image;

  /// By population.
  private final List<List<Placed>> slices = new ArrayList<>();

  private final int[] columns;

  /// A slice and its core.
  private record Placed(int core, SliceImage slice) {}

  PlacementChecker(Judgement judgement) {
    this.judgement = judgement;
    image = judgement.image();
    columns = new int[image.projections().size()];
    image.populations().forEach(_ -> slices.add(new ArrayList<>()));
  }

  void check() {
    var seen = new HashSet<Integer>();
    int cores = judgement.spec().mesh().cores();
    for (var core : image.cores()) {
      if (core.core() < 0 || core.core() >= cores) {
        judgement.fault("core: %d (expected: less than %d)", core.core(), cores);
      }
      if (!seen.add(core.core())) {
        judgement.fault("core %d: it stands twice", core.core());
      }
      core.slices().forEach(s -> slice(core, s));
      blocks(core);
    }
    for (int p = 0; p < slices.size(); p++) {
      covered(image.populations().get(p), slices.get(p));
    }
    for (int p = 0; p < columns.length; p++) {
      var projection = image.projections().get(p);
      int size = image.populations().get(projection.target()).size();
      if (columns[p] != size) {
        judgement.fault(
            "projection %s: target neurons on cores: %d (expected: %d)",
            projection.name(), columns[p], size);
      }
    }
  }

  private void covered(PopulationImage population, List<Placed> placed) {
    placed.sort(Comparator.comparingInt(p -> p.slice().first()));
    int neurons = 0;
    int end = 0;
    for (var next : placed) {
      var slice = next.slice();
      if (slice.first() < end) {
        judgement.fault(
            "core %d, %s: slice %d to %d overlaps another",
            next.core(), population.name(), slice.first(), slice.first() + slice.count());
      }
      end = Math.max(end, slice.first() + slice.count());
      neurons += slice.count();
    }
    if (!population.external() && neurons != population.size()) {
      judgement.fault(
          "population %s: neurons on cores: %d (expected: %d)",
          population.name(), neurons, population.size());
    }
  }

  private void slice(CoreImage core, SliceImage slice) {
    if (!judgement.isPopulation(slice.population())
        || image.populations().get(slice.population()).external()) {
      judgement.fault("core %d: a slice of no population that has neurons on cores", core.core());
      return;
    }
    var population = image.populations().get(slice.population());
    String name = "core %d, %s".formatted(core.core(), population.name());
    long end = (long) slice.first() + slice.count();
    if (slice.first() < 0 || slice.count() < 1 || end > population.size()) {
      judgement.fault(
          "%s: slice %d to %d (expected: within 0 to %d)",
          name, slice.first(), end, population.size());
      return;
    }
    slices.get(slice.population()).add(new Placed(core.core(), slice));
    var program = judgement.program(population.program());
    boolean reduces = program.instructions().stream().anyMatch(i -> i.opcode() == Opcode.REDUCE);
    if (reduces) {
      for (var group : program.symbols(SymbolRole.GROUP)) {
        int size = population.groups().get(group.name());
        if (slice.first() % size != 0 || slice.count() % size != 0) {
          judgement.fault(
              "%s: group %s of %d neurons is split by the slice %d to %d (expected: in one core)",
              name, group.name(), size, slice.first(), end);
        }
      }
    }
    values(name, program, slice.values(), slice.count());
  }

  private void values(String name, Program program, Map<String, int[]> values, int lanes) {
    values.forEach((key, given) -> {
      var symbol =
          program.symbols().stream()
              .filter(s -> s.name().equals(key))
              .filter(s -> s.role() == SymbolRole.FIELD || s.role() == SymbolRole.PARAM)
              .findFirst();
      if (symbol.isEmpty()) {
        judgement.fault("%s: initial values of %s, which %s does not have", name, key, program);
      } else if (given.length != lanes) {
        judgement.fault(
            "%s: initial values of %s: %d (expected: %d)", name, key, given.length, lanes);
      } else {
        var format = symbol.get().format();
        Arrays.stream(given)
            .filter(v -> !format.holds(v))
            .findFirst()
            .ifPresent(v ->
                judgement.fault(
                    "%s: initial value of %s: %d (expected: %d to %d)",
                    name, key, v, format.min(), format.max()));
      }
    });
  }

  private void blocks(CoreImage core) {
    /// A block of a projection and a slice.
    record Place(int projection, int slice) {}
    var seen = new HashSet<Place>();
    for (var block : core.blocks()) {
      boolean known =
          judgement.isProjection(block.projection())
              && block.slice() >= 0
              && block.slice() < core.slices().size();
      if (!known) {
        judgement.fault("core %d: a block of no projection or slice", core.core());
        continue;
      }
      var projection = image.projections().get(block.projection());
      var slice = core.slices().get(block.slice());
      String name = "core %d, %s".formatted(core.core(), projection.name());
      if (!seen.add(new Place(block.projection(), block.slice()))) {
        judgement.fault(
            "%s: a second block of the slice %d to %d",
            name, slice.first(), slice.first() + slice.count());
        continue;
      }
      columns[block.projection()] += slice.count();
      block(name, projection, slice, block);
    }
  }

  private void block(String name, ProjectionImage projection, SliceImage slice, BlockImage block) {
    var layout = block.layout();
    int rows = image.populations().get(projection.source()).size();
    if (slice.population() != projection.target()
        || layout.lanes() != slice.count()
        || layout.rows() != rows) {
      judgement.fault(
          "%s: block of %d rows and %d lanes (expected: %d and %d)",
          name, layout.rows(), layout.lanes(), rows, slice.count());
      return;
    }
    if (!LayoutChecker.fits(judgement, name, projection.format(), layout)) {
      return;
    }
    if (block.weights() != null) {
      weights(name, projection, block);
    }
    if (projection.rowProgram() != ProjectionImage.NONE) {
      values(name, judgement.program(projection.rowProgram()), block.values(), rows);
    } else {
      block
          .values()
          .keySet()
          .forEach(key ->
              judgement.fault(
                  "%s: initial values of %s, but the projection has no row program", name, key));
    }
  }

  private void weights(String name, ProjectionImage projection, BlockImage block) {
    var weights = block.weights();
    if (weights.length() != block.layout().places()) {
      judgement.fault(
          "%s: weights: %d (expected: %d)", name, weights.length(), block.layout().places());
      return;
    }
    int high = SynapseBinding.weightLimit(projection.weights());
    int low = projection.weights().signed() ? -high : 0;
    for (int i = 0; i < weights.length(); i++) {
      int weight = weights.get(i);
      if (weight != 0 && isEmpty(block.layout(), i)) {
        judgement.fault("%s: weight %d: %d (expected: 0, no synapse is there)", name, i, weight);
        return;
      }
      if (weight < low || weight > high) {
        judgement.fault("%s: weight %d: %d (expected: %d to %d)", name, i, weight, low, high);
        return;
      }
    }
  }

  /// True if no synapse is at a place.
  private static boolean isEmpty(SynapseLayout layout, int place) {
    return switch (layout) {
      case SynapseLayout.Dense dense ->
          dense.mask() != null && !dense.exists(place / dense.lanes(), place % dense.lanes());
      case SparseRows sparse -> sparse.isGap(place);
      case SynapseLayout.Shared _ -> false;
    };
  }
}
