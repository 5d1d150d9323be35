package engram.isa.image;

import engram.isa.Instruction;
import engram.isa.Opcode;
import engram.isa.ProgramKind;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.isa.verify.Linkage;
import engram.isa.verify.VerificationException;
import engram.isa.verify.VerifiedProgram;
import engram.isa.verify.Verifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Judges an image before anything of a chip changes: is it consistent, can the chip do what it
/// asks, is there room. What passes can be loaded and run without a further check.
public final class ImageChecker {
  /// Neurons of all external populations: they lie in no core, but events of theirs take memory of
  /// the host.
  private static final int MOST_EXTERNAL = 1 << 24;

  private final ChipSpec spec;
  private final ChipImage image;
  private final Judgement judgement;
  private final List<VerifiedProgram> programs;
  private final List<Linkage> linkages = new ArrayList<>();

  private ImageChecker(ChipSpec spec, ChipImage image) {
    this.spec = spec;
    this.image = image;
    judgement = new Judgement(spec, image);
    programs = judgement.programs();
  }

  /// Passes an image or refuses it.
  ///
  /// @throws ImageException with every reason found
  public static CheckedImage check(ChipSpec spec, ChipImage image) {
    return new ImageChecker(spec, image).check();
  }

  /// Each part relies on those before it, so the first that has faults ends the judgement. Only
  /// what a program asks of the chip misleads nothing behind it.
  private CheckedImage check() {
    registers();
    judgement.stopIfFaulty();
    programs();
    if (programs.size() < image.programs().size()) {
      judgement.stopIfFaulty();
    }
    int asked = judgement.faults().size();
    populations();
    if (judgement.faults().size() > asked) {
      judgement.stopIfFaulty();
    }
    projections();
    judgement.stopIfFaulty();
    new PlacementChecker(judgement).check();
    judgement.stopIfFaulty();
    if (!new RouteChecker(judgement).check()) {
      judgement.stopIfFaulty();
    }
    new ServiceChecker(judgement).check();
    var report = LoadReport.of(spec, image, programs);
    report.refusals().forEach(r -> judgement.fault("%s", r));
    judgement.stopIfFaulty();
    return new CheckedImage(spec, image, List.copyOf(programs), linkages, report);
  }

  private void registers() {
    var names = new HashSet<String>();
    for (var register : image.registers()) {
      var format = register.format();
      if (!names.add(register.name())) {
        judgement.fault("register %s: the name stands twice", register.name());
      }
      if (!format.holds(register.initial())) {
        judgement.fault(
            "register %s: %d (expected: %d to %d)",
            register.name(), register.initial(), format.min(), format.max());
      }
    }
  }

  private void programs() {
    for (var program : image.programs()) {
      VerifiedProgram verified;
      try {
        verified = Verifier.verify(program);
      } catch (VerificationException e) {
        judgement.faults().addAll(e.faults().stream().map(f -> f.in(program)).toList());
        continue;
      }
      programs.add(verified);
      if (!spec.can().programs().contains(program.kind())) {
        judgement.fault("%s: the chip has no %s programs", program, program.kind().keyword());
      }
      var lacking =
          program.instructions().stream()
              .map(Instruction::opcode)
              .filter(spec.can().lackingOpcodes()::contains)
              .map(Opcode::mnemonic)
              .distinct()
              .toList();
      if (!lacking.isEmpty()) {
        judgement.fault("%s: the chip has no %s", program, String.join(", ", lacking));
      }
      if (verified.oldestArrival() >= spec.can().history()) {
        judgement.fault(
            "%s: it looks back at arrivals: %d steps (expected: at most %d)",
            program, verified.oldestArrival(), spec.can().history() - 1);
      }
      for (var symbol : program.symbols()) {
        symbol(program, symbol);
      }
      int tags = program.symbols(SymbolRole.TAG).size();
      if (tags > spec.can().tags()) {
        judgement.fault("%s: tags: %d (expected: at most %d)", program, tags, spec.can().tags());
      }
    }
  }

  private void symbol(Program program, Symbol symbol) {
    if (symbol.history() > spec.can().history()) {
      judgement.fault(
          "%s, %s: history: %d (expected: at most %d)",
          program, symbol.name(), symbol.history(), spec.can().history());
    }
    if (symbol.role() == SymbolRole.STREAM
        && (symbol.graded() || !symbol.sums().isEmpty())
        && !spec.can().payload()) {
      judgement.fault("%s, %s: the chip has no graded events", program, symbol.name());
    }
    if (symbol.role() == SymbolRole.GLOBAL) {
      var register =
          image.registers().stream().filter(r -> r.name().equals(symbol.name())).findFirst();
      if (register.isEmpty()) {
        judgement.fault("%s, %s: no such register in the image", program, symbol.name());
      } else if (!register.get().format().equals(symbol.format())) {
        judgement.fault(
            "%s, %s: type: %s (expected: %s, as other programs declare it)",
            program, symbol.name(), symbol.format(), register.get().format());
      }
    }
  }

  private void populations() {
    if (image.frame() < 1 || image.frame() > 1 << 15) {
      judgement.fault("frame: %d (expected: 1 to %d)", image.frame(), 1 << 15);
    }
    if (image.hostRoutes().size() != image.populations().size()) {
      judgement.fault(
          "host routes: %d (expected: %d, one list a population)",
          image.hostRoutes().size(), image.populations().size());
    }
    long external =
        image.populations().stream()
            .filter(PopulationImage::external)
            .mapToLong(PopulationImage::size)
            .sum();
    if (external > MOST_EXTERNAL) {
      judgement.fault("external neurons: %d (expected: at most %d)", external, MOST_EXTERNAL);
    }
    var names = new HashSet<String>();
    for (var population : image.populations()) {
      String name = population.name();
      if (!names.add(name)) {
        judgement.fault("population %s: the name stands twice", name);
      }
      if (population.size() < 1) {
        judgement.fault("population %s: size: %d (expected: at least 1)", name, population.size());
      }
      if (population.lag() < 0 || population.lag() >= Symbol.HISTORY) {
        judgement.fault(
            "population %s: lag: %d (expected: 0 to %d)",
            name, population.lag(), Symbol.HISTORY - 1);
      }
      if (population.external()) {
        continue;
      }
      if (!judgement.isProgram(population.program(), ProgramKind.NEURON)) {
        judgement.fault(
            "population %s: program %d is no neuron program", name, population.program());
        continue;
      }
      var program = programs.get(population.program()).program();
      for (var group : program.symbols(SymbolRole.GROUP)) {
        int size = population.groups().getOrDefault(group.name(), 0);
        if (size < 1 || population.size() % size != 0) {
          judgement.fault(
              "population %s, group %s: size: %d (expected: a divisor of %d)",
              name, group.name(), size, population.size());
        }
      }
      for (var stream : population.recorded()) {
        judgement.stream(population, stream, "population " + name + " records");
      }
    }
  }

  private void projections() {
    var names = new HashSet<String>();
    for (int i = 0; i < image.projections().size(); i++) {
      var projection = image.projections().get(i);
      String name = "projection " + projection.name();
      if (!names.add(projection.name())) {
        judgement.fault("%s: the name stands twice", name);
      }
      if (!judgement.isPopulation(projection.source())
          || !judgement.isPopulation(projection.target())) {
        judgement.fault("%s: no such source or target population", name);
        linkages.add(null);
        continue;
      }
      linkages.add(projection(projection, i, name));
    }
  }

  private Linkage projection(ProjectionImage projection, int index, String name) {
    var target = image.populations().get(projection.target());
    var source = image.populations().get(projection.source());
    if (target.external()) {
      judgement.fault("%s: its target %s is external", name, target.name());
      return null;
    }
    var neuron = programs.get(target.program());
    boolean accumulates =
        neuron.program().symbols(SymbolRole.ACCUMULATOR).stream()
            .anyMatch(s -> s.name().equals(projection.accumulator()));
    if (!accumulates) {
      judgement.fault("%s: %s has no accumulator %s", name, neuron, projection.accumulator());
    }
    for (var line : projection.lines()) {
      if (projection.rowsOf() == ProjectionImage.NONE) {
        judgement.stream(source, line.stream(), name + " comes from");
      } else {
        rowStream(projection, line.stream(), name);
      }
      if (line.sign() != 1 && line.sign() != -1) {
        judgement.fault("%s: sign: %d (expected: 1 or -1)", name, line.sign());
      }
      if (line.delay() < 1 || line.delay() > spec.can().delay()) {
        judgement.fault(
            "%s: delay: %d (expected: 1 to %d)", name, line.delay(), spec.can().delay());
      }
    }
    weights(projection, name);
    if (!spec.can().formats().contains(projection.format())) {
      judgement.fault("%s: the chip has no %s synapses", name, projection.format().keyword());
    }
    Optional<VerifiedProgram> row = Optional.empty();
    if (projection.rowProgram() != ProjectionImage.NONE) {
      if (!judgement.isProgram(projection.rowProgram(), ProgramKind.ROW)) {
        judgement.fault("%s: program %d is no row program", name, projection.rowProgram());
        return null;
      }
      row = Optional.of(programs.get(projection.rowProgram()));
    }
    if (projection.isMirror()) {
      mirrored(projection, index, name);
    }
    if (!projection.learns()) {
      return null;
    }
    if (projection.format() == SynapseFormat.SHARED) {
      judgement.fault(
          "%s: weights that synapses share can't learn (expected: dense, sparse or masked)", name);
      return null;
    }
    if (!judgement.isProgram(projection.synapseProgram(), ProgramKind.SYNAPSE)) {
      judgement.fault("%s: program %d is no synapse program", name, projection.synapseProgram());
      return null;
    }
    var synapse = programs.get(projection.synapseProgram());
    var linkFaults = Linkage.faults(synapse, row, neuron);
    linkFaults.forEach(f -> judgement.fault("%s: %s", name, f));
    if (projection.isMirror()) {
      change(name, synapse, neuron);
    }
    return linkFaults.isEmpty() ? Linkage.of(synapse, row, neuron) : null;
  }

  /// Checks that the rows of a projection emit a stream.
  private void rowStream(ProjectionImage projection, String stream, String name) {
    if (!judgement.isProjection(projection.rowsOf())) {
      judgement.fault("%s: it comes from rows of no projection", name);
      return;
    }
    var rows = image.projections().get(projection.rowsOf());
    boolean emits =
        judgement.isProgram(rows.rowProgram(), ProgramKind.ROW)
            && judgement.emits(judgement.program(rows.rowProgram()), stream);
    if (!emits || rows.source() != projection.source()) {
      judgement.fault(
          "%s: rows of %s have no stream %s, or another source", name, rows.name(), stream);
    }
  }

  private void weights(ProjectionImage projection, String name) {
    var format = projection.weights();
    var bits = spec.can().weightBits();
    if (format.bits() < bits.least() || format.bits() > bits.most()) {
      judgement.fault(
          "%s: weight width: %d (expected: %d to %d bits)",
          name, format.bits(), bits.least(), bits.most());
    }
    if (format.bits() > 16 || format.signed() == (format.bits() == 1)) {
      judgement.fault("%s: weights: %s (expected: u1, or s2 to s16)", name, format);
    }
  }

  /// Checks that a projection can be the transposed copy of another.
  private void mirrored(ProjectionImage mirror, int index, String name) {
    if (mirror.mirrorOf() < 0 || mirror.mirrorOf() >= index) {
      judgement.fault("%s: it mirrors a projection that is not declared before it", name);
      return;
    }
    var original = image.projections().get(mirror.mirrorOf());
    boolean transposed =
        mirror.source() == original.target()
            && mirror.target() == original.source()
            && mirror.format() == original.format()
            && mirror.weights().equals(original.weights())
            && !original.isMirror();
    if (!transposed) {
      judgement.fault(
          "%s: it mirrors %s, but source, target, format or weights are not those of its transpose",
          name, original.name());
    }
    if (mirror.learns() != original.learns()) {
      judgement.fault("%s: only one of it and %s learns", name, original.name());
    }
    if (mirror.rowProgram() != ProjectionImage.NONE) {
      judgement.fault("%s: a mirror has no row program", name);
    }
  }

  /// Checks that both copies of a mirrored weight see all that its change depends on.
  private void change(String name, VerifiedProgram synapse, VerifiedProgram neuron) {
    Verifier.mirrorFaults(synapse)
        .forEach(f -> judgement.fault("%s: %s", name, f.in(synapse.program())));
    for (var borrowed : synapse.program().symbols(SymbolRole.POST)) {
      boolean stream =
          neuron.program().symbols(SymbolRole.STREAM).stream()
              .anyMatch(s -> s.name().equals(borrowed.name()) && !s.graded());
      if (!stream) {
        judgement.fault(
            "%s: the change of a mirror depends on %s of %s (expected: events)",
            name, borrowed.name(), neuron);
      }
    }
  }
}
