package engram.cli.train;

import engram.chip.Chip;
import engram.cli.common.AtomicFile;
import engram.cli.data.DataStore;
import engram.cli.report.ConfusionMatrix;
import engram.cli.report.Core;
import engram.cli.report.CoreCycles;
import engram.cli.report.CoreMemory;
import engram.cli.report.LearningCurve;
import engram.cli.report.LinkTraffic;
import engram.cli.report.Page;
import engram.cli.report.SpikeRaster;
import engram.firmware.ssnn.SsnnNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A page about a training run: one HTML file with its pictures inside, nothing from a network.
final class Report {
  private static final String FILE = "index.html";

  /// Timesteps of the spike raster: as many as can be told apart.
  private static final int RASTER_STEPS = 64;

  private final Chip chip;
  private final DataStore.Loaded data;
  private final TrainingResult result;
  private final Page page = new Page();

  private Report(Chip chip, DataStore.Loaded data, TrainingResult result) {
    this.chip = chip;
    this.data = data;
    this.result = result;
  }

  /// Makes the folder and sees that it can be written to, before hours of work end in a refusal.
  static void prepare(Path folder) throws IOException {
    Files.createDirectories(folder);
    AtomicFile.requireWritableFolder("--report " + folder, folder);
  }

  /// Writes the page; returns its file.
  static Path write(Path folder, Chip chip, DataStore.Loaded data, TrainingResult result)
      throws IOException {
    Path file = folder.resolve(FILE);
    byte[] html = new Report(chip, data, result).html().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(html));
    return file.toAbsolutePath().normalize();
  }

  private String html() {
    var recipe = result.state().recipe();
    page.title("Engram: %s on %s".formatted(result.state().dataSet(), chip.preset().name()));
    page.table(result.text(chip));
    page.paragraph(
        "Recipe: %s. Seed %d, %,d training images, engine %s, %d thread(s), %s network."
            .formatted(
                recipe.summary(),
                result.state().seed(),
                result.state().trainSamples(),
                chip.options().engine().name(),
                chip.options().threads(),
                chip.options().noc().keyword()));
    if (!result.epochs().isEmpty()) {
      page.chart(
          LearningCurve.of(
              result.epochs().stream()
                  .map(e ->
                      new LearningCurve.Point(e.number(), e.glanceAccuracy(), e.runningAccuracy()))
                  .toList()),
          "Accuracy on the first %,d test images after each epoch, %d steps each, learning off; and the running accuracy of training, which is too good, since weights move toward the label while a sample is shown."
              .formatted(result.glance(), recipe.steps()));
    }
    page.chart(
        ConfusionMatrix.of(result.evaluation().confusion()),
        "Test images by label and by the class with most votes in %d steps; the darker, the larger its share of the label's images."
            .formatted(recipe.testSteps()));
    raster();
    cores();
    page.heading("Load report").table(chip.loadReport().table() + "\n" + chip.stepBudget().table());
    return page.html();
  }

  private void raster() {
    var recipe = result.state().recipe();
    var populations = new ArrayList<String>();
    int layers = recipe.hidden().size() + 1;
    var settings = recipe.settings(data.test().size(), data.classes(), result.state().seed());
    for (int layer = 0; layer <= layers; layer++) {
      populations.add(SsnnNetwork.layer(settings, layer));
    }
    int[] values = new int[data.test().size()];
    data.test().pixels(0, values);
    int steps = Math.min(RASTER_STEPS, recipe.testSteps()) + layers;
    var raster = Raster.of(chip, values, Training.TEST_NUMBERS, steps, populations);
    int label = data.test().label(0);
    page.chart(
        SpikeRaster.of(
            populations.stream()
                .map(p -> new SpikeRaster.Layer(p, chip.size(p), raster.spikes().get(p)))
                .toList(),
            steps,
            label),
        "The first test image, of class %d: every forward spike, from the pixels at the bottom to the winners at the top; each layer is a step later."
            .formatted(label));
  }

  private void cores() {
    var cost = result.trainCost().plus(result.evaluation().cost());
    var image = chip.image();
    int[] numbers = chip.coreNumbers();
    var cores =
        IntStream.range(0, numbers.length)
            .mapToObj(i ->
                new Core(
                    i,
                    numbers[i],
                    image.cores().get(i).slices().stream()
                        .map(slice -> image.populations().get(slice.population()).name())
                        .collect(Collectors.joining(", "))))
            .toList();
    page.chart(
        CoreCycles.of(cores, cost),
        "Training and final evaluation, by the phases of a timestep. A step lasts as long as its slowest core."
            + some(cores.size()));
    page.chart(
        CoreMemory.of(cores, cost, chip.loadReport()),
        "What the image takes of each memory of the cores in use." + some(cores.size()));
    var mesh = chip.preset().spec().mesh();
    long flits = Arrays.stream(cost.linkFlits()).sum();
    page.chart(
        LinkTraffic.of(mesh, cores, cost.linkFlits()),
        flits == 0
            ? "No flit crossed a link between routers: all events stayed with one router."
            : "%,d flits in training and final evaluation, on the links between the %d x %d routers of the mesh; numbers in squares are cores. The host's link ends at router (0,0)."
                .formatted(flits, mesh.columns(), mesh.rows()));
  }

  private static String some(int cores) {
    return cores > Core.MOST_SHOWN
        ? " Of %d cores the busiest %d.".formatted(cores, Core.MOST_SHOWN)
        : "";
  }
}
