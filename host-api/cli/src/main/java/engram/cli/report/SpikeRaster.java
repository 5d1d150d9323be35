package engram.cli.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.IntStream;

/// Spikes over time while one sample was presented: a panel for each population, the first at the
/// bottom.
public final class SpikeRaster {
  private static final int TOP = 30;
  private static final int LEFT = 80;
  private static final int RIGHT = 16;

  /// Between two panels, for the title of the lower.
  private static final int GAP = 28;

  /// Below the lowest panel, for the axis and the slider.
  private static final int BOTTOM = 90;

  /// Neurons of a population whose lines can be told apart.
  private static final int FEW = 20;

  private SpikeRaster() {}

  /// The spikes of a population.
  ///
  /// @param spikes {step, neuron} each
  public record Layer(String population, int neurons, List<int[]> spikes) {
    private boolean hasLines() {
      return neurons <= FEW;
    }

    /// Pixels of its panel.
    private int height() {
      return hasLines() ? 14 * neurons : Math.clamp(2L * neurons, 120, 280);
    }
  }

  /// @param steps timesteps recorded
  /// @param label neuron of the last population that should win
  public static Chart of(List<Layer> layers, int steps, int label) {
    int height = TOP + BOTTOM + layers.stream().mapToInt(l -> l.height() + GAP).sum();
    var chart =
        Chart.of(
            "Spike raster",
            Chart.PAGE_WIDTH,
            height,
            """
            {
              "tooltip": {"formatter": "{a}: (timestep, neuron) = ({c})"},
              "title": [], "grid": [], "xAxis": [], "yAxis": [], "series": [],
              "dataZoom": [
                {
                  "type": "slider", "filterMode": "none",
                  "bottom": 8, "height": 22, "showDataShadow": false, "showDetail": false
                },
                {
                  "type": "inside", "filterMode": "none",
                  "zoomOnMouseWheel": "ctrl", "moveOnMouseWheel": false
                }
              ]
            }
            """);
    var feature = chart.at("/toolbox/feature");
    feature.setAll(
        Chart.node(
            """
            {
              "dataZoom": {"filterMode": "none", "title": {"zoom": "zoom", "back": "zoom back"}},
              "restore": {"title": "show all"}
            }
            """));
    for (int zoom = 0; zoom < 2; zoom++) {
      var axes = chart.at("/dataZoom/" + zoom).putArray("xAxisIndex");
      IntStream.range(0, layers.size()).forEach(axes::add);
    }
    int bottom = height - BOTTOM;
    for (int i = 0; i < layers.size(); i++) {
      var layer = layers.get(i);
      int top = bottom - layer.height();
      panel(chart, layer, top);
      axes(chart, i, layer, steps, i == layers.size() - 1 ? "class" : "neuron");
      spikes(chart, i, layer, steps);
      bottom = top - GAP;
    }
    if (!layers.isEmpty() && layers.getLast().hasLines()) {
      mark(chart.at("/series/" + (layers.size() - 1)), label);
    }
    return chart;
  }

  private static void panel(Chart chart, Layer layer, int top) {
    var title =
        Chart.node("{\"textStyle\": {\"fontSize\": 13, \"fontWeight\": \"normal\"}}")
            .put(
                "text",
                "%s: %,d spikes of %,d neurons"
                    .formatted(layer.population(), layer.spikes().size(), layer.neurons()))
            .put("left", LEFT - 5)
            .put("top", top - 24);
    chart.option().withArray("/title").add(title);
    chart
        .option()
        .withArray("/grid")
        .addObject()
        .put("show", true)
        .put("left", LEFT)
        .put("right", RIGHT)
        .put("top", top)
        .put("height", layer.height());
  }

  private static void axes(Chart chart, int index, Layer layer, int steps, String counted) {
    var time = axis(index, steps, 24);
    if (index == 0) {
      time.put("name", "timestep").put("nameGap", 26);
    } else {
      time.withObject("/axisLabel").put("show", false);
    }
    chart.option().withArray("/xAxis").add(time);
    var neurons = axis(index, layer.neurons(), layer.hasLines() ? layer.neurons() : 6);
    neurons.put("name", counted).put("nameGap", 48);
    chart.option().withArray("/yAxis").add(neurons);
  }

  /// An axis with a band for each whole number. It ends half a band outside, where none is written.
  ///
  /// @param marks about so many
  private static ObjectNode axis(int index, int count, int marks) {
    return Chart.node(
            """
            {
              "type": "value", "min": -0.5, "minInterval": 1, "nameLocation": "middle",
              "axisLabel": {"showMinLabel": false, "showMaxLabel": false},
              "axisLine": {"show": false, "onZero": false}, "splitLine": {"show": false}
            }
            """)
        .put("gridIndex", index)
        .put("max", count - 0.5)
        .put("splitNumber", marks);
  }

  private static void spikes(Chart chart, int index, Layer layer, int steps) {
    // The large mode draws all spikes as one shape, and can't draw none. Where the option of the
    // series itself does not say otherwise, it is progressive from 10,000 points on.
    var series =
        Chart.node(
                """
                {
                  "type": "scatter", "largeThreshold": 0, "progressive": 0,
                  "symbol": "rect", "itemStyle": {"opacity": 1}
                }
                """)
            .put("large", !layer.spikes().isEmpty())
            .put("name", layer.population())
            .put("xAxisIndex", index)
            .put("yAxisIndex", index);
    series
        .putArray("symbolSize")
        .add(Math.max(2, 0.7 * (Chart.PAGE_WIDTH - LEFT - RIGHT) / steps))
        .add(Math.max(1.2, 0.7 * layer.height() / layer.neurons()));
    var data = series.putArray("data");
    layer.spikes().forEach(spike -> data.addArray().add(spike[0]).add(spike[1]));
    chart.option().withArray("/series").add(series);
  }

  /// Points out a neuron.
  private static void mark(ObjectNode series, int neuron) {
    var area = Chart.node("{\"silent\": true, \"itemStyle\": {\"color\": \"#fbe3b0\"}}");
    var ends = area.putArray("data").addArray();
    ends.addObject().put("yAxis", neuron - 0.5);
    ends.addObject().put("yAxis", neuron + 0.5);
    series.set("markArea", area);
  }
}
