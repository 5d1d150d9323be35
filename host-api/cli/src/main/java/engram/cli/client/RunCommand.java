package engram.cli.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.cli.common.Interruption;
import engram.client.RunResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `engram client run`: time goes by.
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description =
        "Run timesteps and print how far the chip came. Ctrl-C ends the run after the step that it"
            + " is in.")
final class RunCommand implements Callable<Integer> {
  @Mixin private RunTerms terms = new RunTerms();

  @Option(
      names = "--load",
      paramLabel = "FILE",
      description =
          "Load this network or image first; without a chip, one is leased for the time of the"
              + " command.")
  private Path load;

  @Option(
      names = "--preset",
      paramLabel = "PRESET",
      description = "With --load and no chip: the kind to lease. Default: engram-1.")
  private String preset = "engram-1";

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Mixin private DrivenChip chip = new DrivenChip();

  @Override
  public Integer call() throws IOException {
    var options = terms.options();
    var firmware = load == null ? null : FirmwareFile.read(load);
    var running = new Running();
    try (var interruption = new Interruption(running::stop);
        var held = firmware == null ? chip.take() : chip.takeOrLease(preset)) {
      if (firmware != null) {
        FirmwareFile.remark(firmware.load(held.chip(), false));
      }
      var before = Loaded.atRest(held.chip());
      if (terms.stream() != null) {
        terms.stream().requireIn(before);
      }
      running.start(held.chip(), options);
      var result = running.await(held.chip());
      System.out.println(json ? json(result) : text(result));
      return interruption.wished() ? ExitCode.INTERRUPTED : code(result);
    }
  }

  private static int code(RunResult result) {
    return switch (result.end()) {
      case DONE -> ExitCode.DONE;
      case CANCELLED, RELEASED ->
          throw CommandException.failed("the run was ended by somebody else");
      case MOST_STEPS ->
          throw CommandException.failed(
              "what the run waited for did not come within %d steps".formatted(result.steps()));
    };
  }

  private static String text(RunResult result) {
    var text = new StringBuilder();
    text.append(
        "%d steps in %.3f s, %.0f a second; step %d comes next"
            .formatted(
                result.steps(),
                result.seconds(),
                result.steps() / Math.max(1e-9, result.seconds()),
                result.step()));
    if (result.worstLatenessMicros() > 0) {
      text.append(
          "; %d deadlines missed, at worst %d us late"
              .formatted(result.missedDeadlines(), result.worstLatenessMicros()));
    }
    if (result.lateEvents() > 0) {
      text.append("; %d events came late".formatted(result.lateEvents()));
    }
    if (result.lostEvents() > 0) {
      text.append("; %d events got lost".formatted(result.lostEvents()));
    }
    if (result.droppedEvents() > 0) {
      text.append("; dead cores dropped %d events".formatted(result.droppedEvents()));
    }
    return text.toString();
  }

  private static String json(RunResult result) {
    return new ObjectMapper()
        .createObjectNode()
        .put("end", result.end().name().toLowerCase(Locale.ROOT))
        .put("steps", result.steps())
        .put("step", result.step())
        .put("seconds", result.seconds())
        .put("missed_deadlines", result.missedDeadlines())
        .put("worst_lateness_us", result.worstLatenessMicros())
        .put("late_events", result.lateEvents())
        .put("lost_events", result.lostEvents())
        .put("dropped_events", result.droppedEvents())
        .toString();
  }
}
