package engram.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import engram.cli.Cli;
import engram.cli.MiniSet;
import engram.cli.report.OpenedPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What stands in the report of a run.
final class ReportTest {
  @TempDir static Path folder;
  private static Path mini;
  private static JsonNode result;
  private static OpenedPage page;
  private static Map<String, JsonNode> charts;

  @BeforeAll
  static void trainAndOpen() throws IOException {
    // A name that would break a page if it were not escaped.
    mini = new MiniSet(8, 10, 100, 40).write(folder.resolve("mini & <more><").resolve("script>"));
    result = train(3);
    page = OpenedPage.of(Files.readString(folder.resolve("3/index.html")));
    charts = page.charts();
  }

  /// Trains with a report in the folder that is named after the number of epochs.
  private static JsonNode train(int epochs) {
    return new Cli(folder)
        .run(
            "train",
            mini,
            "--hidden",
            "70,30",
            "--epochs",
            epochs,
            "--test-steps",
            20,
            "--quiet",
            "--json",
            "--report",
            folder.resolve(String.valueOf(epochs)))
        .json();
  }

  private static long flits(Map<String, JsonNode> charts) {
    return charts
        .get("Traffic per NoC link")
        .at("/series/1/data")
        .valueStream()
        .mapToLong(line -> line.get("value").asLong())
        .sum();
  }

  @Test
  void hasEveryPicture() {
    assertThat(charts)
        .containsOnlyKeys(
            "Learning curve",
            "Confusion matrix",
            "Spike raster",
            "Cycles per core",
            "Memory per core",
            "Traffic per NoC link");
    assertThat(page.texts("figcaption")).hasSize(6).noneMatch(String::isBlank);
    // Six options, the library, and the few lines that call it.
    assertThat(page.scripts()).hasSize(8);
  }

  @Test
  void tellsResultRecipeAndLoad() {
    assertThat(page.texts("h1")).containsExactly("Engram: " + mini + " on engram-1");
    assertThat(page.texts("pre").getFirst())
        .contains("network        64-70-30-10, ", "chip energy ")
        .contains("state digest   " + result.get("state_digest").asText());
    assertThat(page.texts("p").getLast())
        .startsWith("Recipe: hidden 70,30, 16 steps, 3 epochs, ")
        .contains("Seed 1, 100 training images");
    assertThat(page.texts("h2").getLast()).isEqualTo("Load report");
    assertThat(page.texts("pre").getLast()).contains("synapse memory ");
  }

  @Test
  void theLearningCurveIsThatOfTheRun() {
    var option = charts.get("Learning curve");
    var epochs = result.get("epochs_done");
    assertThat(option.at("/xAxis/data").toString()).isEqualTo("[1,2,3]");
    var keys = List.of("glance_accuracy", "running_accuracy");
    for (int series = 0; series < 2; series++) {
      String key = keys.get(series);
      assertThat(option.get("series").get(series).get("data"))
          .extracting(n -> n.asDouble())
          .containsExactlyElementsOf(
              IntStream.range(0, 3)
                  .mapToObj(i -> Math.round(1e6 * epochs.get(i).get(key).asDouble()) / 1e4)
                  .toList());
    }
  }

  @Test
  void theConfusionMatrixCountsEveryTestImage() {
    int images = 0;
    int right = 0;
    for (var cell : charts.get("Confusion matrix").at("/series/0/data")) {
      var value = cell.get("value");
      images += value.get(2).asInt();
      right += value.get(0).asInt() == value.get(1).asInt() ? value.get(2).asInt() : 0;
    }
    assertThat(images).isEqualTo(40);
    assertThat(right / 40.0).isEqualTo(result.get("test_accuracy").asDouble());
  }

  @Test
  void theRasterHasAPanelForEachPopulation() {
    var option = charts.get("Spike raster");
    assertThat(option.get("series"))
        .extracting(s -> s.get("name").asText())
        .containsExactly("image", "hidden1", "hidden2", "output");
    assertThat(option.get("series")).noneMatch(s -> s.get("data").isEmpty());
    // One winner a step, in all 20 steps and the 3 that it takes to get there.
    assertThat(option.at("/series/3/data"))
        .extracting(spike -> spike.get(0).asInt())
        .containsExactlyElementsOf(IntStream.range(0, 23).boxed().toList());
    assertThat(option.at("/title/3/text").asText()).isEqualTo("output: 23 spikes of 10 neurons");
  }

  @Test
  void coresAreTheOnesInUse() {
    for (String picture : List.of("Cycles per core", "Memory per core")) {
      assertThat(charts.get(picture).at("/yAxis/0/data"))
          .extracting(JsonNode::asText)
          .containsExactly(
              "core 0: image, label, bias", "core 1: hidden1", "core 2: hidden2", "core 3: output");
    }
    assertThat(charts.get("Memory per core").at("/series/2/data/1/name").asText())
        .matches("synapse memory of core 1: [0-9,]+ of 32,768 words");
    for (var phase : charts.get("Cycles per core").get("series")) {
      assertThat(phase.get("data")).hasSize(4).anyMatch(cycles -> cycles.asLong() > 0);
    }
  }

  @Test
  void trafficLiesOnTheLinksOfTheMesh() {
    var option = charts.get("Traffic per NoC link");
    assertThat(page.texts("figcaption").getLast())
        .startsWith("%,d flits in training and final evaluation".formatted(flits(charts)))
        .contains("8 x 8 routers");
    assertThat(option.at("/series/2/data"))
        .extracting(router -> router.get("name").asText())
        .contains("router (1,0); core 1: hidden1", "router (4,0)");
  }

  /// 800 timesteps of tests after 4,800 of training.
  @Test
  void costsAreThoseOfTrainingAndOfTheFinalEvaluation() throws IOException {
    train(0);
    var untrained = OpenedPage.of(Files.readString(folder.resolve("0/index.html"))).charts();
    assertThat(untrained).doesNotContainKey("Learning curve").hasSize(5);
    assertThat(flits(untrained)).isPositive();
    assertThat(flits(charts)).isGreaterThan(2 * flits(untrained));
  }
}
