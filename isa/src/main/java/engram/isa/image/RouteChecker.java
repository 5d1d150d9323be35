package engram.isa.image;

import engram.isa.Opcode;
import engram.isa.image.ProjectionImage.Line;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerifiedProgram;
import java.util.List;
import java.util.TreeMap;

/// Judges how events travel: every route must end on axons that name the rows of the lanes which it
/// serves, in blocks of a projection that has a line for it.
final class RouteChecker {
  private final Judgement judgement;
  private final ChipImage image;

  RouteChecker(Judgement judgement) {
    this.judgement = judgement;
    image = judgement.image();
  }

  /// False if axons name no rows: then nothing can be looked up in them.
  boolean check() {
    image.cores().forEach(this::axons);
    if (!judgement.faults().isEmpty()) {
      return false;
    }
    image.cores().forEach(this::routes);
    hostRoutes();
    splitRows();
    return true;
  }

  private void axons(CoreImage core) {
    int delays = judgement.spec().can().delay();
    long next = 0;
    for (var range : core.axons()) {
      boolean inOrder = range.first() == next && range.count() > 0;
      boolean named =
          range.block() >= 0
              && range.block() < core.blocks().size()
              && range.row() >= 0
              && (long) range.row() + range.count()
                  <= core.blocks().get(range.block()).layout().rows();
      if (!inOrder || !named) {
        judgement.fault(
            "core %d: axons from %d name no rows of a block", core.core(), range.first());
        return;
      }
      boolean signed = range.sign() == 1 || range.sign() == -1;
      if (range.delay() < 1 || range.delay() > delays || !signed) {
        judgement.fault(
            "core %d, axon %d: delay %d, sign %d (expected: 1 to %d, 1 or -1)",
            core.core(), range.first(), range.delay(), range.sign(), delays);
      }
      next += range.count();
    }
    if (next > Integer.MAX_VALUE) {
      judgement.fault(
          "core %d: axons: %d (expected: at most %d)", core.core(), next, Integer.MAX_VALUE);
    }
  }

  /// Who sends events on a stream.
  ///
  /// @param name of the population, or of the rows of a projection
  /// @param source index of the population
  /// @param rowsOf index of the projection whose rows emit, or `NONE`
  /// @param first logical index of lane 0
  private record Sender(String name, int source, int rowsOf, int first, int lanes) {}

  private void routes(CoreImage core) {
    for (var slice : core.slices()) {
      var population = image.populations().get(slice.population());
      var sender =
          new Sender(
              population.name(),
              slice.population(),
              ProjectionImage.NONE,
              slice.first(),
              slice.count());
      slice
          .routes()
          .forEach((stream, routes) -> {
            judgement.stream(population, stream, "route of");
            routes.forEach(r -> route(sender, stream, r));
          });
      int most = destinations(slice);
      if (most > judgement.spec().can().destinations()) {
        judgement.fault(
            "population %s: destinations of a neuron: %d (expected: at most %d)",
            population.name(), most, judgement.spec().can().destinations());
      }
    }
    for (var block : core.blocks()) {
      var projection = image.projections().get(block.projection());
      String name = "rows of " + projection.name();
      var sender =
          new Sender(name, projection.source(), block.projection(), 0, block.layout().rows());
      block
          .routes()
          .forEach((stream, routes) -> {
            boolean emits =
                projection.rowProgram() != ProjectionImage.NONE
                    && judgement.emits(judgement.program(projection.rowProgram()), stream);
            if (!emits) {
              judgement.fault("route of %s: they have no stream %s", name, stream);
            }
            routes.forEach(r -> route(sender, stream, r));
          });
    }
  }

  /// The most axons that one neuron of a slice reaches.
  private static int destinations(SliceImage slice) {
    var changes = new TreeMap<Integer, Integer>();
    slice
        .routes()
        .values()
        .forEach(routes ->
            routes.forEach(r -> {
              changes.merge(r.first(), 1, Integer::sum);
              changes.merge(r.first() + r.count(), -1, Integer::sum);
            }));
    int reached = 0;
    int most = 0;
    for (int change : changes.values()) {
      reached += change;
      most = Math.max(most, reached);
    }
    return most;
  }

  private void hostRoutes() {
    for (int p = 0; p < image.hostRoutes().size(); p++) {
      var population = image.populations().get(p);
      var routes = image.hostRoutes().get(p);
      if (!population.external()) {
        if (!routes.isEmpty()) {
          judgement.fault("host routes of %s, which is not external", population.name());
        }
        continue;
      }
      var sender = new Sender(population.name(), p, ProjectionImage.NONE, 0, population.size());
      routes.forEach(r -> route(sender, PopulationImage.EXTERNAL_STREAM, r));
    }
  }

  private void route(Sender sender, String stream, RouteImage route) {
    boolean within =
        route.first() >= 0
            && route.count() > 0
            && (long) route.first() + route.count() <= sender.lanes();
    var core =
        image.cores().stream().filter(c -> c.core() == route.core()).findFirst().orElse(null);
    if (!within || core == null) {
      judgement.fault("route of %s: lanes or core do not exist: %s", sender.name(), route);
      return;
    }
    var range =
        core.axons().stream()
            .filter(r ->
                route.axon() >= r.first()
                    && (long) route.axon() + route.count() <= (long) r.first() + r.count())
            .findFirst()
            .orElse(null);
    if (range == null) {
      judgement.fault(
          "route of %s: core %d has no axons %d and on", sender.name(), route.core(), route.axon());
      return;
    }
    int row = range.row() + route.axon() - range.first();
    int index = sender.first() + route.first();
    if (row != index) {
      judgement.fault(
          "route of %s to core %d, axon %d: row %d (expected: %d, the neuron's index)",
          sender.name(), route.core(), route.axon(), row, index);
    }
    var projection = image.projections().get(core.blocks().get(range.block()).projection());
    boolean served =
        projection.source() == sender.source()
            && projection.rowsOf() == sender.rowsOf()
            && projection.lines().contains(new Line(stream, range.sign(), range.delay()));
    if (!served) {
      judgement.fault(
          "route of %s.%s to core %d, axon %d: projection %s has no such line",
          sender.name(), stream, route.core(), route.axon(), projection.name());
    }
  }

  /// A row that is split over cores has its sums in parts: only streams may carry them, from every
  /// core. Of everything else each core has the same: one may send it.
  private void splitRows() {
    for (int p = 0; p < image.projections().size(); p++) {
      var projection = image.projections().get(p);
      if (projection.rowProgram() != ProjectionImage.NONE) {
        splitRows(p, projection, judgement.programs().get(projection.rowProgram()));
      }
    }
  }

  private void splitRows(int p, ProjectionImage projection, VerifiedProgram program) {
    var blocks =
        image.cores().stream()
            .flatMap(c -> c.blocks().stream())
            .filter(b -> b.projection() == p)
            .toList();
    if (blocks.size() < 2) {
      return;
    }
    String name = projection.name();
    if (program.uses(Opcode.LDACC)) {
      judgement.fault(
          "projection %s: its rows are split over %d cores, but %s reads their sums (expected: streams that carry them)",
          name, blocks.size(), program);
    }
    for (var stream : program.program().symbols(SymbolRole.STREAM)) {
      long senders =
          blocks.stream()
              .filter(b -> !b.routes().getOrDefault(stream.name(), List.of()).isEmpty())
              .count();
      if (stream.sums().isEmpty() && senders > 1) {
        judgement.fault(
            "projection %s: its rows are split over %d cores, of which %d send their events %s (expected: 1, all have the same)",
            name, blocks.size(), senders, stream.name());
      }
    }
  }
}
