package engram.cli.client;

import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.cli.common.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `engram client write`: words of a chip.
@Command(
    name = "write",
    mixinStandardHelpOptions = true,
    description =
        "Write words before the step that comes next. VALUES is the value of a register, else a CSV"
            + " file as engram client read makes it.")
final class WriteCommand implements Callable<Integer> {
  @Mixin private Place place = new Place();

  @Parameters(paramLabel = "VALUES", description = "An integer, or a file of them.")
  private String values;

  @Option(
      names = "--first",
      paramLabel = "NEURON",
      description = "With --field: the neuron that gets the first value. Default: 0.")
  private int first;

  @Mixin private DrivenChip chip = new DrivenChip();

  @Override
  public Integer call() throws IOException {
    var what = place.words();
    if (first < 0) {
      throw CommandException.usage("--first: " + first + " (expected: at least 0)");
    }
    if (first > 0 && !(what instanceof Place.Words.Field)) {
      throw CommandException.usage("--first: without --field (expected: with it)");
    }
    if (what instanceof Place.Words.Tag) {
      throw CommandException.usage("--tag: tags can be read only");
    }
    int[] words =
        what instanceof Place.Words.Register
            ? new int[] {number("VALUES", values)}
            : numbers(Path.of(values));
    try (var held = chip.take()) {
      long step =
          switch (what) {
            case Place.Words.Field(var population, var field) ->
                held.chip().writeField(population, field, first, words);
            case Place.Words.Weights(var projection) -> held.chip().writeWeights(projection, words);
            case Place.Words.Register(var name) -> held.chip().writeRegister(name, words[0]);
            case Place.Words.Tag _ -> throw new IllegalStateException("tags can be read only");
          };
      System.out.printf("%d words written; step %d sees them first%n", words.length, step);
    }
    return ExitCode.DONE;
  }

  private static int number(String where, String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw CommandException.usage(where + ": " + text + " (expected: an integer of 32 bits)");
    }
  }

  private static int[] numbers(Path file) throws IOException {
    var words = IntStream.builder();
    int count = 0;
    int lineNumber = 0;
    for (String line : TextFile.read(file).lines().toList()) {
      lineNumber++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      for (String word : line.split(",", -1)) {
        try {
          words.add(Integer.parseInt(word.strip()));
        } catch (NumberFormatException e) {
          throw CommandException.failed(
              "%s:%d: '%s' (expected: an integer of 32 bits)"
                  .formatted(file, lineNumber, word.strip()));
        }
        count++;
      }
    }
    if (count == 0) {
      throw CommandException.failed(file + ": no values (expected: at least one)");
    }
    return words.build().toArray();
  }
}
