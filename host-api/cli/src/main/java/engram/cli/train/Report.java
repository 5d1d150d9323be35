package engram.cli.train;

import engram.chip.Chip;
import engram.cli.common.AtomicFile;
import engram.cli.common.Version;
import engram.cli.data.DataStore;
import engram.cli.report.MeshPlot;
import engram.cli.report.Plots;
import engram.cli.report.Svg;
import engram.firmware.ssnn.SsnnNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.stream.Collectors;

/// A page about a training run: one HTML file with its pictures inside, nothing from a network.
final class Report {
  private static final String PAGE = "index.html";

  /// Timesteps of the spike raster: as many as can be told apart.
  private static final int RASTER_STEPS = 64;

  private final Chip chip;
  private final DataStore.Loaded data;
  private final TrainingResult result;
  private final StringBuilder body = new StringBuilder();

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
    Path page = folder.resolve(PAGE);
    byte[] html = new Report(chip, data, result).html().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(page, out -> out.write(html));
    return page.toAbsolutePath().normalize();
  }

  private String html() {
    var recipe = result.state().recipe();
    body.append(
        "<h1>Engram: %s on %s</h1>\n"
            .formatted(escape(result.state().dataSet()), chip.preset().name()));
    body.append("<pre>%s</pre>\n".formatted(escape(result.text(chip))));
    body.append(
        "<p>Recipe: %s. Seed %d, %,d training images, engine %s, %d thread(s), %s network.</p>\n"
            .formatted(
                escape(recipe.summary()),
                result.state().seed(),
                result.state().trainSamples(),
                chip.options().engine().name(),
                chip.options().threads(),
                chip.options().noc().keyword()));
    if (!result.epochs().isEmpty()) {
      figure(
          "Learning curve",
          "Accuracy on the first %,d test images after each epoch, %d steps each, learning off; and the running accuracy of training, which is too good, since weights move toward the label while a sample is shown."
              .formatted(result.glance(), recipe.steps()),
          Plots.learningCurve(
              result.epochs().stream()
                  .map(e -> new Plots.Point(e.number(), e.glanceAccuracy(), e.runningAccuracy()))
                  .toList()));
    }
    figure(
        "Confusion matrix",
        "Test images by label and by the class with most votes in %d steps; the darker, the larger its share of the label's images."
            .formatted(recipe.testSteps()),
        Plots.confusion(result.evaluation().confusion()));
    raster();
    cores();
    body.append(
        "<h2>Load report</h2>\n<pre>%s\n%s</pre>\n"
            .formatted(escape(chip.loadReport().table()), escape(chip.stepBudget().table())));
    return page("Engram report", body.toString());
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
    figure(
        "Spike raster",
        "The first test image, of class %d: every forward spike, from the pixels at the bottom to the winners at the top; each layer is a step later."
            .formatted(label),
        Plots.raster(
            populations.stream()
                .map(p -> new Plots.Spikes(p, chip.size(p), raster.spikes().get(p)))
                .toList(),
            steps,
            label));
  }

  private void cores() {
    var cost = result.trainCost().plus(result.evaluation().cost());
    var image = chip.image();
    var rows =
        Plots.rows(
            chip.coreNumbers(),
            image.cores().stream()
                .map(core ->
                    core.slices().stream()
                        .map(slice -> image.populations().get(slice.population()).name())
                        .collect(Collectors.joining(", ")))
                .toList());
    figure(
        "Cycles per core",
        "Training and final evaluation, by the phases of a timestep. A step lasts as long as its slowest core."
            + some(rows.size()),
        Plots.cycles(rows, cost));
    figure(
        "Memory per core",
        "What the image takes of each memory of the cores in use." + some(rows.size()),
        Plots.memory(rows, cost, chip.loadReport()));
    var mesh = chip.preset().spec().mesh();
    long flits = Arrays.stream(cost.linkFlits()).sum();
    figure(
        "Traffic per NoC link",
        flits == 0
            ? "No flit crossed a link between routers: all events stayed with one router."
            : "%,d flits in training and final evaluation, on the links between the %d x %d routers of the mesh; numbers in squares are cores. The host's link ends at router (0,0)."
                .formatted(flits, mesh.columns(), mesh.rows()),
        MeshPlot.of(mesh, rows, cost.linkFlits()));
  }

  private static String some(int cores) {
    return cores > Plots.MOST_CORES
        ? " Of %d cores the busiest %d.".formatted(cores, Plots.MOST_CORES)
        : "";
  }

  private void figure(String title, String caption, Svg picture) {
    body.append("<h2>").append(escape(title)).append("</h2>\n");
    body.append("<figure>").append(picture);
    body.append("<figcaption>").append(escape(caption)).append("</figcaption></figure>\n");
  }

  private static String page(String title, String body) {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <title>%s</title>
    <style>
    body { font: 16px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; }
    pre { background: #f4f5f7; padding: 1em; overflow-x: auto; font-size: 14px; line-height: 1.35; }
    figure { margin: 1em 0; }
    svg { max-width: 100%%; height: auto; }
    svg text { font: 13px system-ui, sans-serif; }
    figcaption { color: #555; font-size: 14px; }
    footer { margin-top: 3em; color: #777; font-size: 13px; }
    </style>
    </head>
    <body>
    %s<footer>engram %s</footer>
    </body>
    </html>
    """
        .formatted(title, body, Version.number());
  }

  private static String escape(String text) {
    return Svg.escape(text);
  }
}
