package engram.cli.client;

import engram.cli.common.CommandException;
import engram.client.RunOptions;
import java.time.Duration;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// How long to run, and how fast.
final class RunTerms {
  @Parameters(arity = "0..1", paramLabel = "STEPS", description = "Timesteps to run.")
  private Long steps;

  @Option(
      names = "--until-step",
      paramLabel = "STEP",
      description = "Run until this step comes next.")
  private Long untilStep;

  @Option(
      names = "--until-events",
      paramLabel = "POPULATION[.STREAM][=N]",
      description = "Run until a stream has emitted N events. Default: 1.")
  private String untilEvents;

  @Option(
      names = "--until-register",
      paramLabel = "NAME=VALUE",
      description = "Run until a step leaves a global register with this value.")
  private String untilRegister;

  @Option(names = "--until-stopped", description = "Run until Ctrl-C.")
  private boolean untilStopped;

  @Option(
      names = "--at-most",
      paramLabel = "N",
      description = "End an --until after N steps all the same, as a failure.")
  private Long atMost;

  @Option(
      names = "--paced",
      paramLabel = "MICROSECONDS",
      description =
          "Time of the wall clock that each step takes. Default: none, as fast as can be.")
  private Integer paced;

  RunOptions options() {
    long given =
        Stream.of(steps, untilStep, untilEvents, untilRegister, untilStopped ? true : null)
            .filter(term -> term != null)
            .count();
    if (given != 1) {
      throw CommandException.usage(
          "how long to run: said %d times (expected: once, as STEPS or one --until)"
              .formatted(given));
    }
    var options = terms();
    if (atMost != null) {
      if (steps != null) {
        throw CommandException.usage("--at-most: beside STEPS (expected: beside an --until)");
      }
      options = options.atMost(atLeast("--at-most", atMost, 1));
    }
    if (paced != null) {
      options = options.paced(Duration.ofNanos(1000 * atLeast("--paced", paced, 1)));
    }
    return options;
  }

  private RunOptions terms() {
    if (steps != null) {
      return RunOptions.steps(atLeast("steps", steps, 1));
    }
    if (untilStep != null) {
      return RunOptions.untilStep(atLeast("--until-step", untilStep, 0));
    }
    if (untilEvents != null) {
      int equals = untilEvents.indexOf('=');
      var stream = stream();
      long count = equals < 0 ? 1 : number("--until-events", untilEvents, equals, Long.MAX_VALUE);
      return RunOptions.untilEvents(
          stream.population(), stream.stream(), atLeast("--until-events", count, 1));
    }
    if (untilRegister != null) {
      int equals = untilRegister.indexOf('=');
      if (equals < 1) {
        throw CommandException.usage(
            "--until-register: %s (expected: NAME=VALUE)".formatted(untilRegister));
      }
      long value = number("--until-register", untilRegister, equals, Integer.MAX_VALUE);
      return RunOptions.untilRegister(
          untilRegister.substring(0, equals), (int) atLeast("--until-register", value, MIN_WORD));
    }
    return RunOptions.untilStopped();
  }

  private static final long MIN_WORD = Integer.MIN_VALUE;

  /// The stream whose events are waited for; null: none.
  StreamName stream() {
    return untilEvents == null ? null : StreamName.parse(untilEvents.split("=", 2)[0]);
  }

  private static long number(String what, String text, int equals, long most) {
    String number = text.substring(equals + 1);
    try {
      long value = Long.parseLong(number);
      if (value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // No number is as wrong as one out of range, and is told in the same words.
    }
    throw CommandException.usage(
        "%s: %s (expected: a number, at most %d, behind '=')".formatted(what, text, most));
  }

  private static long atLeast(String what, long value, long least) {
    if (value < least) {
      throw CommandException.usage("%s: %d (expected: at least %d)".formatted(what, value, least));
    }
    return value;
  }
}
