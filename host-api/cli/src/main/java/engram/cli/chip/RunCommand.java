package engram.cli.chip;

import engram.chip.Chip;
import engram.chip.preset.Counter;
import engram.cli.common.AtomicFile;
import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.NetworkFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `engram run`: a network of one's own.
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Map a network description onto a chip, run it, and print what it emitted.")
public final class RunCommand implements Callable<Integer> {
  @Parameters(paramLabel = "NETWORK.yaml", description = "Network description.")
  private Path file;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "100",
      description = "Timesteps to run. Default: 100.")
  private int steps;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Events to inject, a line each: step,population,neuron[,payload].")
  private Path input;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write recorded events to this file: step,population,stream,neuron,payload.")
  private Path output;

  @Mixin private MachineOptions machine = new MachineOptions();

  private record Event(String population, int neuron, int payload) {}

  @Override
  public Integer call() throws IOException {
    if (steps < 1) {
      throw CommandException.usage("--steps: " + steps + " (expected: at least 1)");
    }
    var network = NetworkFile.read(file.toString(), Files.readString(file));
    var preset = machine.preset();
    var mapping = Mapper.map(network, preset.spec(), firmware(file));
    var events = input == null ? new TreeMap<Long, List<Event>>() : events();
    try (var chip = Chip.load(preset, mapping.image(), machine.chipOptions())) {
      var lines = new StringBuilder();
      var counts = new TreeMap<String, Long>();
      for (var population : network.populations()) {
        population.record().forEach(s -> counts.put(population.name() + "." + s, 0L));
      }
      for (long step = 0; step < steps; step++) {
        for (var event : events.getOrDefault(step, List.of())) {
          chip.inject(event.population(), event.neuron(), event.payload());
        }
        chip.step();
        record(chip, step, counts, lines);
      }
      System.out.print(mapping.report());
      System.out.print(chip.loadReport().table());
      System.out.print(chip.stepBudget().table());
      chip.stepBudget().warnings().forEach(w -> System.err.println("engram: warning: " + w));
      counts.forEach((stream, count) -> System.out.printf("%s: %d events%n", stream, count));
      var cost = chip.cost();
      System.out.printf(
          "%d steps, %d synaptic operations, %d events emitted, %d cycles (%d of the network; the host's link, beside them, %d)%nstate digest %s%n",
          steps,
          cost.synapticOperations(),
          cost.count(Counter.EVENTS_EMITTED),
          cost.cycles(),
          cost.networkCycles(),
          chip.hostCycles(cost),
          chip.stateDigest());
      if (output != null) {
        AtomicFile.write(
            output,
            out -> out.write(lines.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
      }
    }
    return ExitCode.DONE;
  }

  private void record(Chip chip, long step, TreeMap<String, Long> counts, StringBuilder lines) {
    for (var name : counts.keySet()) {
      int dot = name.indexOf('.');
      String population = name.substring(0, dot);
      String stream = name.substring(dot + 1);
      var reader = chip.stream(population, stream);
      counts.merge(name, (long) reader.count(), Long::sum);
      if (output != null) {
        reader.forEach(neuron ->
            lines.append(
                "%d,%s,%s,%d,%d%n"
                    .formatted(step, population, stream, neuron, reader.payload(neuron))));
      }
    }
  }

  /// The library, and `.s` files beside the network for names that start with `./`.
  private static Firmware firmware(Path network) {
    return name -> {
      if (!name.startsWith("./")) {
        return Firmware.library().source(name);
      }
      try {
        Path source = network.resolveSibling(name.substring(2) + ".s");
        return Files.readString(source);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private TreeMap<Long, List<Event>> events() throws IOException {
    var events = new TreeMap<Long, List<Event>>();
    var lines = Files.readAllLines(input);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split("\\s*,\\s*", -1);
      try {
        var event =
            new Event(
                words[1],
                Integer.parseInt(words[2]),
                words.length > 3 ? Integer.parseInt(words[3]) : 1);
        events.computeIfAbsent(Long.parseLong(words[0]), _ -> new ArrayList<>()).add(event);
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw CommandException.failed(
            "%s:%d: %s (expected: step,population,neuron[,payload])".formatted(input, i + 1, line));
      }
    }
    return events;
  }
}
