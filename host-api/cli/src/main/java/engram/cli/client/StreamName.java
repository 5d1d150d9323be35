package engram.cli.client;

import engram.cli.common.CommandException;
import engram.protocol.v1.DescribeResponse;
import engram.protocol.v1.DescribeResponse.Population;
import java.util.stream.Collectors;

/// A stream of a population.
///
/// @param stream empty: the population's only one, or `spike`
record StreamName(String population, String stream) {
  /// Reads `POPULATION` or `POPULATION.STREAM`.
  static StreamName parse(String text) {
    int dot = text.indexOf('.');
    return dot < 0
        ? new StreamName(text, "")
        : new StreamName(text.substring(0, dot), text.substring(dot + 1));
  }

  /// Sees that the chip has it, before anything runs.
  void requireIn(DescribeResponse chip) {
    var found =
        chip.getPopulationsList().stream()
            .filter(p -> p.getName().equals(population) && !p.getExternal())
            .findFirst()
            .orElseThrow(() ->
                CommandException.usage(
                    "population: %s (expected: one with a program: %s)"
                        .formatted(population, names(chip, false))));
    if (!stream.isEmpty() && !found.getStreamsList().contains(stream)) {
      throw CommandException.usage(
          "stream of %s: %s (expected: one of %s)"
              .formatted(population, stream, String.join(", ", found.getStreamsList())));
    }
  }

  /// Names of a chip's populations, external ones or the others.
  static String names(DescribeResponse chip, boolean external) {
    return chip.getPopulationsList().stream()
        .filter(p -> p.getExternal() == external)
        .map(Population::getName)
        .collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return stream.isEmpty() ? population : population + "." + stream;
  }
}
