package engram.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import engram.cli.report.SpikeRaster.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SpikeRasterTest {
  private static final int STEPS = 67;

  private static Layer layer(String name, int neurons, int spikes) {
    var random = new Random(neurons);
    var list = new ArrayList<int[]>();
    for (int i = 0; i < spikes; i++) {
      list.add(new int[] {random.nextInt(STEPS), random.nextInt(neurons)});
    }
    return new Layer(name, neurons, list);
  }

  private static final List<Layer> LAYERS =
      List.of(
          layer("image", 784, 6_000),
          layer("hidden1", 1_000, 0),
          layer("hidden2", 20, 1),
          layer("output", 10, 60));

  private static JsonNode option() {
    return SpikeRaster.of(LAYERS, STEPS, 7).option();
  }

  @Test
  void hasEverySpike() {
    var option = option();
    for (int i = 0; i < LAYERS.size(); i++) {
      var layer = LAYERS.get(i);
      var series = option.get("series").get(i);
      assertThat(series.get("name").asText()).isEqualTo(layer.population());
      assertThat(series.get("data"))
          .extracting(n -> List.of(n.get(0).asInt(), n.get(1).asInt()))
          .containsExactlyElementsOf(
              layer.spikes().stream().map(s -> List.of(s[0], s[1])).toList());
      assertThat(series.get("data")).allMatch(n -> n.size() == 2);
      assertThat(option.get("title").get(i).get("text").asText())
          .isEqualTo(
              "%s: %,d spikes of %,d neurons",
              layer.population(), layer.spikes().size(), layer.neurons());
    }
  }

  /// Each spike lies inside its panel, whole.
  @Test
  void axesSpanAllStepsAndNeurons() {
    var option = option();
    for (int i = 0; i < LAYERS.size(); i++) {
      var time = option.get("xAxis").get(i);
      var neurons = option.get("yAxis").get(i);
      assertThat(time.get("min").asDouble()).isEqualTo(-0.5);
      assertThat(time.get("max").asDouble()).isEqualTo(STEPS - 0.5);
      assertThat(neurons.get("min").asDouble()).isEqualTo(-0.5);
      assertThat(neurons.get("max").asDouble()).isEqualTo(LAYERS.get(i).neurons() - 0.5);
      assertThat(List.of(time, neurons)).allMatch(axis -> axis.get("gridIndex").asInt() >= 0);
      for (String index : List.of("xAxisIndex", "yAxisIndex")) {
        assertThat(option.get("series").get(i).get(index).asInt()).isEqualTo(i);
      }
    }
    assertThat(option.at("/xAxis/0/name").asText()).isEqualTo("timestep");
    assertThat(option.at("/yAxis/0/name").asText()).isEqualTo("neuron");
    assertThat(option.at("/yAxis/3/name").asText()).isEqualTo("class");
  }

  @Test
  void panelsStandAboveEachOther() {
    var chart = SpikeRaster.of(LAYERS, STEPS, 7);
    int above = chart.height();
    for (var grid : chart.option().get("grid")) {
      int bottom = grid.get("top").asInt() + grid.get("height").asInt();
      assertThat(bottom).isLessThanOrEqualTo(above - 25);
      above = grid.get("top").asInt();
    }
    assertThat(above).isGreaterThan(25);
  }

  /// A large series without data would break the library. One that is drawn progressively, its
  /// default from 10,000 points on whatever the whole chart says, would show some of its data only.
  @Test
  void manySpikesAreDrawnAsOneShape() {
    assertThat(option().get("series"))
        .extracting(s -> s.get("large").asBoolean())
        .containsExactly(true, false, true, true);
    assertThat(option().get("series")).allMatch(s -> s.get("largeThreshold").asInt() == 0);
    assertThat(option().get("series")).allMatch(s -> s.get("progressive").asInt(-1) == 0);
    assertThat(option().get("progressive").asInt(-1)).isZero();
  }

  @Test
  void zoomMovesAllPanelsTogetherAndTakesNoSpikeAway() {
    assertThat(option().get("dataZoom"))
        .hasSize(2)
        .allMatch(zoom -> zoom.get("xAxisIndex").toString().equals("[0,1,2,3]"))
        .allMatch(zoom -> zoom.get("filterMode").asText().equals("none"));
    assertThat(option().at("/toolbox/feature/dataZoom/filterMode").asText()).isEqualTo("none");
  }

  @Test
  void pointsOutTheLabel() {
    var ends = option().at("/series/3/markArea/data/0");
    assertThat(ends.at("/0/yAxis").asDouble()).isEqualTo(6.5);
    assertThat(ends.at("/1/yAxis").asDouble()).isEqualTo(7.5);
  }
}
