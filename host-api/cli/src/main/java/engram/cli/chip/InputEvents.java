package engram.cli.chip;

import engram.chip.Chip;
import engram.cli.common.CommandException;
import engram.cli.common.TextFile;
import engram.firmware.network.Network;
import engram.firmware.network.Population;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Events for a network of one's own, from a file with a line each:
/// `step,population,neuron[,payload]`. All of it is checked before the chip runs.
final class InputEvents {
  private final TreeMap<Long, List<Event>> events = new TreeMap<>();
  private final Path file;
  private final Network network;
  private final int steps;
  private int lineNumber;

  private record Event(String population, int neuron, int payload) {}

  private InputEvents(Path file, Network network, int steps) {
    this.file = file;
    this.network = network;
    this.steps = steps;
  }

  /// Reads a file; no file has no events.
  ///
  /// @param steps that the network will run for
  static InputEvents read(Path file, Network network, int steps) throws IOException {
    var input = new InputEvents(file, network, steps);
    if (file != null) {
      for (String line : TextFile.read(file).lines().toList()) {
        input.lineNumber++;
        String text = line.strip();
        if (!text.isEmpty() && !text.startsWith("#")) {
          input.take(text);
        }
      }
    }
    return input;
  }

  private CommandException fault(String format, Object... values) {
    return CommandException.failed(
        "%s:%d: %s".formatted(file, lineNumber, format.formatted(values)));
  }

  private void take(String line) {
    String[] words = line.split("\\s*,\\s*", -1);
    if (words.length < 3 || words.length > 4) {
      throw fault("%s (expected: step,population,neuron[,payload])", line);
    }
    var population = population(words[1]);
    long step = number("step", words[0], 0, steps - 1, ", by --steps");
    int neuron = number("neuron of " + words[1], words[2], 0, population.neurons() - 1, "");
    int payload =
        words.length < 4 ? 1 : number("payload", words[3], Short.MIN_VALUE, Short.MAX_VALUE, "");
    events.computeIfAbsent(step, _ -> new ArrayList<>()).add(new Event(words[1], neuron, payload));
  }

  private Population population(String name) {
    return network
        .population(name)
        .filter(p -> p.program() == null)
        .orElseThrow(() ->
            fault(
                "population: %s (expected: an external one: %s)",
                name,
                network.populations().stream()
                    .filter(p -> p.program() == null)
                    .map(Population::name)
                    .collect(Collectors.joining(", "))));
  }

  private int number(String what, String text, int low, int high, String why) {
    try {
      int value = Integer.parseInt(text);
      if (low <= value && value <= high) {
        return value;
      }
    } catch (NumberFormatException e) {
      // No number is as wrong as one out of range, and is told in the same words.
    }
    throw fault("%s: %s (expected: %d to %d%s)", what, text, low, high, why);
  }

  /// Injects the events of a step.
  void inject(Chip chip, long step) {
    for (var event : events.getOrDefault(step, List.of())) {
      chip.inject(event.population(), event.neuron(), event.payload());
    }
  }
}
