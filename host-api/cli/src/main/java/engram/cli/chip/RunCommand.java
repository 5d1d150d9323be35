package engram.cli.chip;

import engram.chip.Chip;
import engram.chip.preset.Counter;
import engram.cli.common.AtomicFile;
import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.cli.common.TextFile;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.NetworkFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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

  @Override
  public Integer call() throws IOException {
    if (steps < 1) {
      throw CommandException.usage("--steps: " + steps + " (expected: at least 1)");
    }
    if (output != null) {
      AtomicFile.requireWritable("--output", output);
    }
    var network = NetworkFile.read(file.toString(), TextFile.read(file));
    var events = InputEvents.read(input, network, steps);
    var preset = machine.preset();
    var mapping = Mapper.map(network, preset.spec(), firmware(file));
    try (var chip = Chip.load(preset, mapping.image(), machine.chipOptions())) {
      MachineOptions.remark(chip);
      var lines = new StringBuilder();
      var counts = new TreeMap<String, Long>();
      for (var population : network.populations()) {
        population.record().forEach(s -> counts.put(population.name() + "." + s, 0L));
      }
      for (long step = 0; step < steps; step++) {
        events.inject(chip, step);
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
            output, out -> out.write(lines.toString().getBytes(StandardCharsets.UTF_8)));
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
        return TextFile.read(source);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
