package engram.cli.train;

import engram.chip.ChipCost;
import engram.chip.Phase;
import engram.chip.noc.RouteTree;
import engram.isa.image.LoadReport;
import engram.isa.image.Memory;
import engram.isa.image.Mesh;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// The pictures of a report.
final class Plots {
  static final int WIDTH = 820;
  static final int HEIGHT = 420;

  /// Links shown in the plot of traffic: the busiest.
  private static final int MOST_LINKS = 24;

  private static final Color[] COLOURS = {
    new Color(0x3b6ea8),
    new Color(0xd9822b),
    new Color(0x4f9d69),
    new Color(0xb0413e),
    new Color(0x7a5ea8),
    new Color(0x8c8c8c)
  };

  private Plots() {}

  /// Accuracy over epochs: test images shown after each, and the running one of training.
  static XYChart learningCurve(double[] epochs, double[] tests, double[] running) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle("epoch")
            .yAxisTitle("accuracy, %")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.InsideSE);
    chart.getStyler().setSeriesColors(COLOURS);
    chart.getStyler().setXAxisDecimalPattern("0");
    chart.getStyler().setYAxisDecimalPattern("0.0");
    chart.addSeries("test images, learning off", epochs, tests).setMarker(SeriesMarkers.CIRCLE);
    chart
        .addSeries("training images, while they teach", epochs, running)
        .setMarker(SeriesMarkers.DIAMOND);
    return chart;
  }

  /// Answers by label, as shares of the label's images.
  static HeatMapChart confusion(int[][] confusion) {
    HeatMapChart chart =
        new HeatMapChartBuilder()
            .width(WIDTH)
            .height(WIDTH * 3 / 4)
            .xAxisTitle("answer")
            .yAxisTitle("label")
            .build();
    chart
        .getStyler()
        .setRangeColors(new Color[] {Color.WHITE, new Color(0xcfe0f1), new Color(0x7fabd6)});
    chart.getStyler().setShowValue(confusion.length <= 10);
    chart.getStyler().setHeatMapValueDecimalPattern("0");
    chart.getStyler().setPlotContentSize(1);
    var classes = IntStream.range(0, confusion.length).mapToObj(String::valueOf).toList();
    List<Number[]> cells = new ArrayList<>();
    for (int label = 0; label < confusion.length; label++) {
      for (int answer = 0; answer < confusion.length; answer++) {
        cells.add(new Number[] {answer, label, confusion[label][answer]});
      }
    }
    chart.addSeries("images", classes, classes, cells);
    return chart;
  }

  /// Spikes over time; populations above each other.
  static XYChart raster(Raster raster, List<Integer> sizes) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle("timestep")
            .yAxisTitle("neuron (populations above each other)")
            .build();
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    chart.getStyler().setSeriesColors(COLOURS);
    chart.getStyler().setMarkerSize(4);
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setXAxisMax((double) raster.steps());
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setYAxisDecimalPattern("0");
    chart.getStyler().setXAxisDecimalPattern("0");
    int base = 0;
    int population = 0;
    for (var entry : raster.spikes().entrySet()) {
      int offset = base;
      var spikes = entry.getValue();
      if (!spikes.isEmpty()) {
        chart
            .addSeries(
                entry.getKey(),
                spikes.stream().mapToDouble(s -> s[0]).toArray(),
                spikes.stream().mapToDouble(s -> s[1] + offset).toArray())
            .setMarker(SeriesMarkers.SQUARE);
      }
      base += sizes.get(population++);
    }
    return chart;
  }

  /// Cycles of each core, by phase.
  static CategoryChart cycles(int[] cores, ChipCost cost) {
    CategoryChart chart = bars("core", "cycles, millions");
    chart.getStyler().setStacked(true);
    var names = names(cores);
    for (var phase : Phase.values()) {
      chart.addSeries(
          phase.name().toLowerCase(Locale.ROOT),
          names,
          Arrays.stream(cost.coreCycles()).map(c -> c[phase.ordinal()] * 1e-6).toList());
    }
    return chart;
  }

  /// How full the memories of each core are.
  static CategoryChart memory(int[] cores, LoadReport report) {
    CategoryChart chart = bars("core", "memory in use, %");
    chart.getStyler().setYAxisMax(100.0);
    for (var memory : Memory.values()) {
      chart.addSeries(
          memory.label(),
          names(cores),
          report.cores().stream()
              .map(c -> 100.0 * c.used(memory) / memory.limit(report.spec().core()))
              .toList());
    }
    return chart;
  }

  /// Flits over the busiest links between routers; null if no link carried any.
  static CategoryChart traffic(Mesh mesh, long[] linkFlits) {
    var links = new ArrayList<Integer>();
    for (int link = 0; link < linkFlits.length; link++) {
      if (linkFlits[link] > 0) {
        links.add(link);
      }
    }
    links.sort(Comparator.comparingLong(link -> -linkFlits[link]));
    var shown = links.subList(0, Math.min(MOST_LINKS, links.size()));
    if (shown.isEmpty()) {
      return null;
    }
    CategoryChart chart = bars("link, from router to router (column, row)", "flits, millions");
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setXAxisLabelRotation(shown.size() > 6 ? 45 : 0);
    chart.addSeries(
        "flits",
        shown.stream().map(link -> name(mesh, link)).toList(),
        shown.stream().map(link -> linkFlits[link] * 1e-6).toList());
    return chart;
  }

  private static String name(Mesh mesh, int link) {
    int from = RouteTree.routerOf(link);
    int to = RouteTree.farEnd(mesh, link);
    return "(%d,%d) - (%d,%d)"
        .formatted(mesh.column(from), mesh.row(from), mesh.column(to), mesh.row(to));
  }

  private static List<String> names(int[] cores) {
    return Arrays.stream(cores).mapToObj(String::valueOf).toList();
  }

  private static CategoryChart bars(String x, String y) {
    CategoryChart chart =
        new CategoryChartBuilder().width(WIDTH).height(HEIGHT).xAxisTitle(x).yAxisTitle(y).build();
    chart.getStyler().setSeriesColors(COLOURS);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setAvailableSpaceFill(0.6);
    return chart;
  }
}
