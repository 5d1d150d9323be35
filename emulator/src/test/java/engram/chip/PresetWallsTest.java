package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.chip.preset.Counter;
import engram.chip.preset.Preset;
import engram.chip.preset.Presets;
import engram.isa.NumberFormat;
import engram.isa.Opcode;
import engram.isa.ProgramKind;
import engram.isa.assembler.Assembler;
import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseLayout;
import engram.isa.image.AxonRange;
import engram.isa.image.BlockImage;
import engram.isa.image.ChipImage;
import engram.isa.image.CoreImage;
import engram.isa.image.ImageException;
import engram.isa.image.Memory;
import engram.isa.image.PopulationImage;
import engram.isa.image.ProjectionImage;
import engram.isa.image.ProjectionImage.Line;
import engram.isa.image.ProjectionImage.Path;
import engram.isa.image.RegisterImage;
import engram.isa.image.RouteImage;
import engram.isa.image.Sequencer;
import engram.isa.image.SliceImage;
import engram.isa.image.SynapseFormat;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every wall of every preset: what fills it to the last word is taken, one word more is refused,
/// and the refusal names both numbers. What the chip has not is refused by its name.
final class PresetWallsTest {
  static List<String> presets() {
    return Presets.NAMES;
  }

  private static Chip load(Preset preset, ChipImage image) {
    return Chip.load(preset, image, ChipOptions.reference());
  }

  private static void wall(Preset preset, Memory memory, ChipImage full, ChipImage over) {
    int limit = memory.limit(preset.spec().core());
    try (var chip = load(preset, full)) {
      assertThat(chip.loadReport().fullest(memory).used(memory))
          .as(memory.label())
          .isEqualTo(limit);
    }
    assertThatThrownBy(() -> load(preset, over))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(
            "%s: %d %s (expected: at most %d on %s)"
                .formatted(memory.label(), limit + 1, memory.unit(), limit, preset.name()));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void neurons(String name) {
    var preset = Presets.named(name);
    int limit = preset.spec().core().neurons();
    wall(
        preset,
        Memory.NEURONS,
        image(List.of(population(limit, program(1, 0))), List.of()),
        image(List.of(population(limit + 1, program(1, 0))), List.of()));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void stateMemory(String name) {
    var preset = Presets.named(name);
    wall(
        preset,
        Memory.STATE,
        image(state(preset.spec().core().stateWords()), List.of()),
        image(state(preset.spec().core().stateWords() + 1), List.of()));
  }

  /// Populations that take so many words: 32-bit fields, two to a word, and one word of registers.
  private static List<Pop> state(int words) {
    var populations = new ArrayList<Pop>();
    int left = words;
    while (left > 0) {
      int fields = Math.min(47, Math.max(1, left - 1));
      int perPair = fields;
      int pairs = Math.max(1, Math.min(64, (left - 2) / perPair - 1));
      int taken = perPair * pairs + 1;
      if (left - taken == 1) {
        fields--;
        taken = fields * pairs + 1;
      }
      populations.add(population(2 * pairs, program(1, fields)));
      left -= taken;
    }
    return populations;
  }

  @ParameterizedTest
  @MethodSource("presets")
  void synapseMemory(String name) {
    var preset = Presets.named(name);
    int limit = preset.spec().core().synapseWords();
    wall(
        preset,
        Memory.SYNAPSE,
        image(List.of(population(1, program(1, 0))), List.of(rows(preset, limit, 0))),
        image(List.of(population(1, program(1, 0))), List.of(rows(preset, limit + 1, 0))));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void axonMemory(String name) {
    var preset = Presets.named(name);
    int limit = preset.spec().core().axons();
    wall(
        preset,
        Memory.AXON,
        image(List.of(population(1, program(1, 0))), List.of(rows(preset, 1, limit))),
        image(List.of(population(1, program(1, 0))), List.of(rows(preset, 1, limit + 1))));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void routeMemory(String name) {
    var preset = Presets.named(name);
    int limit = preset.spec().core().routes();
    wall(preset, Memory.ROUTE, routed(preset, limit), routed(preset, limit + 1));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void programMemory(String name) {
    var preset = Presets.named(name);
    int limit = preset.spec().core().programWords();
    wall(
        preset,
        Memory.PROGRAM,
        image(List.of(population(1, program(limit, 0))), List.of()),
        image(List.of(population(1, program(limit + 1, 0))), List.of()));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void cores(String name) {
    var preset = Presets.named(name);
    int cores = preset.spec().mesh().cores();
    load(preset, onCore(cores - 1)).close();
    assertThatThrownBy(() -> load(preset, onCore(cores)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("core: %d (expected: less than %d)".formatted(cores, cores));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void inbox(String name) {
    var preset = Presets.named(name);
    int limit = preset.spec().core().inbox();
    try (var chip = load(preset, flood(preset, limit))) {
      chip.inject("host1", 0, 1);
      chip.step();
      assertThat(chip.count(Counter.EVENTS_DELIVERED)).isEqualTo(limit);
    }
    try (var chip = load(preset, flood(preset, limit + 1))) {
      chip.inject("host1", 0, 1);
      assertThatThrownBy(chip::step)
          .isInstanceOf(ChipStop.class)
          .hasMessage(
              "core 0, step 0: inbox: %d events (expected: at most %d)"
                  .formatted(limit + 1, limit));
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void delay(String name) {
    var preset = Presets.named(name);
    int most = preset.spec().can().delay();
    load(preset, rowsWithDelay(preset, most)).close();
    refused(
        preset,
        rowsWithDelay(preset, most + 1),
        "delay: %d (expected: 1 to %d)".formatted(most + 1, most));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void weightWidth(String name) {
    var preset = Presets.named(name);
    var bits = preset.spec().can().weightBits();
    for (int width = 1; width <= 17; width++) {
      var format = width == 1 ? NumberFormat.BIT : NumberFormat.signed(width);
      if (bits.least() <= width && width <= bits.most()) {
        load(preset, rowsOf(preset, format)).close();
      } else {
        refused(
            preset,
            rowsOf(preset, format),
            "weight width: %d (expected: %d to %d bits)"
                .formatted(width, bits.least(), bits.most()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void formats(String name) {
    var preset = Presets.named(name);
    for (var format : SynapseFormat.values()) {
      var image = rowsIn(preset, format);
      if (preset.spec().can().formats().contains(format)) {
        load(preset, image).close();
      } else {
        refused(preset, image, "the chip has no " + format.keyword() + " synapses");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void programKinds(String name) {
    var preset = Presets.named(name);
    var kinds = preset.spec().can().programs();
    load(preset, image(List.of(population(1, program(1, 0))), List.of())).close();
    assertThat(kinds).contains(ProgramKind.NEURON);
    for (var kind : List.of(ProgramKind.ROW, ProgramKind.SYNAPSE)) {
      var image = with(preset, kind, ".trigger each = step\nmov r0, 1\n");
      if (kinds.contains(kind)) {
        load(preset, image).close();
      } else {
        refused(preset, image, "the chip has no " + kind.keyword() + " programs");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void tags(String name) {
    var preset = Presets.named(name);
    int most = preset.spec().can().tags();
    if (preset.spec().can().programs().contains(ProgramKind.SYNAPSE)) {
      load(preset, tagged(preset, most)).close();
    }
    refused(
        preset,
        tagged(preset, most + 1),
        "tags: %d (expected: at most %d)".formatted(most + 1, most));
  }

  private static ChipImage tagged(Preset preset, int tags) {
    var source = new StringBuilder(".trigger each = step\n");
    for (int i = 0; i < tags; i++) {
      source.append(".tag t").append(i).append(" : s8\n");
    }
    return with(preset, ProgramKind.SYNAPSE, source + "mov r0, 1\n");
  }

  @ParameterizedTest
  @MethodSource("presets")
  void history(String name) {
    var preset = Presets.named(name);
    int most = preset.spec().can().history();
    load(preset, remembering(most)).close();
    if (most < Symbol.HISTORY) {
      refused(
          preset,
          remembering(most + 1),
          "v: history: %d (expected: at most %d)".formatted(most + 1, most));
      String back = ".trigger late = pre@%d\nmov r0, 1\n";
      for (var kind : List.of(ProgramKind.ROW, ProgramKind.SYNAPSE)) {
        refused(
            preset,
            with(preset, kind, back.formatted(most)),
            "looks back at arrivals: %d steps (expected: at most %d)".formatted(most, most - 1));
        if (preset.spec().can().programs().contains(kind)) {
          load(preset, with(preset, kind, back.formatted(most - 1))).close();
        }
      }
    }
  }

  private static ChipImage remembering(int history) {
    return image(
        List.of(
            population(
                1, ".program neuron m\n.field v : s8 history %d\nmov r0, 1\n".formatted(history))),
        List.of());
  }

  @ParameterizedTest
  @MethodSource("presets")
  void payload(String name) {
    var preset = Presets.named(name);
    var graded =
        image(
            List.of(population(1, ".program neuron g\n.stream s graded\nmov r0, 1\nemit s, r0\n")),
            List.of());
    if (preset.spec().can().payload()) {
      load(preset, graded).close();
    } else {
      refused(preset, graded, "neuron program g, s: the chip has no graded events");
      try (var chip = load(preset, flood(preset, 1))) {
        assertThatThrownBy(() -> chip.inject("host1", 0, 2))
            .hasMessage(
                "payload: 2 (expected: 1 on %s, which has no graded events)".formatted(name));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void sequencers(String name) {
    var preset = Presets.named(name);
    var register = new RegisterImage("go", NumberFormat.BIT, 0);
    boolean masked = preset.spec().can().formats().contains(SynapseFormat.MASKED);
    var plain = rowsIn(preset, masked ? SynapseFormat.MASKED : SynapseFormat.DENSE);
    var image =
        new ChipImage(
            plain.network(),
            plain.seed(),
            plain.frame(),
            List.of(register),
            plain.programs(),
            plain.populations(),
            plain.projections(),
            plain.cores(),
            plain.hostRoutes(),
            List.of(new Sequencer.Rewire(0, 0)),
            plain.samples());
    if (preset.spec().can().sequencers()) {
      load(preset, image).close();
    } else {
      refused(preset, image, "the chip has no sequencer engines");
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void destinations(String name) {
    var preset = Presets.named(name);
    int most = preset.spec().can().destinations();
    load(preset, reaching(preset, most)).close();
    refused(
        preset,
        reaching(preset, most + 1),
        "population p0: destinations of a neuron: %d (expected: at most %d)"
            .formatted(most + 1, most));
  }

  /// A program for each instruction that some preset has not.
  private static final Map<Opcode, String> USES =
      Map.of(
          Opcode.LUT, ".table t : s8 = 1, 2\nmov r0, 1\nlut r0, t, r0\n",
          Opcode.LERP, ".table t : s8 = 1, 2\nmov r0, 1\nlerp r0, t, r0, 1\n",
          Opcode.BID, ".group all\nbid 1\nreduce sum, all\nmov r0, 1\n",
          Opcode.REDUCE, ".group all\nbid 1\nreduce max, all\nmov r0, 1\n",
          Opcode.LDACC, ".group all\nbid 1\nreduce sum, all\nldacc reduced\nnar r0, 0, down\n");

  @ParameterizedTest
  @MethodSource("presets")
  void lackingInstructions(String name) {
    var preset = Presets.named(name);
    for (var use : USES.entrySet()) {
      var image = image(List.of(population(1, ".program neuron u\n" + use.getValue())), List.of());
      lacking(preset, use.getKey(), image);
    }
    if (preset.spec().can().programs().contains(ProgramKind.SYNAPSE)) {
      lacking(
          preset, Opcode.KILL, with(preset, ProgramKind.SYNAPSE, ".trigger each = step\nkill\n"));
      lacking(preset, Opcode.ROWADD, rowAdding(preset));
    }
    assertThat(preset.spec().can().lackingOpcodes())
        .as("instructions that this test tries")
        .isSubsetOf(
            Opcode.LUT,
            Opcode.LERP,
            Opcode.BID,
            Opcode.REDUCE,
            Opcode.LDACC,
            Opcode.KILL,
            Opcode.ROWADD);
  }

  private static void lacking(Preset preset, Opcode opcode, ChipImage image) {
    if (!preset.spec().can().lackingOpcodes().contains(opcode)) {
      load(preset, image).close();
      return;
    }
    assertThatThrownBy(() -> load(preset, image))
        .isInstanceOf(ImageException.class)
        .hasMessageMatching(
            "(?s).*the chip has no [a-z, ]*\\b%s\\b.*".formatted(opcode.mnemonic()));
  }

  @Test
  void refusesAllThatIsWrongAtOnce() {
    var preset = Presets.named("loihi-1");
    assertThatThrownBy(() ->
            load(
                preset,
                image(
                    List.of(
                        population(
                            1,
                            ".program neuron u\n.acc in : s16\n.field v : s8 history 2\n"
                                + ".table t : s8 = 1, 2\n.group all\nmov r0, 1\n"
                                + "lut r0, t, r0\nbid r0\nreduce max, all\nmov r0, 1\n")),
                    List.of(
                        new Rows(
                            projection(1, List.of(), NumberFormat.signed(12), ProjectionImage.NONE),
                            1)))))
        .hasMessage(
            """
            network walls is refused by loihi-1:
              neuron program u: the chip has no lut, bid, reduce
              neuron program u, v: history: 2 (expected: at most 1)
              projection w: weight width: 12 (expected: 1 to 9 bits)\
            """);
  }

  private static void refused(Preset preset, ChipImage image, String reason) {
    assertThatThrownBy(() -> load(preset, image))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(reason);
  }

  /// A population and the source of its program.
  private record Pop(int size, String source) {}

  private static Pop population(int size, String source) {
    return new Pop(size, source);
  }

  /// A program of so many words with so many 32-bit fields.
  private static String program(int words, int fields) {
    var source = new StringBuilder(".program neuron p\n.acc in : s16\n.stream spike\n");
    if (fields > 0) {
      source = new StringBuilder(".program neuron p\n");
      for (int i = 0; i < fields; i++) {
        source.append(".field f").append(i).append(" : s32\n");
      }
    }
    return source.append("mov r0, 0\n".repeat(words)).toString();
  }

  /// A projection of one neuron onto population 0: so many rows of one word, so many axons.
  private record Rows(ProjectionImage projection, int axons) {}

  private static NumberFormat narrowest(Preset preset) {
    int bits = preset.spec().can().weightBits().least();
    return bits == 1 ? NumberFormat.BIT : NumberFormat.signed(bits);
  }

  private static Rows rows(Preset preset, int rows, int axons) {
    var lines = new ArrayList<Line>();
    for (int i = 0; i < axons; i++) {
      lines.add(new Line(PopulationImage.EXTERNAL_STREAM, 1, 1));
    }
    return new Rows(projection(rows, lines, narrowest(preset), ProjectionImage.NONE), rows);
  }

  private static ProjectionImage projection(
      int source, List<Line> lines, NumberFormat weights, int learn) {
    return new ProjectionImage(
        "w",
        -source,
        0,
        "in",
        lines,
        ProjectionImage.NONE,
        SynapseFormat.DENSE,
        weights,
        ProjectionImage.NONE,
        learn,
        ProjectionImage.NONE,
        Path.FORWARD);
  }

  private static ChipImage rowsWithDelay(Preset preset, int delay) {
    var lines = List.of(new Line(PopulationImage.EXTERNAL_STREAM, 1, delay));
    return image(
        List.of(population(1, program(1, 0))),
        List.of(new Rows(projection(1, lines, narrowest(preset), ProjectionImage.NONE), 1)));
  }

  private static ChipImage rowsOf(Preset preset, NumberFormat weights) {
    assertThat(preset.spec().can().formats()).isNotEmpty();
    return image(
        List.of(population(1, program(1, 0))),
        List.of(new Rows(projection(1, List.of(), weights, ProjectionImage.NONE), 1)));
  }

  /// A projection with a program of some kind.
  private static ChipImage with(Preset preset, ProgramKind kind, String source) {
    String head = ".program %s s\n".formatted(kind.keyword());
    var program = Assembler.assemble("t.s", head + source, Map.of()).program();
    return kind == ProgramKind.ROW
        ? with(preset, List.of(program), 1, ProjectionImage.NONE)
        : with(preset, List.of(program), ProjectionImage.NONE, 1);
  }

  private static ChipImage rowAdding(Preset preset) {
    String row = ".program row r\n.acc back : s32\n.trigger each = step\nmov r0, 1\n";
    String synapse =
        ".program synapse s\n.rowacc back\n.trigger each = step\nld r0, w\nrowadd back, r0, 1\n";
    return with(
        preset,
        List.of(
            Assembler.assemble("t.s", row, Map.of()).program(),
            Assembler.assemble("t.s", synapse, Map.of()).program()),
        1,
        2);
  }

  private static ChipImage with(Preset preset, List<Program> more, int row, int synapse) {
    var p = projection(1, List.of(), narrowest(preset), synapse);
    var image =
        image(
            List.of(population(1, program(1, 0))),
            List.of(
                new Rows(
                    new ProjectionImage(
                        p.name(),
                        p.source(),
                        p.target(),
                        p.accumulator(),
                        p.lines(),
                        p.rowsOf(),
                        p.format(),
                        p.weights(),
                        row,
                        synapse,
                        p.mirrorOf(),
                        p.path()),
                    1)));
    var programs = new ArrayList<>(image.programs());
    programs.addAll(more);
    return new ChipImage(
        image.network(),
        image.seed(),
        image.frame(),
        image.registers(),
        programs,
        image.populations(),
        image.projections(),
        image.cores(),
        image.hostRoutes(),
        image.sequencers(),
        image.samples());
  }

  /// A projection of one row and one synapse in a format.
  private static ChipImage rowsIn(Preset preset, SynapseFormat format) {
    var p = projection(1, List.of(), narrowest(preset), ProjectionImage.NONE);
    return image(
        List.of(population(1, program(1, 0))),
        List.of(
            new Rows(
                new ProjectionImage(
                    p.name(),
                    p.source(),
                    p.target(),
                    p.accumulator(),
                    p.lines(),
                    p.rowsOf(),
                    format,
                    p.weights(),
                    p.rowProgram(),
                    p.synapseProgram(),
                    p.mirrorOf(),
                    p.path()),
                1)));
  }

  /// One event of the host that arrives as often as it has routes.
  private static ChipImage flood(Preset preset, int routes) {
    var lines = List.of(new Line(PopulationImage.EXTERNAL_STREAM, 1, 1));
    var image =
        image(
            List.of(population(1, program(1, 0))),
            List.of(new Rows(projection(1, lines, narrowest(preset), ProjectionImage.NONE), 1)));
    return new ChipImage(
        image.network(),
        image.seed(),
        image.frame(),
        image.registers(),
        image.programs(),
        image.populations(),
        image.projections(),
        image.cores(),
        List.of(List.of(), Collections.nCopies(routes, new RouteImage(0, 1, 0, 0))),
        image.sequencers(),
        image.samples());
  }

  /// All populations on core 0; each projection from an external population of its own.
  private static ChipImage image(List<Pop> populations, List<Rows> projections) {
    return image(populations, projections, 0, List.of());
  }

  private static ChipImage onCore(int core) {
    return image(List.of(population(1, program(1, 0))), List.of(), core, List.of());
  }

  /// A core with so many routes: of one neuron if the chip lets one have them, else of one each.
  private static ChipImage routed(Preset preset, int routes) {
    if (preset.spec().can().destinations() >= preset.spec().core().routes()) {
      return reaching(preset, routes);
    }
    var list = new ArrayList<RouteImage>();
    for (int i = 0; i < routes; i++) {
      list.add(new RouteImage(i, 1, 0, i));
    }
    return onItself(preset, routes, list);
  }

  /// A neuron that reaches so many axons, all of them the same.
  private static ChipImage reaching(Preset preset, int destinations) {
    return onItself(preset, 1, Collections.nCopies(destinations, new RouteImage(0, 1, 0, 0)));
  }

  /// A population with a projection onto one neuron of its core.
  private static ChipImage onItself(Preset preset, int size, List<RouteImage> routes) {
    var lines = List.of(new Line("spike", 1, 1));
    var projection = projection(0, lines, narrowest(preset), ProjectionImage.NONE);
    return image(
        List.of(population(size, program(1, 0))), List.of(new Rows(projection, 1)), 0, routes);
  }

  private static ChipImage image(
      List<Pop> populations, List<Rows> projections, int core, List<RouteImage> routes) {
    var programs = new ArrayList<Program>();
    var populationImages = new ArrayList<PopulationImage>();
    var slices = new ArrayList<SliceImage>();
    for (var population : populations) {
      int index = programs.size();
      programs.add(Assembler.assemble("t.s", population.source(), Map.of()).program());
      populationImages.add(
          new PopulationImage(
              "p" + index,
              population.size(),
              index,
              0,
              Map.of("all", population.size()),
              Set.of()));
      slices.add(
          new SliceImage(
              index,
              0,
              population.size(),
              Map.of(),
              routes.isEmpty() ? Map.of() : Map.of("spike", routes)));
    }
    var blocks = new ArrayList<BlockImage>();
    var axons = new ArrayList<AxonRange>();
    var projectionImages = new ArrayList<ProjectionImage>();
    int next = 0;
    for (var rows : projections) {
      var p = rows.projection();
      int source = 0;
      int count = populations.get(0).size();
      if (p.source() < 0) {
        source = populationImages.size();
        count = -p.source();
        populationImages.add(
            new PopulationImage(
                "host" + source, count, PopulationImage.EXTERNAL, 0, Map.of(), Set.of()));
      }
      projectionImages.add(
          new ProjectionImage(
              p.name(),
              source,
              p.target(),
              p.accumulator(),
              p.lines(),
              p.rowsOf(),
              p.format(),
              p.weights(),
              p.rowProgram(),
              p.synapseProgram(),
              p.mirrorOf(),
              p.path()));
      for (var line : p.lines()) {
        axons.add(new AxonRange(next, count, blocks.size(), 0, line.sign(), line.delay()));
        next += count;
      }
      blocks.add(
          new BlockImage(
              projectionImages.size() - 1,
              0,
              layout(p.format(), count, populations.get(0).size()),
              null,
              Map.of(),
              Map.of()));
    }
    return new ChipImage(
        "walls",
        1,
        1,
        List.of(),
        programs,
        populationImages,
        projectionImages,
        List.of(new CoreImage(core, slices, blocks, axons)),
        populationImages.stream().map(_ -> List.<RouteImage>of()).toList(),
        List.of(),
        Optional.empty());
  }

  private static SynapseLayout layout(SynapseFormat format, int rows, int lanes) {
    return switch (format) {
      case DENSE -> new SynapseLayout.Dense(rows, lanes, null);
      case MASKED -> new SynapseLayout.Dense(rows, lanes, new long[rows * ((lanes + 63) / 64)]);
      case SPARSE -> SparseRows.of(rows, lanes, new int[rows + 1], new int[0]);
      case SHARED -> {
        int[] patterns = new int[rows];
        Arrays.fill(patterns, SynapseLayout.Shared.NO_PATTERN);
        yield new SynapseLayout.Shared(
            rows, lanes, 1, new int[rows], patterns, new int[1], new int[0], new int[0]);
      }
    };
  }
}
