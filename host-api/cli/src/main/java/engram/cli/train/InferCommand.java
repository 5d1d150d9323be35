package engram.cli.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import engram.chip.Chip;
import engram.chip.SamplePlayer;
import engram.chip.preset.Counter;
import engram.cli.chip.MachineOptions;
import engram.cli.chip.SnapshotFile;
import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.cli.data.DataStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
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

  private static final int NO_LABEL = -1;

  /// An image to classify.
  ///
  /// @param number in the key of its draws; a test image meets the same chance as in train's final
  ///   evaluation
  private record Sample(String name, int[] values, int number, int label) {}

  private record Answer(int best, int[] votes, long spikes, long cycles) {}

  @Override
  public Integer call() throws IOException {
    var options = machine.chipOptions();
    var read = SnapshotFile.read(snapshot);
    var state = TrainingState.of(snapshot, read);
    int length = steps == null ? state.recipe().testSteps() : steps;
    if (length <= state.recipe().quietSteps() || length > 1 << 16) {
      throw CommandException.usage(
          "--steps: %d (expected: %d to %d)"
              .formatted(length, state.recipe().quietSteps() + 1, 1 << 16));
    }
    try (var chip = read.restore(machine.preset(read.preset()), options)) {
      MachineOptions.remark(chip);
      DataStore.Loaded data = null;
      var samples = new ArrayList<Sample>();
      for (String image : images) {
        if (image.matches("[0-9]+")) {
          if (data == null) {
            data = new DataStore().load(state.dataSet());
            state.requireFit(snapshot, chip, data);
          }
          samples.add(testImage(data, image));
        } else {
          int[] values = new int[chip.size(chip.image().samples().orElseThrow().data())];
          Picture.read(Path.of(image), values);
          samples.add(new Sample(image, values, samples.size(), NO_LABEL));
        }
      }
      for (var sample : samples) {
        print(sample, classify(chip, sample, length), chip);
      }
    }
    return ExitCode.DONE;
  }

  private static Sample testImage(DataStore.Loaded data, String image) {
    int count = data.test().count();
    int index = image.length() > 9 ? count : Integer.parseInt(image);
    if (index >= count) {
      throw CommandException.usage(
          "test image: %s (expected: 0 to %d)".formatted(image, count - 1));
    }
    int[] values = new int[data.test().size()];
    data.test().pixels(index, values);
    return new Sample(image, values, index, data.test().label(index));
  }

  private static Answer classify(Chip chip, Sample sample, int steps) {
    try (var fork = chip.fork()) {
      int[][] votes = new int[1][];
      var player = new SamplePlayer(fork, (_, counts) -> votes[0] = counts.clone());
      player.present(
          sample.values(),
          SamplePlayer.UNLABELLED,
          false,
          Training.TEST_NUMBERS + sample.number(),
          0,
          steps);
      player.drain();
      return new Answer(
          LocalTrainee.best(votes[0]),
          votes[0],
          fork.count(Counter.EVENTS_EMITTED),
          fork.cost().cycles());
    }
  }

  private void print(Sample sample, Answer answer, Chip chip) {
    if (json) {
      var line = new ObjectMapper().createObjectNode();
      line.put("image", sample.name());
      line.put("class", answer.best());
      if (sample.label() != NO_LABEL) {
        line.put("label", sample.label());
      }
      var votes = line.putArray("votes");
      Arrays.stream(answer.votes()).forEach(votes::add);
      line.put("spikes", answer.spikes());
      line.put("cycles", answer.cycles());
      System.out.println(line);
      return;
    }
    System.out.printf(
        "%s: class %d%s, votes %s, %,d spikes, %,d cycles (%.1f us on %s)%n",
        sample.name(),
        answer.best(),
        sample.label() == NO_LABEL ? "" : " (label " + sample.label() + ")",
        Arrays.toString(answer.votes()),
        answer.spikes(),
        answer.cycles(),
        answer.cycles() / chip.preset().timing().clockHz() * 1e6,
        chip.preset().name());
  }
}
