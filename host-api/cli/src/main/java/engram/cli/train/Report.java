package engram.cli.train;

import engram.chip.Chip;
import engram.cli.common.AtomicFile;
import engram.cli.common.CommandException;
import engram.cli.common.Version;
import engram.cli.data.DataStore;
import engram.firmware.ssnn.SsnnNetwork;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/// A page about a training run: one HTML file with its pictures inside, nothing from a network.
final class Report {
  private static final String PAGE = "index.html";

  /// Timesteps of the spike raster: as many as can be told apart.
  private static final int RASTER_STEPS = 24;

  private Report() {}

  /// Makes the folder and sees that it can be written to, before hours of work end in a refusal.
  static void prepare(Path folder) throws IOException {
    Files.createDirectories(folder);
    if (!Files.isWritable(folder)) {
      throw CommandException.failed("--report " + folder + ": the folder is read-only");
    }
    try {
      Files.delete(Files.createTempFile(folder, "report", ".part"));
    } catch (IOException e) {
      throw CommandException.failed(
          "--report " + folder + ": can't write there: " + e.getMessage());
    }
  }

  /// Writes the page; returns its file.
  static Path write(Path folder, Chip chip, DataStore.Loaded data, TrainingResult result)
      throws IOException {
    System.setProperty("java.awt.headless", "true");
    Path page = folder.resolve(PAGE);
    byte[] html = html(chip, data, result).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(page, out -> out.write(html));
    return page.toAbsolutePath().normalize();
  }

  private static String html(Chip chip, DataStore.Loaded data, TrainingResult result)
      throws IOException {
    var body = new StringBuilder();
    var recipe = result.state().recipe();
    body.append(
        "<h1>Engram: %s on %s</h1>\n"
            .formatted(escape(result.state().dataSet()), chip.preset().name()));
    body.append("<pre>%s</pre>\n".formatted(escape(result.text(chip))));
    body.append(
        "<p>Recipe: %s. Seed %d, %d training images, engine %s, %d thread(s), %s network.</p>\n"
            .formatted(
                escape(recipe.summary()),
                result.state().seed(),
                result.state().trainSamples(),
                chip.options().engine().name(),
                chip.options().threads(),
                chip.options().noc().keyword()));
    if (!result.epochs().isEmpty()) {
      figure(
          body,
          "Learning curve",
          "Accuracy on the first %d test images after each epoch, %d steps each, learning off; and the running accuracy of training, which is too good, since weights move toward the label while a sample is shown."
              .formatted(result.glance(), recipe.steps()),
          Plots.learningCurve(
              result.epochs().stream().mapToDouble(e -> e.number()).toArray(),
              result.epochs().stream().mapToDouble(e -> 100 * e.glanceAccuracy()).toArray(),
              result.epochs().stream().mapToDouble(e -> 100 * e.runningAccuracy()).toArray()));
    }
    figure(
        body,
        "Confusion matrix",
        "Test images by label and by the class with most votes in %d steps."
            .formatted(recipe.testSteps()),
        Plots.confusion(result.evaluation().confusion()));
    raster(body, chip, data, result);
    var cost = result.trainCost().plus(result.evaluation().cost());
    figure(
        body,
        "Cycles per core",
        "Training and final evaluation, by the phases of a timestep. A step lasts as long as its slowest core.",
        Plots.cycles(chip.coreNumbers(), cost));
    figure(
        body,
        "Memory per core",
        "What the image takes of each memory of the cores in use.",
        Plots.memory(chip.coreNumbers(), chip.loadReport()));
    var traffic = Plots.traffic(chip.preset().spec().mesh(), cost.linkFlits());
    if (traffic != null) {
      figure(
          body,
          "Traffic per NoC link",
          "Flits over the links between routers, the busiest first.",
          traffic);
    }
    body.append(
        "<h2>Load report</h2>\n<pre>%s\n%s</pre>\n"
            .formatted(escape(chip.loadReport().table()), escape(chip.stepBudget().table())));
    return page("Engram report", body.toString());
  }

  private static void raster(
      StringBuilder body, Chip chip, DataStore.Loaded data, TrainingResult result)
      throws IOException {
    var recipe = result.state().recipe();
    var populations = new ArrayList<String>();
    var sizes = new ArrayList<Integer>();
    int layers = recipe.hidden().size() + 1;
    var settings = recipe.settings(data.test().size(), data.classes(), result.state().seed());
    for (int layer = 0; layer <= layers; layer++) {
      String name = SsnnNetwork.layer(settings, layer);
      populations.add(name);
      sizes.add(chip.size(name));
    }
    int[] values = new int[data.test().size()];
    data.test().pixels(0, values);
    int steps = Math.min(RASTER_STEPS, recipe.testSteps()) + layers;
    figure(
        body,
        "Spike raster",
        "The first test image (label %d): every forward spike, from the pixels at the bottom to the winners at the top; each layer is a step later."
            .formatted(data.test().label(0)),
        Plots.raster(Raster.of(chip, values, 1 << 30, steps, populations), sizes));
  }

  private static void figure(StringBuilder body, String title, String caption, Chart<?, ?> chart)
      throws IOException {
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.setTitle(title);
    chart.getStyler().setChartTitleVisible(false);
    var png = new ByteArrayOutputStream();
    ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", png);
    String data = Base64.getEncoder().encodeToString(png.toByteArray());
    body.append("<h2>").append(escape(title)).append("</h2>\n");
    body.append(
        "<figure><img alt=\"%s\" src=\"data:image/png;base64,%s\">".formatted(escape(title), data));
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
    img { max-width: 100%%; }
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
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
