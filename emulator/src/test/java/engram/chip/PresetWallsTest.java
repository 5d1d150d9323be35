package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.chip.preset.Preset;
import engram.chip.preset.Presets;
import engram.isa.NumberFormat;
import engram.isa.ProgramKind;
import engram.isa.assembler.Assembler;
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
import engram.isa.image.RouteImage;
import engram.isa.image.SliceImage;
import engram.isa.image.SynapseFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every wall of every preset: what fills it to the last word is taken, one word more is refused,
/// and the refusal names both numbers.
final class PresetWallsTest {
  static List<String> presets() {
    return List.of("engram-1");
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
  void capabilities(String name) {
    var preset = Presets.named(name);
    var can = preset.spec().can();
    refused(preset, rowsWithDelay(preset, can.delay() + 1), "delay: " + (can.delay() + 1));
    load(preset, rowsWithDelay(preset, can.delay())).close();
    int most = can.weightBits().most();
    if (most < 16) {
      refused(
          preset,
          rowsOf(preset, new NumberFormat(true, most + 1, 0)),
          "weight width: %d (expected: %d to %d bits)"
              .formatted(most + 1, can.weightBits().least(), most));
    }
    if (!can.programs().contains(ProgramKind.SYNAPSE)) {
      refused(preset, learning(preset), "the chip has no synapse programs");
    }
    if (!can.payload()) {
      refused(preset, graded(), "the chip has no graded events");
    }
    for (var opcode : can.lackingOpcodes()) {
      assertThat(opcode.kinds()).isNotEmpty();
    }
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

  private static ChipImage learning(Preset preset) {
    var image =
        image(
            List.of(population(1, program(1, 0))),
            List.of(new Rows(projection(1, List.of(), narrowest(preset), 1), 1)));
    var programs = new ArrayList<>(image.programs());
    programs.add(
        Assembler.assemble("t.s", ".program synapse s\n.trigger each = step\nld r0, w\n", Map.of())
            .program());
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

  private static ChipImage graded() {
    return image(
        List.of(population(1, ".program neuron g\n.stream s graded\nmov r0, 1\nemit s, r0\n")),
        List.of());
  }

  /// All populations on core 0; each projection from an external population of its own.
  private static ChipImage image(List<Pop> populations, List<Rows> projections) {
    return image(populations, projections, 0, List.of());
  }

  private static ChipImage onCore(int core) {
    return image(List.of(population(1, program(1, 0))), List.of(), core, List.of());
  }

  private static ChipImage routed(Preset preset, int routes) {
    var list = new ArrayList<RouteImage>();
    for (int i = 0; i < routes; i++) {
      list.add(new RouteImage(0, 1, 0, 0));
    }
    return image(
        List.of(population(1, program(1, 0))),
        List.of(
            new Rows(
                projection(
                    0, List.of(new Line("spike", 1, 1)), narrowest(preset), ProjectionImage.NONE),
                1)),
        0,
        list);
  }

  private static ChipImage image(
      List<Pop> populations, List<Rows> projections, int core, List<RouteImage> routes) {
    var programs = new ArrayList<engram.isa.program.Program>();
    var populationImages = new ArrayList<PopulationImage>();
    var slices = new ArrayList<SliceImage>();
    for (var population : populations) {
      int index = programs.size();
      programs.add(Assembler.assemble("t.s", population.source(), Map.of()).program());
      populationImages.add(
          new PopulationImage("p" + index, population.size(), index, 0, Map.of(), Set.of()));
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
      int count = 1;
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
              new SynapseLayout.Dense(count, populations.get(0).size(), null),
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
}
