package engram.cli.bench;

import engram.cli.bench.host.HostCommand;
import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.isa.compile.CompiledEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `engram bench`: how fast this machine runs Engram.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure how fast this machine runs Engram, in whole runs of networks.",
    subcommands = HostCommand.class,
    footer = {
      "",
      "docs/speed.md says what is measured and what the figures mean. On a machine that does other"
          + " work as well, look at ratios."
    })
public final class BenchCommand implements Callable<Integer> {
  @Option(
      names = "--case",
      paramLabel = "CASE",
      split = ",",
      description =
          "Run these cases only: a letter, or a letter and a variant, as in a:784-128-10.")
  private List<String> cases = List.of();

  @Option(names = "--list", description = "List the cases and their variants.")
  private boolean list;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the runs on several threads. Default: 2, or 1 on one processor.")
  private int threads = Math.min(2, Runtime.getRuntime().availableProcessors());

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds in which the things that are compared take turns. Default: 5.")
  private int rounds = 5;

  @Option(
      names = "--scale",
      paramLabel = "S",
      description = "Factor on the neurons of the large networks, d and f. Default: 1.")
  private double scale = 1;

  @Option(
      names = "--quick",
      description = "Tiny sizes: shows that all of it runs, and says nothing about speed.")
  private boolean quick;

  @Option(
      names = "--in-process",
      description =
          "Take all measurements in this Java virtual machine, not each in one of its own: what ran"
              + " before then has its effect.")
  private boolean inProcess;

  @Option(
      names = "--json",
      description = "Print one line of JSON on standard output and nothing else there.")
  private boolean json;

  @Option(
      names = "--yardstick",
      paramLabel = "DIR",
      description =
          "Compare training with a plain loop in C, on the unpacked MNIST files of this folder. Runs"
              + " no cases but those of --case.")
  private Path yardstick;

  @Option(
      names = "--yardstick-source",
      paramLabel = "FILE.c",
      description = "The loop in C: SSNN-BP as one program, ssnn_bp DIR HIDDEN STEPS EPOCHS.")
  private Path yardstickSource;

  @Override
  public Integer call() throws IOException {
    if (list) {
      BenchCases.ALL.forEach(c ->
          System.out.printf(
              "%s  %s%n   %s%n", c.letter(), c.title(), String.join(", ", c.variants())));
      return ExitCode.DONE;
    }
    var setting = setting();
    if (!quick && !CompiledEngine.hasVectors()) {
      System.err.println("engram: note: Java was started without vectors");
    }
    var runs = cases.isEmpty() && yardstick != null ? List.<Run>of() : runs();
    var report = new BenchReport(setting);
    var loop = yardstick == null ? null : Yardstick.of(yardstickSource, yardstick, setting);
    for (var run : runs) {
      take(run, setting, report);
    }
    if (loop != null) {
      loop.measure(report.yardstick());
    }
    System.out.println(json ? report.json() : report.table());
    return ExitCode.DONE;
  }

  /// A measurement to take.
  ///
  /// @param asked the command line names it
  private record Run(BenchCase benchCase, String variant, boolean asked) {
    /// What `--case` takes.
    String name() {
      return benchCase.letter() + ":" + variant;
    }
  }

  private Setting setting() {
    require("--threads", threads, 1, 1 << 10);
    require("--rounds", rounds, 1, 1 << 10);
    if (!(scale > 0) || scale > 16) {
      throw CommandException.usage("--scale: " + scale + " (expected: more than 0, at most 16)");
    }
    return new Setting(quick, threads, rounds, scale);
  }

  private static void require(String option, int value, int low, int high) {
    if (value < low || value > high) {
      throw CommandException.usage(
          "%s: %d (expected: %d to %d)".formatted(option, value, low, high));
    }
  }

  private List<Run> runs() {
    var runs = new ArrayList<Run>();
    for (var benchCase : BenchCases.ALL) {
      for (String variant : benchCase.variants()) {
        var run = new Run(benchCase, variant, !cases.isEmpty());
        if (cases.isEmpty() || cases.contains(benchCase.letter()) || cases.contains(run.name())) {
          runs.add(run);
        }
      }
    }
    for (String name : cases) {
      if (runs.stream()
          .noneMatch(r -> r.benchCase().letter().equals(name) || r.name().equals(name))) {
        throw CommandException.usage(
            "case: %s (expected: a to %s, or one with its variant; --list tells them)"
                .formatted(name, BenchCases.ALL.getLast().letter()));
      }
    }
    return runs;
  }

  /// Why the heap is too small for a case, if it is.
  ///
  /// @param room bytes that large arrays can take
  static Optional<String> obstacle(BenchCase benchCase, Setting setting, long room) {
    long needed = benchCase.heapBytes(setting);
    return needed <= room
        ? Optional.empty()
        : Optional.of(
            "its arrays take %.1f GB, and the heap has room for %.1f GB: %s, or --scale %.2f"
                .formatted(
                    needed * 1e-9,
                    room * 1e-9,
                    Heap.optionFor(needed),
                    Math.floor(100 * setting.scale() * benchCase.scaleFor((double) room / needed))
                        / 100));
  }

  private void take(Run run, Setting setting, BenchReport report) throws IOException {
    var obstacle = obstacle(run.benchCase(), setting, Heap.room());
    if (obstacle.isPresent() && run.asked()) {
      throw CommandException.failed("case " + run.name() + ": " + obstacle.get());
    }
    if (obstacle.isPresent()) {
      System.err.printf("%-18s left out: %s%n", run.name(), obstacle.get());
      report.leaveOut(run.name(), obstacle.get());
      return;
    }
    System.err.printf("%-18s %s%n", run.name(), run.benchCase().title());
    report.add(
        inProcess
            ? run.benchCase().run(run.variant(), setting).json()
            : OwnProcess.run(run.name(), setting));
  }
}
