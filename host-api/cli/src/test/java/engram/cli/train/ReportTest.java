package engram.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import engram.cli.Cli;
import engram.cli.MiniSet;
import engram.cli.report.Drawing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/// What stands in the pictures of a report.
final class ReportTest {
  private static final Pattern FIGURE =
      Pattern.compile("<h2>([^<]*)</h2>\\s*<figure>(<svg.*?</svg>)", Pattern.DOTALL);

  @TempDir static Path folder;
  private static String page;
  private static final Map<String, Drawing> PICTURES = new HashMap<>();

  @BeforeAll
  static void train() throws Exception {
    Path mini = new MiniSet(8, 10, 100, 40).write(folder.resolve("mini & more"));
    new Cli(folder)
        .run(
            "train",
            mini,
            "--hidden",
            "70,30",
            "--epochs",
            3,
            "--test-steps",
            20,
            "--quiet",
            "--report",
            folder.resolve("report"))
        .succeeds();
    page = Files.readString(folder.resolve("report/index.html"));
    var figure = FIGURE.matcher(page);
    while (figure.find()) {
      PICTURES.put(figure.group(1), Drawing.of(figure.group(2)));
    }
  }

  private static List<Element> all(String picture, String element) {
    return PICTURES.get(picture).all(element);
  }

  private static List<String> texts(String picture) {
    return PICTURES.get(picture).texts();
  }

  private static List<String> hints(String picture) {
    return PICTURES.get(picture).hints();
  }

  @Test
  void hasEveryPicture() {
    assertThat(PICTURES)
        .containsOnlyKeys(
            "Learning curve",
            "Confusion matrix",
            "Spike raster",
            "Cycles per core",
            "Memory per core",
            "Traffic per NoC link");
  }

  @Test
  void needsNoNetwork() {
    assertThat(page.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http:", "https:", "src=", "<script", "<link", "@import", "url(");
  }

  @Test
  void tellsResultRecipeAndLoad() {
    assertThat(page)
        .contains("<h1>Engram: " + folder.resolve("mini &amp; more") + " on engram-1</h1>")
        .contains("network        64-70-30-10, ", "state digest   ", "chip energy ")
        .contains("Recipe: hidden 70,30, 16 steps, 3 epochs, ", "Seed 1, 100 training images")
        .contains("<h2>Load report</h2>", "synapse memory ");
  }

  @Test
  void theLearningCurveHasTwoPointsAnEpoch() {
    assertThat(all("Learning curve", "circle")).hasSize(6);
    assertThat(texts("Learning curve"))
        .contains("1", "2", "3", "epoch", "accuracy, %", "test images, learning off");
  }

  @Test
  void theConfusionMatrixCountsEveryTestImage() {
    int images = 0;
    for (var cell : all("Confusion matrix", "title")) {
      var count =
          Pattern.compile("label [0-9], answer [0-9]: ([0-9]+) of 4")
              .matcher(cell.getTextContent());
      if (count.matches()) {
        images += Integer.parseInt(count.group(1));
      }
    }
    assertThat(images).isEqualTo(40);
    assertThat(texts("Confusion matrix")).contains("answer", "label", "right, %");
  }

  @Test
  void theRasterShowsEverySpikeInAPanelForEachPopulation() {
    var texts = texts("Spike raster");
    assertThat(texts).contains("image", "hidden1", "hidden2", "output", "timestep", "class");
    long marks = 0;
    for (var path : all("Spike raster", "path")) {
      marks += path.getAttribute("d").chars().filter(c -> c == 'M').count();
    }
    long told = 0;
    for (String text : texts) {
      if (text.contains(" spikes of ")) {
        told += Long.parseLong(text.substring(0, text.indexOf(' ')));
      }
    }
    assertThat(marks).isEqualTo(told).isGreaterThan(20);
    // One winner a step, in all 20 steps and the 3 that it takes to get there.
    assertThat(texts).contains("23 spikes of 10 neurons");
  }

  @Test
  void coresAreTheOnesInUse() {
    for (String picture : List.of("Cycles per core", "Memory per core")) {
      assertThat(texts(picture))
          .contains("core 0: image, label, bias", "core 1: hidden1", "core 2: hidden2")
          .contains("core 3: output");
    }
    assertThat(texts("Cycles per core")).contains("cycles", "integrate", "learn");
    assertThat(hints("Memory per core"))
        .anyMatch(hint -> hint.matches("synapse memory of core 1: [0-9,]+ of 32,768 words"));
    assertThat(all("Memory per core", "text"))
        .filteredOn(t -> t.getTextContent().endsWith(" %"))
        .isNotEmpty();
  }

  @Test
  void trafficLiesOnTheLinksOfTheMesh() {
    var hints = hints("Traffic per NoC link");
    assertThat(hints)
        .anyMatch(hint -> hint.matches("\\(0,0\\) to \\(1,0\\): [1-9][0-9,]* flits"))
        .anyMatch(hint -> hint.matches("\\(3,0\\) to \\(2,0\\): [1-9][0-9,]* flits"))
        .contains("(0,0) to (0,1): 0 flits", "router (1,0); core 1: hidden1");
  }

  @Test
  void allOfItIsReadable() {
    PICTURES.values().forEach(Drawing::isReadable);
  }
}
