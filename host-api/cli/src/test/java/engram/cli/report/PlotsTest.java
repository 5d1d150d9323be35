package engram.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.ChipCost;
import engram.chip.Phase;
import engram.chip.noc.RouteTree;
import engram.chip.preset.Counter;
import engram.chip.preset.Presets;
import engram.cli.report.Plots.CoreRow;
import engram.cli.report.Plots.Point;
import engram.cli.report.Plots.Spikes;
import engram.isa.image.CoreUsage;
import engram.isa.image.LoadReport;
import engram.isa.image.Mesh;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Pictures of runs of other sizes than the usual.
final class PlotsTest {
  private static Drawing readable(Svg svg) {
    var drawing = Drawing.of(svg.toString());
    drawing.isReadable();
    return drawing;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 31, 300})
  void learningCurves(int epochs) {
    var points =
        IntStream.rangeClosed(3, epochs + 2)
            .mapToObj(e -> new Point(e, 0.98 - 0.3 / e, 0.99 - 0.5 / e))
            .toList();
    assertThat(readable(Plots.learningCurve(points)).all("circle")).hasSize(2 * epochs);
  }

  @Test
  void aLearningCurveThatDoesNotMove() {
    var drawing = readable(Plots.learningCurve(List.of(new Point(1, 1, 1), new Point(2, 1, 1))));
    assertThat(drawing.texts()).contains("100");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 26, 27, 47, 62, 200})
  void confusionMatrices(int classes) {
    var random = new Random(classes);
    int[][] confusion = new int[classes][classes];
    for (int label = 1; label < classes; label++) {
      for (int i = 0; i < 999; i++) {
        confusion[label][random.nextInt(10) > 0 ? label : random.nextInt(classes)]++;
      }
    }
    var drawing = readable(Plots.confusion(confusion));
    assertThat(drawing.hints()).contains("label 0, answer 1: 0 of 0");
    assertThat(drawing.texts()).contains("no image");
  }

  @Test
  void rastersOfManyLayersAndFewSpikes() {
    var silent = new Spikes("hidden1", 1000, List.of());
    var small = new Spikes("hidden2", 20, List.of(new int[] {0, 19}));
    var tiny = new Spikes("hidden3", 1, List.of(new int[] {66, 0}));
    var output = new Spikes("output", 47, List.of(new int[] {3, 46}));
    var all =
        List.of(new Spikes("image", 784, List.of(new int[] {0, 0})), silent, small, tiny, output);
    readable(Plots.raster(all, 67, 46));
    readable(Plots.raster(all.subList(0, 3), 1, 0));
  }

  private static List<CoreRow> rows(int cores) {
    return IntStream.range(0, cores)
        .mapToObj(
            i -> new CoreRow(i, i, i == 0 ? "image, label, bias, and some more" : "hidden" + i))
        .toList();
  }

  private static ChipCost cost(int cores, long most, long[] links) {
    long[][] cycles = new long[cores][Phase.values().length];
    for (int core = 0; core < cores; core++) {
      Arrays.fill(cycles[core], most * (core + 1) / cores);
    }
    return new ChipCost(new long[Counter.values().length], most, 0, cycles, links);
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "1, 1", "3, 1000", "64, 123456789012", "128, 5"})
  void coresOfSmallAndLargeChips(int cores, long most) {
    var cost = cost(cores, most, new long[4]);
    var cycles = readable(Plots.cycles(rows(cores), cost));
    var usage = IntStream.range(0, cores).mapToObj(i -> new CoreUsage(i, List.of())).toList();
    var report = new LoadReport(Presets.named("engram-1").spec(), usage);
    var memory = readable(Plots.memory(rows(cores), cost, report));
    int shown = Math.min(cores, Plots.MOST_CORES);
    for (var drawing : List.of(cycles, memory)) {
      assertThat(drawing.texts().stream().filter(t -> t.startsWith("core "))).hasSize(shown);
      assertThat(drawing.texts()).anyMatch(t -> t.startsWith("core " + (cores - 1) + ": "));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1", "8, 8, 1, 8", "8, 8, 1, 64", "8, 4, 4, 128", "64, 64, 1, 70"})
  void trafficOnSmallAndLargeMeshes(int columns, int rows, int coresPerRouter, int cores) {
    var mesh = new Mesh(columns, rows, coresPerRouter);
    long[] flits = new long[4 * mesh.routers()];
    var busy = new ArrayList<String>();
    for (int core = 1; core < cores; core++) {
      for (int link : RouteTree.path(mesh, mesh.routerOf(core - 1), mesh.routerOf(core))) {
        flits[link] += 12_345_678L * core;
      }
    }
    for (int link = 0; link < flits.length; link++) {
      if (flits[link] > 0) {
        int from = RouteTree.routerOf(link);
        int to = RouteTree.farEnd(mesh, link);
        busy.add(
            "(%d,%d) to (%d,%d): %,d flits"
                .formatted(
                    mesh.column(from), mesh.row(from), mesh.column(to), mesh.row(to), flits[link]));
      }
    }
    var drawing = readable(MeshPlot.of(mesh, rows(cores), flits));
    assertThat(drawing.hints()).containsAll(busy);
    assertThat(drawing.hints()).anyMatch(h -> h.startsWith("router (0,0); core 0: image"));
  }
}
