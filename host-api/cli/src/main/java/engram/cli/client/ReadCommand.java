package engram.cli.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import engram.cli.common.AtomicFile;
import engram.cli.common.ExitCode;
import engram.client.RemoteChip;
import engram.client.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `engram client read`: words of a chip.
@Command(
    name = "read",
    mixinStandardHelpOptions = true,
    description =
        "Read words as the last step left them: integers as they are stored. CSV: a line for each"
            + " neuron; of weights and tags a line for each source, with a column for each target, 0"
            + " where no synapse is.")
final class ReadCommand implements Callable<Integer> {
  @Mixin private Place place = new Place();

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write to this file, whole or not at all. Default: standard output.")
  private Path output;

  @Option(names = "--json", description = "JSON in place of CSV.")
  private boolean json;

  @Mixin private SeenChip chip = new SeenChip();

  @Override
  public Integer call() throws IOException {
    var what = place.words();
    if (output != null) {
      AtomicFile.requireWritable("--output", output);
    }
    String text;
    try (var held = chip.take()) {
      var words = read(held.chip(), what);
      boolean neurons = what instanceof Place.Words.Field;
      text = json ? json(words, what) : csv(words, neurons);
    }
    if (output == null) {
      System.out.print(text);
    } else {
      AtomicFile.write(output, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
    return ExitCode.DONE;
  }

  private static Words read(RemoteChip chip, Place.Words what) {
    return switch (what) {
      case Place.Words.Field(var population, var field) -> chip.readField(population, field);
      case Place.Words.Weights(var projection) -> chip.readWeights(projection);
      case Place.Words.Tag(var projection, var tag) -> chip.readTags(projection, tag);
      case Place.Words.Register(var name) -> {
        int value = chip.readRegister(name);
        yield new Words(chip.describe().getStep(), 1, 1, new int[] {value});
      }
    };
  }

  private static String csv(Words words, boolean neurons) {
    var text = new StringBuilder();
    for (int row = 0; row < words.rows(); row++) {
      for (int column = 0; column < words.columns(); column++) {
        boolean last = neurons || column == words.columns() - 1;
        text.append(words.at(row, column)).append(last ? '\n' : ',');
      }
    }
    return text.toString();
  }

  private static String json(Words words, Place.Words what) {
    var json = new ObjectMapper().createObjectNode();
    json.put("step", words.step());
    switch (what) {
      case Place.Words.Register _ -> json.put("value", words.at(0, 0));
      case Place.Words.Field _ -> {
        var values = json.putArray("values");
        for (int value : words.values()) {
          values.add(value);
        }
      }
      case Place.Words.Weights _, Place.Words.Tag _ -> {
        var rows = json.putArray("values");
        for (int row = 0; row < words.rows(); row++) {
          var values = rows.addArray();
          for (int column = 0; column < words.columns(); column++) {
            values.add(words.at(row, column));
          }
        }
      }
    }
    return json + "\n";
  }
}
