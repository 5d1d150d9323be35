package engram.isa.image;

import engram.isa.Instruction;
import engram.isa.Opcode;
import engram.isa.ProgramKind;
import engram.isa.exec.SynapseBinding;
import engram.isa.exec.SynapseLayout;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.isa.verify.Linkage;
import engram.isa.verify.VerificationException;
import engram.isa.verify.VerifiedProgram;
import engram.isa.verify.Verifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Judges an image before anything of a chip changes: is it consistent, can the chip do what it
/// asks, is there room. What passes can be loaded and run without a further check.
public final class ImageChecker {
  private final ChipSpec spec;
  private final ChipImage image;
  private final List<String> faults = new ArrayList<>();
  private final List<VerifiedProgram> programs = new ArrayList<>();
  private final List<Linkage> linkages = new ArrayList<>();

  private ImageChecker(ChipSpec spec, ChipImage image) {
    this.spec = spec;
    this.image = image;
  }

  /// Passes an image or refuses it.
  ///
  /// @throws ImageException with every reason found
  public static CheckedImage check(ChipSpec spec, ChipImage image) {
    return new ImageChecker(spec, image).check();
  }

  private CheckedImage check() {
    programs();
    if (programs.size() < image.programs().size()) {
      stopIfFaulty();
    }
    populations();
    projections();
    stopIfFaulty();
    cores();
    stopIfFaulty();
    routes();
    splitRows();
    sequencers();
    samples();
    var report = LoadReport.of(spec, image, programs);
    faults.addAll(report.refusals());
    stopIfFaulty();
    return new CheckedImage(spec, image, List.copyOf(programs), linkages, report);
  }

  private void stopIfFaulty() {
    if (!faults.isEmpty()) {
      throw new ImageException(
          "network " + image.network() + " is refused by " + spec.name() + ":", faults);
    }
  }

  private void fault(String format, Object... values) {
    faults.add(format.formatted(values));
  }

  private void programs() {
    for (var program : image.programs()) {
      VerifiedProgram verified;
      try {
        verified = Verifier.verify(program);
      } catch (VerificationException e) {
        faults.addAll(e.faults().stream().map(f -> f.in(program)).toList());
        continue;
      }
      programs.add(verified);
      if (!spec.can().programs().contains(program.kind())) {
        fault("%s: the chip has no %s programs", program, program.kind().keyword());
      }
      var lacking =
          program.instructions().stream()
              .map(Instruction::opcode)
              .filter(spec.can().lackingOpcodes()::contains)
              .map(Opcode::mnemonic)
              .distinct()
              .toList();
      if (!lacking.isEmpty()) {
        fault("%s: the chip has no %s", program, String.join(", ", lacking));
      }
      if (verified.oldestArrival() >= spec.can().history()) {
        fault(
            "%s: it looks back at arrivals: %d steps (expected: at most %d)",
            program, verified.oldestArrival(), spec.can().history() - 1);
      }
      for (var symbol : program.symbols()) {
        symbol(program, symbol);
      }
      int tags = program.symbols(SymbolRole.TAG).size();
      if (tags > spec.can().tags()) {
        fault("%s: tags: %d (expected: at most %d)", program, tags, spec.can().tags());
      }
    }
  }

  private void symbol(Program program, Symbol symbol) {
    if (symbol.history() > spec.can().history()) {
      fault(
          "%s, %s: history: %d (expected: at most %d)",
          program, symbol.name(), symbol.history(), spec.can().history());
    }
    if (symbol.role() == SymbolRole.STREAM
        && (symbol.graded() || !symbol.sums().isEmpty())
        && !spec.can().payload()) {
      fault("%s, %s: the chip has no graded events", program, symbol.name());
    }
    if (symbol.role() == SymbolRole.GLOBAL) {
      var register =
          image.registers().stream().filter(r -> r.name().equals(symbol.name())).findFirst();
      if (register.isEmpty()) {
        fault("%s, %s: no such register in the image", program, symbol.name());
      } else if (!register.get().format().equals(symbol.format())) {
        fault(
            "%s, %s: type: %s (expected: %s, as other programs declare it)",
            program, symbol.name(), symbol.format(), register.get().format());
      }
    }
  }

  private boolean isProgram(int index, ProgramKind kind) {
    return index >= 0 && index < programs.size() && programs.get(index).kind() == kind;
  }

  private void populations() {
    if (image.frame() < 1 || image.frame() > 1 << 15) {
      fault("frame: %d (expected: 1 to %d)", image.frame(), 1 << 15);
    }
    if (image.hostRoutes().size() != image.populations().size()) {
      fault(
          "host routes: %d (expected: %d, one list a population)",
          image.hostRoutes().size(), image.populations().size());
    }
    var names = new HashSet<String>();
    for (var population : image.populations()) {
      String name = population.name();
      if (!names.add(name)) {
        fault("population %s: the name stands twice", name);
      }
      if (population.size() < 1) {
        fault("population %s: size: %d (expected: at least 1)", name, population.size());
      }
      if (population.lag() < 0 || population.lag() >= Symbol.HISTORY) {
        fault(
            "population %s: lag: %d (expected: 0 to %d)",
            name, population.lag(), Symbol.HISTORY - 1);
      }
      if (population.external()) {
        continue;
      }
      if (!isProgram(population.program(), ProgramKind.NEURON)) {
        fault("population %s: program %d is no neuron program", name, population.program());
        continue;
      }
      var program = programs.get(population.program()).program();
      for (var group : program.symbols(SymbolRole.GROUP)) {
        int size = population.groups().getOrDefault(group.name(), 0);
        if (size < 1 || population.size() % size != 0) {
          fault(
              "population %s, group %s: size: %d (expected: a divisor of %d)",
              name, group.name(), size, population.size());
        }
      }
      for (var stream : population.recorded()) {
        streamSlot(population, stream, "population " + name + " records");
      }
    }
  }

  /// Checks that a population has a stream.
  private void streamSlot(PopulationImage population, String stream, String what) {
    boolean has =
        population.external()
            ? stream.equals(PopulationImage.EXTERNAL_STREAM)
            : programs.get(population.program()).program().symbols(SymbolRole.STREAM).stream()
                .anyMatch(s -> s.name().equals(stream));
    if (!has) {
      fault("%s %s.%s: there is no such stream", what, population.name(), stream);
    }
  }

  private void projections() {
    var names = new HashSet<String>();
    for (int i = 0; i < image.projections().size(); i++) {
      var projection = image.projections().get(i);
      String name = "projection " + projection.name();
      if (!names.add(projection.name())) {
        fault("%s: the name stands twice", name);
      }
      if (!isPopulation(projection.source()) || !isPopulation(projection.target())) {
        fault("%s: no such source or target population", name);
        linkages.add(null);
        continue;
      }
      linkages.add(projection(projection, i, name));
    }
  }

  private boolean isPopulation(int index) {
    return index >= 0 && index < image.populations().size();
  }

  private Linkage projection(ProjectionImage projection, int index, String name) {
    var target = image.populations().get(projection.target());
    var source = image.populations().get(projection.source());
    if (target.external()) {
      fault("%s: its target %s is external", name, target.name());
      return null;
    }
    var neuron = programs.get(target.program());
    boolean accumulates =
        neuron.program().symbols(SymbolRole.ACCUMULATOR).stream()
            .anyMatch(s -> s.name().equals(projection.accumulator()));
    if (!accumulates) {
      fault("%s: %s has no accumulator %s", name, neuron, projection.accumulator());
    }
    for (var line : projection.lines()) {
      if (projection.rowsOf() == ProjectionImage.NONE) {
        streamSlot(source, line.stream(), name + " comes from");
      } else {
        rowStream(projection, line.stream(), name);
      }
      if (line.sign() != 1 && line.sign() != -1) {
        fault("%s: sign: %d (expected: 1 or -1)", name, line.sign());
      }
      if (line.delay() < 1 || line.delay() > spec.can().delay()) {
        fault("%s: delay: %d (expected: 1 to %d)", name, line.delay(), spec.can().delay());
      }
    }
    weights(projection, name);
    if (!spec.can().formats().contains(projection.format())) {
      fault("%s: the chip has no %s synapses", name, projection.format().keyword());
    }
    Optional<VerifiedProgram> row = Optional.empty();
    if (projection.rowProgram() != ProjectionImage.NONE) {
      if (!isProgram(projection.rowProgram(), ProgramKind.ROW)) {
        fault("%s: program %d is no row program", name, projection.rowProgram());
        return null;
      }
      row = Optional.of(programs.get(projection.rowProgram()));
    }
    boolean mirrors = projection.isMirror() && mirror(projection, index, name);
    if (!projection.learns()) {
      return null;
    }
    if (projection.format() == SynapseFormat.SHARED) {
      fault(
          "%s: weights that synapses share can't learn (expected: dense, sparse or masked)", name);
      return null;
    }
    if (!isProgram(projection.synapseProgram(), ProgramKind.SYNAPSE)) {
      fault("%s: program %d is no synapse program", name, projection.synapseProgram());
      return null;
    }
    var synapse = programs.get(projection.synapseProgram());
    var linkFaults = Linkage.faults(synapse, row, neuron);
    linkFaults.forEach(f -> fault("%s: %s", name, f));
    if (mirrors) {
      mirrorProgram(synapse, neuron, name);
    }
    return linkFaults.isEmpty() ? Linkage.of(synapse, row, neuron) : null;
  }

  /// Checks that the rows of a projection emit a stream.
  private void rowStream(ProjectionImage projection, String stream, String name) {
    if (projection.rowsOf() < 0 || projection.rowsOf() >= image.projections().size()) {
      fault("%s: it comes from rows of no projection", name);
      return;
    }
    var rows = image.projections().get(projection.rowsOf());
    boolean emits =
        isProgram(rows.rowProgram(), ProgramKind.ROW)
            && programs.get(rows.rowProgram()).program().symbols(SymbolRole.STREAM).stream()
                .anyMatch(s -> s.name().equals(stream));
    if (!emits || rows.source() != projection.source()) {
      fault("%s: rows of %s have no stream %s, or another source", name, rows.name(), stream);
    }
  }

  private void weights(ProjectionImage projection, String name) {
    var format = projection.weights();
    var bits = spec.can().weightBits();
    if (format.bits() < bits.least() || format.bits() > bits.most()) {
      fault(
          "%s: weight width: %d (expected: %d to %d bits)",
          name, format.bits(), bits.least(), bits.most());
    }
    if (format.bits() > 16 || format.signed() == (format.bits() == 1)) {
      fault("%s: weights: %s (expected: u1, or s2 to s16)", name, format);
    }
  }

  /// Checks that a mirror has the shape of its original; false if it has no original.
  private boolean mirror(ProjectionImage mirror, int index, String name) {
    if (mirror.mirrorOf() < 0 || mirror.mirrorOf() >= index) {
      fault("%s: it mirrors a projection that is not declared before it", name);
      return false;
    }
    var original = image.projections().get(mirror.mirrorOf());
    boolean transposed =
        mirror.source() == original.target()
            && mirror.target() == original.source()
            && mirror.format() == original.format()
            && mirror.weights().equals(original.weights())
            && !original.isMirror();
    if (!transposed) {
      fault(
          "%s: it mirrors %s, but source, target, format or weights are not those of its transpose",
          name, original.name());
    }
    if (mirror.learns() != original.learns()) {
      fault("%s: it mirrors %s, but one of them learns and one does not", name, original.name());
    }
    if (mirror.rowProgram() != ProjectionImage.NONE) {
      fault("%s: a mirror has no row program", name);
    }
    return true;
  }

  /// Checks that the change of a mirror depends on nothing that the original does not see.
  private void mirrorProgram(VerifiedProgram synapse, VerifiedProgram neuron, String name) {
    Verifier.mirrorFaults(synapse).forEach(f -> fault("%s: %s", name, f.in(synapse.program())));
    for (var borrowed : synapse.program().symbols(SymbolRole.POST)) {
      boolean stream =
          neuron.program().symbols(SymbolRole.STREAM).stream()
              .anyMatch(s -> s.name().equals(borrowed.name()) && !s.graded());
      if (!stream) {
        fault(
            "%s: the change of a mirror depends on %s of %s (expected: events)",
            name, borrowed.name(), neuron);
      }
    }
  }

  private void cores() {
    var seen = new HashSet<Integer>();
    int[] covered = new int[image.populations().size()];
    int[] columns = new int[image.projections().size()];
    for (var core : image.cores()) {
      if (core.core() < 0 || core.core() >= spec.mesh().cores()) {
        fault("core: %d (expected: less than %d)", core.core(), spec.mesh().cores());
      }
      if (!seen.add(core.core())) {
        fault("core %d: it stands twice", core.core());
      }
      for (var slice : core.slices()) {
        slice(core, slice, covered);
      }
      for (int b = 0; b < core.blocks().size(); b++) {
        block(core, core.blocks().get(b), columns);
      }
    }
    for (int p = 0; p < covered.length; p++) {
      var population = image.populations().get(p);
      if (!population.external() && covered[p] != population.size()) {
        fault(
            "population %s: neurons on cores: %d (expected: %d)",
            population.name(), covered[p], population.size());
      }
    }
    for (int p = 0; p < columns.length; p++) {
      var projection = image.projections().get(p);
      int size = image.populations().get(projection.target()).size();
      if (columns[p] != size) {
        fault(
            "projection %s: target neurons on cores: %d (expected: %d)",
            projection.name(), columns[p], size);
      }
    }
  }

  private void slice(CoreImage core, SliceImage slice, int[] covered) {
    if (!isPopulation(slice.population())
        || image.populations().get(slice.population()).external()) {
      fault("core %d: a slice of no population that has neurons on cores", core.core());
      return;
    }
    var population = image.populations().get(slice.population());
    String name = "core %d, %s".formatted(core.core(), population.name());
    if (slice.first() < 0
        || slice.count() < 1
        || slice.first() + slice.count() > population.size()) {
      fault(
          "%s: slice %d to %d (expected: within 0 to %d)",
          name, slice.first(), slice.first() + slice.count(), population.size());
      return;
    }
    covered[slice.population()] += slice.count();
    var program = programs.get(population.program()).program();
    boolean reduces = program.instructions().stream().anyMatch(i -> i.opcode() == Opcode.REDUCE);
    if (reduces) {
      for (var group : program.symbols(SymbolRole.GROUP)) {
        int size = population.groups().get(group.name());
        if (slice.first() % size != 0 || slice.count() % size != 0) {
          fault(
              "%s: group %s of %d neurons is split by the slice %d to %d (expected: in one core)",
              name, group.name(), size, slice.first(), slice.first() + slice.count());
        }
      }
    }
    values(name, program, slice.values().keySet(), slice.count(), slice::values);
  }

  private interface Values {
    Map<String, int[]> get();
  }

  private void values(String name, Program program, Set<String> keys, int lanes, Values all) {
    for (var key : keys) {
      var symbol =
          program.symbols().stream()
              .filter(s -> s.name().equals(key))
              .filter(s -> s.role() == SymbolRole.FIELD || s.role() == SymbolRole.PARAM)
              .findFirst();
      int[] given = all.get().get(key);
      if (symbol.isEmpty()) {
        fault("%s: initial values of %s, which %s does not have", name, key, program);
      } else if (given.length != lanes) {
        fault("%s: initial values of %s: %d (expected: %d)", name, key, given.length, lanes);
      } else {
        var format = symbol.get().format();
        Arrays.stream(given)
            .filter(v -> !format.holds(v))
            .findFirst()
            .ifPresent(v ->
                fault(
                    "%s: initial value of %s: %d (expected: %d to %d)",
                    name, key, v, format.min(), format.max()));
      }
    }
  }

  private void block(CoreImage core, BlockImage block, int[] columns) {
    boolean known =
        block.projection() >= 0
            && block.projection() < image.projections().size()
            && block.slice() >= 0
            && block.slice() < core.slices().size();
    if (!known) {
      fault("core %d: a block of no projection or slice", core.core());
      return;
    }
    var projection = image.projections().get(block.projection());
    var slice = core.slices().get(block.slice());
    String name = "core %d, %s".formatted(core.core(), projection.name());
    var layout = block.layout();
    columns[block.projection()] += slice.count();
    int rows = image.populations().get(projection.source()).size();
    if (slice.population() != projection.target()
        || layout.lanes() != slice.count()
        || layout.rows() != rows) {
      fault(
          "%s: block of %d rows and %d lanes (expected: %d and %d)",
          name, layout.rows(), layout.lanes(), rows, slice.count());
      return;
    }
    boolean fits =
        switch (layout) {
          case SynapseLayout.Dense dense ->
              dense.mask() == null
                  ? projection.format() == SynapseFormat.DENSE
                  : projection.format() == SynapseFormat.MASKED
                      && dense.mask().length == dense.rows() * dense.maskWords();
          case SynapseLayout.Sparse sparse ->
              projection.format() == SynapseFormat.SPARSE
                  && ascending(sparse.starts(), sparse.rows(), sparse.targets(), sparse.lanes());
          case SynapseLayout.Shared shared ->
              projection.format() == SynapseFormat.SHARED && sound(shared);
        };
    if (!fits) {
      fault("%s: the layout is no %s one", name, projection.format().keyword());
      return;
    }
    if (block.weights() != null) {
      weightRange(name, projection, block);
    }
    if (projection.rowProgram() != ProjectionImage.NONE) {
      var program = programs.get(projection.rowProgram()).program();
      values(name, program, block.values().keySet(), rows, block::values);
    }
  }

  /// True if lists of lanes, cut at `starts`, are complete, ascending, and within the lanes.
  private static boolean ascending(int[] starts, int lists, int[] targets, int lanes) {
    if (starts.length != lists + 1 || starts[0] != 0 || starts[lists] != targets.length) {
      return false;
    }
    for (int list = 0; list < lists; list++) {
      if (starts[list] > starts[list + 1] || starts[list + 1] > targets.length) {
        return false;
      }
      for (int s = starts[list]; s < starts[list + 1]; s++) {
        int low = s == starts[list] ? 0 : targets[s - 1] + 1;
        if (targets[s] < low || targets[s] >= lanes) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean sound(SynapseLayout.Shared shared) {
    int patterns = shared.starts().length - 1;
    boolean whole =
        patterns >= 0
            && shared.weights() >= 0
            && shared.base().length == shared.rows()
            && shared.pattern().length == shared.rows()
            && shared.entries().length == shared.offsets().length
            && ascending(shared.starts(), patterns, shared.offsets(), shared.lanes())
            && Arrays.stream(shared.entries()).allMatch(e -> e >= 0 && e < shared.weights());
    for (int row = 0; whole && row < shared.rows(); row++) {
      int pattern = shared.pattern()[row];
      if (pattern == SynapseLayout.Shared.NO_PATTERN) {
        continue;
      }
      whole = pattern >= 0 && pattern < patterns;
      if (whole && shared.live(row) > 0) {
        int last = shared.base()[row] + shared.offsets()[shared.to(row) - 1];
        whole = shared.base()[row] >= 0 && last < shared.lanes();
      }
    }
    return whole;
  }

  private void weightRange(String name, ProjectionImage projection, BlockImage block) {
    var weights = block.weights();
    if (weights.length() != block.layout().places()) {
      fault("%s: weights: %d (expected: %d)", name, weights.length(), block.layout().places());
      return;
    }
    int high = SynapseBinding.weightLimit(projection.weights());
    int low = projection.weights().signed() ? -high : 0;
    if (block.layout() instanceof SynapseLayout.Dense dense && dense.mask() != null) {
      for (int i = 0; i < weights.length(); i++) {
        if (weights.get(i) != 0 && !dense.exists(i / dense.lanes(), i % dense.lanes())) {
          fault("%s: weight %d: %d (expected: 0, no synapse is there)", name, i, weights.get(i));
          return;
        }
      }
    }
    for (int i = 0; i < weights.length(); i++) {
      int weight = weights.get(i);
      if (weight < low || weight > high) {
        fault("%s: weight %d: %d (expected: %d to %d)", name, i, weight, low, high);
        return;
      }
    }
  }

  /// Every route must end on axons that name the rows of the lanes that it serves.
  private void routes() {
    for (var core : image.cores()) {
      axons(core);
      for (var slice : core.slices()) {
        var population = image.populations().get(slice.population());
        slice
            .routes()
            .forEach((stream, routes) -> {
              streamSlot(population, stream, "route of");
              routes.forEach(r -> route(r, population.name(), slice.first(), slice.count()));
            });
        int most = destinations(slice);
        if (most > spec.can().destinations()) {
          fault(
              "population %s: destinations of a neuron: %d (expected: at most %d)",
              population.name(), most, spec.can().destinations());
        }
      }
      for (var block : core.blocks()) {
        var projection = image.projections().get(block.projection());
        block
            .routes()
            .values()
            .forEach(
                list -> list.forEach(r -> route(r, projection.name(), 0, block.layout().rows())));
      }
    }
    for (int p = 0; p < image.hostRoutes().size(); p++) {
      var population = image.populations().get(p);
      for (var route : image.hostRoutes().get(p)) {
        route(route, population.name(), 0, population.size());
      }
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

  private void axons(CoreImage core) {
    int next = 0;
    for (var range : core.axons()) {
      boolean inOrder = range.first() == next && range.count() > 0;
      boolean named =
          range.block() >= 0
              && range.block() < core.blocks().size()
              && range.row() >= 0
              && range.row() + range.count() <= core.blocks().get(range.block()).layout().rows();
      if (!inOrder || !named) {
        fault("core %d: axons from %d name no rows of a block", core.core(), range.first());
        return;
      }
      if (range.delay() < 1 || range.delay() > spec.can().delay() || Math.abs(range.sign()) != 1) {
        fault(
            "core %d, axon %d: delay %d, sign %d (expected: 1 to %d, 1 or -1)",
            core.core(), range.first(), range.delay(), range.sign(), spec.can().delay());
      }
      next += range.count();
    }
  }

  private void route(RouteImage route, String owner, int firstIndex, int lanes) {
    boolean within =
        route.first() >= 0 && route.count() > 0 && route.first() + route.count() <= lanes;
    var core =
        image.cores().stream().filter(c -> c.core() == route.core()).findFirst().orElse(null);
    if (!within || core == null) {
      fault("route of %s: lanes or core do not exist: %s", owner, route);
      return;
    }
    for (var range : core.axons()) {
      if (route.axon() >= range.first()
          && route.axon() + route.count() <= range.first() + range.count()) {
        int row = range.row() + route.axon() - range.first();
        int index = firstIndex + route.first();
        if (row != index) {
          fault(
              "route of %s to core %d, axon %d: row %d (expected: %d, the neuron's index)",
              owner, route.core(), route.axon(), row, index);
        }
        return;
      }
    }
    fault("route of %s: core %d has no axons %d and on", owner, route.core(), route.axon());
  }

  /// A row that is split over cores has its sums in parts: only streams may carry them.
  private void splitRows() {
    int[] blocks = new int[image.projections().size()];
    image.cores().forEach(c -> c.blocks().forEach(b -> blocks[b.projection()]++));
    for (int p = 0; p < blocks.length; p++) {
      var projection = image.projections().get(p);
      boolean reads =
          projection.rowProgram() != ProjectionImage.NONE
              && programs.get(projection.rowProgram()).uses(Opcode.LDACC);
      if (reads && blocks[p] > 1) {
        fault(
            "projection %s: its rows are split over %d cores, but %s reads their sums (expected: streams that carry them)",
            projection.name(), blocks[p], programs.get(projection.rowProgram()));
      }
    }
  }

  private void sequencers() {
    for (var sequencer : image.sequencers()) {
      if (!spec.can().sequencers()) {
        fault("the chip has no sequencer engines");
        return;
      }
      if (sequencer.register() < 0 || sequencer.register() >= image.registers().size()) {
        fault("sequencer: register %d does not exist", sequencer.register());
      }
      switch (sequencer) {
        case Sequencer.Reduce reduce -> reduce(reduce);
        case Sequencer.Rewire rewire -> {
          boolean masked =
              rewire.projection() >= 0
                  && rewire.projection() < image.projections().size()
                  && image.projections().get(rewire.projection()).format() == SynapseFormat.MASKED;
          if (!masked) {
            fault("rewire: projection %d is no masked one", rewire.projection());
          }
          boolean mirrored =
              image.projections().stream().anyMatch(p -> p.mirrorOf() == rewire.projection());
          if (mirrored) {
            fault("rewire: projection %d has a mirror", rewire.projection());
          }
        }
      }
    }
  }

  private void reduce(Sequencer.Reduce reduce) {
    if (reduce.projections().size() < 2) {
      fault("reduce: replicas: %d (expected: at least 2)", reduce.projections().size());
      return;
    }
    ProjectionImage first = null;
    for (int index : reduce.projections()) {
      if (index < 0 || index >= image.projections().size()) {
        fault("reduce: projection %d does not exist", index);
        return;
      }
      var projection = image.projections().get(index);
      if (first == null) {
        first = projection;
        boolean has =
            reduce.word().equals(SymbolRole.WEIGHT.keyword())
                || projection.learns()
                    && programs
                        .get(projection.synapseProgram())
                        .program()
                        .symbols(SymbolRole.TAG)
                        .stream()
                        .anyMatch(s -> s.name().equals(reduce.word()));
        if (!has) {
          fault("reduce: %s has no word %s", projection.name(), reduce.word());
        }
      }
      boolean equalShape =
          size(projection.source()) == size(first.source())
              && size(projection.target()) == size(first.target())
              && projection.format() == SynapseFormat.DENSE
              && first.format() == SynapseFormat.DENSE
              && projection.weights().equals(first.weights())
              && projection.synapseProgram() == first.synapseProgram();
      if (!equalShape) {
        fault(
            "reduce: %s is not of the shape of %s (expected: both dense, with one program)",
            projection.name(), first.name());
      }
    }
  }

  private int size(int population) {
    return image.populations().get(population).size();
  }

  private void samples() {
    image
        .samples()
        .ifPresent(port -> {
          sampleField(port.data(), port.dataField());
          if (!port.label().isEmpty()) {
            sampleField(port.label(), port.labelField());
          }
          var vote =
              image.populations().stream().filter(p -> p.name().equals(port.vote())).findFirst();
          if (vote.isEmpty()) {
            fault("samples: no population %s", port.vote());
          } else {
            streamSlot(vote.get(), port.voteStream(), "samples vote by");
          }
          if (image.registers().stream().noneMatch(r -> r.name().equals(port.learn()))) {
            fault("samples: no register %s", port.learn());
          }
          if (port.steps() < 1) {
            fault("samples: steps: %d (expected: at least 1)", port.steps());
          }
        });
  }

  private void sampleField(String population, String field) {
    boolean has =
        image.populations().stream()
            .filter(p -> p.name().equals(population) && !p.external())
            .anyMatch(p ->
                programs.get(p.program()).program().symbols(SymbolRole.FIELD).stream()
                    .anyMatch(s -> s.name().equals(field)));
    if (!has) {
      fault("samples: no field %s.%s", population, field);
    }
  }
}
