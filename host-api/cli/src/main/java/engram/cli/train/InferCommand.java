package engram.cli.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import engram.chip.Chip;
import engram.chip.SamplePlayer;
import engram.chip.preset.Counter;
import engram.cli.chip.MachineOptions;
import engram.cli.common.CommandException;
import engram.cli.data.DataStore;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `engram infer`: what a trained chip makes of images.
@Command(
    name = "infer",
    mixinStandardHelpOptions = true,
    description = "Classify images with the weights of a snapshot, learning off.")
public final class InferCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "SNAPSHOT", description = "A file of train --save.")
  private Path snapshot;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGE",
      description =
          "PNG file of the data set's size, light on dark; or the number of a test image.")
  private List<String> images;

  @Mixin private MachineOptions machine = new MachineOptions();

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Timesteps of an image. Default: the recipe's test steps.")
  private Integer steps;

  @Option(names = "--json", description = "Print one line of JSON an image.")
  private boolean json;

  /// One image on its way.
  private record Answer(int best, int[] votes, long spikes, long cycles) {}

  @Override
  public Integer call() throws IOException {
    var read = TrainCommand.read(snapshot);
    var state = TrainingState.parse(read.note());
    int length = steps == null ? state.recipe().testSteps() : steps;
    if (length <= state.recipe().quietSteps() || length > 1 << 16) {
      throw CommandException.usage(
          "--steps: %d (expected: %d to %d)"
              .formatted(length, state.recipe().quietSteps() + 1, 1 << 16));
    }
    try (var chip = read.restore(machine.preset(), machine.chipOptions())) {
      int[] values = new int[chip.size(chip.image().samples().orElseThrow().data())];
      DataStore.Loaded data = null;
      for (int i = 0; i < images.size(); i++) {
        String image = images.get(i);
        String label = "";
        if (image.matches("[0-9]+")) {
          data = data == null ? new DataStore().load(state.dataSet()) : data;
          label = String.valueOf(testImage(data, image, values));
        } else {
          png(Path.of(image), values);
        }
        print(image, label, classify(chip, values, i, length), chip);
      }
    }
    return 0;
  }

  private static int testImage(DataStore.Loaded data, String image, int[] values) {
    int count = data.test().count();
    int index = image.length() > 9 ? count : Integer.parseInt(image);
    if (index >= count) {
      throw CommandException.usage(
          "test image: %s (expected: 0 to %d)".formatted(image, count - 1));
    }
    data.test().pixels(index, values);
    return data.test().label(index);
  }

  private static void png(Path file, int[] values) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    BufferedImage image = ImageIO.read(file.toFile());
    if (image == null) {
      throw CommandException.failed(file + ": no picture that can be read (expected: PNG)");
    }
    int side = (int) Math.round(Math.sqrt(values.length));
    if (image.getWidth() * image.getHeight() != values.length) {
      throw CommandException.failed(
          "%s: %d x %d pixels (expected: %d x %d)"
              .formatted(file, image.getWidth(), image.getHeight(), side, side));
    }
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        int luma = 299 * (rgb >> 16 & 0xff) + 587 * (rgb >> 8 & 0xff) + 114 * (rgb & 0xff);
        values[y * image.getWidth() + x] = (luma + 500) / 1000;
      }
    }
  }

  private static Answer classify(Chip chip, int[] values, int number, int steps) {
    try (var fork = chip.fork()) {
      int[][] votes = new int[1][];
      var player = new SamplePlayer(fork, (_, counts) -> votes[0] = counts.clone());
      player.present(
          values, SamplePlayer.UNLABELLED, false, Training.TEST_NUMBERS + number, 0, steps);
      player.drain();
      return new Answer(
          Training.best(votes[0]),
          votes[0],
          fork.count(Counter.EVENTS_EMITTED),
          fork.cost().cycles());
    }
  }

  private void print(String image, String label, Answer answer, Chip chip) {
    if (json) {
      var line = new ObjectMapper().createObjectNode();
      line.put("image", image);
      line.put("class", answer.best());
      if (!label.isEmpty()) {
        line.put("label", Integer.parseInt(label));
      }
      var votes = line.putArray("votes");
      Arrays.stream(answer.votes()).forEach(votes::add);
      line.put("spikes", answer.spikes());
      line.put("cycles", answer.cycles());
      System.out.println(line);
      return;
    }
    System.out.printf(
        "%s: class %d%s, votes %s, %d spikes, %d cycles (%.1f us on %s)%n",
        image,
        answer.best(),
        label.isEmpty() ? "" : " (label " + label + ")",
        Arrays.toString(answer.votes()),
        answer.spikes(),
        answer.cycles(),
        answer.cycles() / chip.preset().timing().clockHz() * 1e6,
        chip.preset().name());
  }
}
