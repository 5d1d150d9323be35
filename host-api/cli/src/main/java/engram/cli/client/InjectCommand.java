package engram.cli.client;

import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.client.Code;
import engram.client.EngramException;
import engram.client.InjectResult;
import engram.client.LatePolicy;
import engram.client.RemoteChip;
import engram.protocol.v1.DescribeResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `engram client inject`: events of a file.
@Command(
    name = "inject",
    mixinStandardHelpOptions = true,
    description =
        "Inject the events of a file into an external population. They wait on the chip for their"
            + " steps; nothing is run.",
    footer = {
      "",
      "Files: .eev, .csv, .bin (N-MNIST), .bs2 (SLAYER), .aedat4. Their time 0 is at the chip's next"
          + " step.",
    })
final class InjectCommand implements Callable<Integer> {
  /// Events of a batch: a second of a fast stream's quota, 800 kB on the wire.
  private static final int BATCH = 1 << 16;

  /// Refusals for want of room in a row, after which it is not going to be better.
  private static final int MOST_TRIES = 100;

  @Parameters(index = "0", paramLabel = "POPULATION", description = "An external population.")
  private String population;

  @Parameters(index = "1", paramLabel = "FILE", description = "Events; the extension says how.")
  private Path file;

  @Option(
      names = "--step-us",
      paramLabel = "N",
      description =
          "Microseconds that a timestep stands for, where a file counts them. Default: 1000.")
  private long stepMicros = 1000;

  @Option(
      names = "--at",
      paramLabel = "STEP",
      description = "Step of the chip at which the file's time 0 is. Default: the next one.")
  private Long at;

  @Option(
      names = "--from-first",
      description = "Let the file's time 0 be its first event, for clocks that count from 1970.")
  private boolean fromFirst;

  @Option(
      names = "--late",
      paramLabel = "reject|next-step|drop",
      description = "What becomes of events whose step has gone by. Default: reject.")
  private String late = "reject";

  @Mixin private SensorOption sensor = new SensorOption();
  @Mixin private DrivenChip chip = new DrivenChip();

  @Override
  public Integer call() throws IOException {
    if (stepMicros < 1) {
      throw CommandException.usage("--step-us: " + stepMicros + " (expected: at least 1)");
    }
    if (at != null && at < 0) {
      throw CommandException.usage("--at: " + at + " (expected: at least 0)");
    }
    var policy = policy();
    try (var held = chip.take()) {
      var holds = Loaded.chip(held.chip());
      var clock = new EventFile.Clock(stepMicros, fromFirst, at == null ? holds.getStep() : at);
      var events = EventFile.read(file, sensor.sensor(), clock, population, neurons(holds));
      inject(held.chip(), events, policy);
    }
    return ExitCode.DONE;
  }

  private LatePolicy policy() {
    return switch (late) {
      case "reject" -> LatePolicy.REJECT;
      case "next-step" -> LatePolicy.NEXT_STEP;
      case "drop" -> LatePolicy.DROP;
      default ->
          throw CommandException.usage(
              "--late: " + late + " (expected: reject, next-step or drop)");
    };
  }

  private int neurons(DescribeResponse holds) {
    return holds.getPopulationsList().stream()
        .filter(p -> p.getName().equals(population) && p.getExternal())
        .findFirst()
        .orElseThrow(() ->
            CommandException.usage(
                "population: %s (expected: an external one: %s)"
                    .formatted(population, StreamName.names(holds, true))))
        .getNeurons();
  }

  private void inject(RemoteChip chip, EventFile events, LatePolicy policy) {
    long accepted = 0;
    long lateOnes = 0;
    long dropped = 0;
    for (int from = 0; from < events.size(); from += BATCH) {
      InjectResult result;
      try {
        result = send(chip, events.part(from, Math.min(events.size(), from + BATCH)), policy);
      } catch (EngramException e) {
        if (from > 0) {
          System.err.printf("the first %d of %d events are injected%n", from, events.size());
        }
        throw e;
      }
      accepted += result.accepted();
      lateOnes += result.late();
      dropped += result.dropped();
    }
    System.out.printf("%d events injected", accepted);
    if (events.size() > 0) {
      System.out.printf(
          " for steps %d to %d", events.steps()[0], events.steps()[events.size() - 1]);
    }
    System.out.println(
        lateOnes == 0 ? "" : "; %d came late, %d of them dropped".formatted(lateOnes, dropped));
  }

  /// Injects a batch; where a quota is used up for the moment, waits as long as the server says.
  private InjectResult send(RemoteChip chip, EventFile events, LatePolicy policy) {
    for (int tries = 1; ; tries++) {
      try {
        return chip.inject(population, events.neurons(), events.payloads(), events.steps(), policy);
      } catch (EngramException e) {
        if (e.code() != Code.RESOURCE_EXHAUSTED
            || e.retryAfter().isEmpty()
            || tries >= MOST_TRIES) {
          throw e;
        }
        pause(e.retryAfter().get().toMillis());
      }
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
