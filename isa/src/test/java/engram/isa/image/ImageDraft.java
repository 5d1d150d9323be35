package engram.isa.image;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.NumberFormat;
import engram.isa.Opcode;
import engram.isa.ProgramKind;
import engram.isa.assembler.Assembler;
import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import engram.isa.image.ProjectionImage.Line;
import engram.isa.image.ProjectionImage.Path;
import engram.isa.program.Program;
import engram.isa.testing.Records;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A small image with everything in it that an image can have, for tests that spoil one thing.
///
/// Host (3 neurons) feeds a (4, core 0), which feeds b (4, half on core 0 and half on core 1) by a
/// dense projection with learning, a masked one, and feeds itself by a sparse one; a mirror of the
/// dense projection leads back from b to a; rows of the masked one send their sums to b.
final class ImageDraft {
  static final int HOST = 0;
  static final int A = 1;
  static final int B = 2;

  static final int IN = 0;
  static final int DENSE = 1;
  static final int MIRROR = 2;
  static final int MASKED = 3;
  static final int SPARSE = 4;
  static final int SUMS = 5;

  static final int CELL = 0;
  static final int ROW = 1;
  static final int RULE = 2;

  private static final NumberFormat S8 = NumberFormat.signed(8);

  private static final String CELL_SOURCE =
      """
      .program neuron cell
      .acc    in : s24
      .field  v : s16
      .param  k : u8
      .stream spike history 2
      .global learn : u1
      .group  pool
              ld     r0, in
              bid    r0
              reduce max, pool
              ld     r0, reduced
              st     v, r0
              emit   spike
      """;

  private static final String ROW_SOURCE =
      """
      .program row trace
      .field  x : u8
      .acc    sum : s24
      .stream out sums sum
      .trigger each = step
              ld     r0, payload
              st     x, r0
              emit   out
      """;

  private static final String RULE_SOURCE =
      """
      .program synapse rule
      .post   spike
      .global learn : u1
      .trigger pair = pre@1 and post.spike
              ld     r0, w
              add    r0, r0, 1
              st     w, r0
      """;

  ChipSpec spec =
      new ChipSpec(
          "bench",
          new Mesh(2, 1, 1),
          new CoreSpec(16, 64, 256, 64, 32, 64, 64, 4),
          new Capabilities(
              EnumSet.allOf(ProgramKind.class),
              Set.of(),
              EnumSet.allOf(SynapseFormat.class),
              new Capabilities.Bits(1, 16),
              7,
              8,
              true,
              16,
              true,
              5));

  final List<RegisterImage> registers = new ArrayList<>();
  final List<Program> programs = new ArrayList<>();
  final List<PopulationImage> populations = new ArrayList<>();
  final List<ProjectionImage> projections = new ArrayList<>();
  final List<CoreImage> cores = new ArrayList<>();
  final List<List<RouteImage>> hostRoutes = new ArrayList<>();
  final List<Sequencer> sequencers = new ArrayList<>();
  SamplePort samples = new SamplePort("a", "v", "b", "v", 5, "b", "spike", "learn", 10);
  int frame = 1;

  ImageDraft() {
    registers.add(new RegisterImage("learn", NumberFormat.BIT, 1));
    program(CELL_SOURCE);
    program(ROW_SOURCE);
    program(RULE_SOURCE);
    var groups = Map.of("pool", 2);
    populations.add(
        new PopulationImage("host", 3, PopulationImage.EXTERNAL, 0, Map.of(), Set.of()));
    populations.add(new PopulationImage("a", 4, CELL, 0, groups, Set.of()));
    populations.add(new PopulationImage("b", 4, CELL, 2, groups, Set.of("spike")));
    int none = ProjectionImage.NONE;
    var line = List.of(new Line("spike", 1, 1));
    projections.add(projection("in", HOST, A, line, none, SynapseFormat.DENSE, none, none, none));
    projections.add(projection("dense", A, B, line, none, SynapseFormat.DENSE, none, RULE, none));
    projections.add(projection("mirror", B, A, line, none, SynapseFormat.DENSE, none, RULE, DENSE));
    projections.add(projection("masked", A, B, line, none, SynapseFormat.MASKED, ROW, none, none));
    projections.add(projection("sparse", A, A, line, none, SynapseFormat.SPARSE, none, none, none));
    var sums = List.of(new Line("out", -1, 2));
    projections.add(projection("sums", A, B, sums, MASKED, SynapseFormat.DENSE, none, none, none));
    sequencers.add(new Sequencer.Rewire(0, MASKED));
    cores.add(core0());
    cores.add(core1());
    hostRoutes.add(List.of(new RouteImage(0, 3, 0, 0)));
    hostRoutes.add(List.of());
    hostRoutes.add(List.of());
  }

  private static ProjectionImage projection(
      String name,
      int source,
      int target,
      List<Line> lines,
      int rowsOf,
      SynapseFormat format,
      int row,
      int learn,
      int mirrorOf) {
    return new ProjectionImage(
        name, source, target, "in", lines, rowsOf, format, S8, row, learn, mirrorOf, Path.FORWARD);
  }

  /// Adds a program; returns its index.
  int program(String source) {
    programs.add(Assembler.assemble("draft.s", source, Map.of()).program());
    return programs.size() - 1;
  }

  private static SynapseColumn weights(int places, int value) {
    var weights = SynapseColumn.of(S8, places);
    for (int i = 0; i < places; i++) {
      weights.set(i, value);
    }
    return weights;
  }

  static BlockImage block(int projection, int slice, SynapseLayout layout) {
    boolean masked = layout instanceof SynapseLayout.Dense dense && dense.mask() != null;
    return new BlockImage(
        projection, slice, layout, weights(layout.places(), masked ? 0 : 3), Map.of(), Map.of());
  }

  private static BlockImage masked(int slice, List<RouteImage> out) {
    long[] mask = {0b01, 0b11, 0b00, 0b10};
    return Records.with(
        block(MASKED, slice, new SynapseLayout.Dense(4, 2, mask)), "routes", Map.of("out", out));
  }

  /// Axons of core 0: in 0-2, dense 3-6, mirror 7-10, masked 11-14, sparse 15-18, sums 19-22.
  private static CoreImage core0() {
    var ofA =
        List.of(
            new RouteImage(0, 4, 0, 3),
            new RouteImage(0, 4, 0, 11),
            new RouteImage(0, 4, 0, 15),
            new RouteImage(0, 4, 1, 0),
            new RouteImage(0, 4, 1, 4));
    var out = List.of(new RouteImage(0, 4, 0, 19), new RouteImage(0, 4, 1, 8));
    return new CoreImage(
        0,
        List.of(
            new SliceImage(A, 0, 4, Map.of("v", new int[] {1, 2, 3, 4}), Map.of("spike", ofA)),
            new SliceImage(
                B, 0, 2, Map.of(), Map.of("spike", List.of(new RouteImage(0, 2, 0, 7))))),
        List.of(
            block(IN, 0, new SynapseLayout.Dense(3, 4, null)),
            block(DENSE, 1, new SynapseLayout.Dense(4, 2, null)),
            block(MIRROR, 0, new SynapseLayout.Dense(4, 4, null)),
            masked(1, out),
            block(
                SPARSE,
                0,
                SparseRows.of(4, 4, new int[] {0, 2, 2, 3, 5}, new int[] {0, 3, 1, 1, 2})),
            block(SUMS, 1, new SynapseLayout.Dense(4, 2, null))),
        List.of(
            new AxonRange(0, 3, 0, 0, 1, 1),
            new AxonRange(3, 4, 1, 0, 1, 1),
            new AxonRange(7, 4, 2, 0, 1, 1),
            new AxonRange(11, 4, 3, 0, 1, 1),
            new AxonRange(15, 4, 4, 0, 1, 1),
            new AxonRange(19, 4, 5, 0, -1, 2)));
  }

  /// Axons of core 1: dense 0-3, masked 4-7, sums 8-11.
  private static CoreImage core1() {
    var out = List.of(new RouteImage(0, 4, 0, 19), new RouteImage(0, 4, 1, 8));
    return new CoreImage(
        1,
        List.of(
            new SliceImage(
                B, 2, 2, Map.of(), Map.of("spike", List.of(new RouteImage(0, 2, 0, 9))))),
        List.of(
            block(DENSE, 0, new SynapseLayout.Dense(4, 2, null)),
            masked(0, out),
            block(SUMS, 0, new SynapseLayout.Dense(4, 2, null))),
        List.of(
            new AxonRange(0, 4, 0, 0, 1, 1),
            new AxonRange(4, 4, 1, 0, 1, 1),
            new AxonRange(8, 4, 2, 0, -1, 2)));
  }

  ChipImage image() {
    return new ChipImage(
        "draft",
        1,
        frame,
        registers,
        programs,
        populations,
        projections,
        cores,
        hostRoutes,
        sequencers,
        Optional.ofNullable(samples));
  }

  /// Replaces components of a population.
  ImageDraft population(int index, Object... namesAndValues) {
    populations.set(index, Records.with(populations.get(index), namesAndValues));
    return this;
  }

  ImageDraft projection(int index, Object... namesAndValues) {
    projections.set(index, Records.with(projections.get(index), namesAndValues));
    return this;
  }

  ImageDraft slice(int core, int index, Object... namesAndValues) {
    var slices = new ArrayList<>(cores.get(core).slices());
    slices.set(index, Records.with(slices.get(index), namesAndValues));
    cores.set(core, Records.with(cores.get(core), "slices", slices));
    return this;
  }

  ImageDraft block(int core, int index, Object... namesAndValues) {
    var blocks = new ArrayList<>(cores.get(core).blocks());
    blocks.set(index, Records.with(blocks.get(index), namesAndValues));
    cores.set(core, Records.with(cores.get(core), "blocks", blocks));
    return this;
  }

  ImageDraft axons(int core, int index, Object... namesAndValues) {
    var axons = new ArrayList<>(cores.get(core).axons());
    axons.set(index, Records.with(axons.get(index), namesAndValues));
    cores.set(core, Records.with(cores.get(core), "axons", axons));
    return this;
  }

  /// Replaces what the chip can do.
  ImageDraft can(Object... namesAndValues) {
    spec = Records.with(spec, "can", Records.with(spec.can(), namesAndValues));
    return this;
  }

  /// A chip that lacks an instruction.
  ImageDraft without(Opcode opcode) {
    return can("lackingOpcodes", Set.of(opcode));
  }

  CheckedImage check() {
    return ImageChecker.check(spec, image());
  }

  List<String> reasons() {
    try {
      check();
      return List.of();
    } catch (ImageException e) {
      return e.reasons();
    }
  }

  void refused(String... reasons) {
    assertThat(reasons()).containsExactly(reasons);
  }
}
