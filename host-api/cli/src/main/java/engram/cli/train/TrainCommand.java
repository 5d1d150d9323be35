package engram.cli.train;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.Snapshot;
import engram.cli.chip.MachineOptions;
import engram.cli.common.AtomicFile;
import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.cli.data.DataStore;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.recipe.Recipe;
import engram.firmware.ssnn.SsnnNetwork;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `engram train`: SSNN-BP on a data set, in-chip.
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Train an SSNN-BP network on a data set, inside an emulated chip.")
public final class TrainCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "DATASET",
      description = "Name of a data set (engram data list), or a folder with IDX files.")
  private String dataSet;

  @Mixin private RecipeOptions recipeOptions = new RecipeOptions();
  @Mixin private MachineOptions machine = new MachineOptions();

  @Option(
      names = "--train-samples",
      paramLabel = "N",
      description = "Use the first N training images only.")
  private Integer trainSamples;

  @Option(
      names = "--test-samples",
      paramLabel = "N",
      description = "Use the first N test images only.")
  private Integer testSamples;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of all chance: initial weights, order of samples, draws. Default: 1.")
  private Long seed;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Write a snapshot at the end, or at the sample boundary after Ctrl-C.")
  private Path save;

  @Option(
      names = "--resume",
      paramLabel = "FILE",
      description = "Take up the run of a snapshot; data set, recipe and seed are the snapshot's.")
  private Path resume;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Write an HTML report with plots into this folder.")
  private Path report;

  @Option(
      names = "--profile",
      description = "Print where the wall time of training went, phase by phase.")
  private boolean profile;

  @Option(names = "--quiet", description = "No progress on standard error.")
  private boolean quiet;

  @Option(
      names = "--json",
      description = "Print one line of JSON on standard output and nothing else there.")
  private boolean json;

  /// A run of the demonstration: MNIST with a report.
  static TrainCommand demo(Path report) {
    var command = new TrainCommand();
    command.dataSet = "mnist";
    command.report = report;
    return command;
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    if (report != null) {
      Report.prepare(report);
    }
    if (save != null) {
      requireWritable(save);
    }
    var snapshot = resume == null ? null : read(resume);
    var store = new DataStore();
    TrainingState state;
    DataStore.Loaded data;
    if (snapshot == null) {
      if (dataSet == null) {
        throw CommandException.usage(
            "a data set is missing: engram train DATASET, or --resume FILE");
      }
      data = store.load(dataSet);
      var recipe = recipeOptions.apply(Recipe.forDataSet(dataSet));
      state =
          new TrainingState(
              dataSet,
              recipe,
              seed == null ? 1 : seed,
              samples("--train-samples", trainSamples, data.train().count()),
              0,
              0);
    } else {
      recipeOptions.refuseShape();
      if (dataSet != null || seed != null || trainSamples != null) {
        throw CommandException.usage(
            "DATASET, --seed and --train-samples can't be given with --resume: the snapshot has them");
      }
      state = TrainingState.parse(snapshot.note());
      state = state.with(recipeOptions.apply(state.recipe()));
      data = store.load(state.dataSet());
    }
    int tests = samples("--test-samples", testSamples, data.test().count());
    var options = machine.chipOptions().profiling(profile);
    try (var chip =
        snapshot == null
            ? chip(state, data, options)
            : snapshot.restore(machine.preset(), options)) {
      return run(chip, data, state, tests, start);
    }
  }

  private Chip chip(TrainingState state, DataStore.Loaded data, ChipOptions options) {
    var settings = state.recipe().settings(data.train().size(), data.classes(), state.seed());
    var preset = machine.preset();
    var mapping = Mapper.map(SsnnNetwork.of(settings), preset.spec(), Firmware.library());
    return Chip.load(preset, mapping.image(), options);
  }

  private static int samples(String option, Integer given, int most) {
    if (given == null) {
      return most;
    }
    if (given < 1 || given > most) {
      throw CommandException.usage("%s: %d (expected: 1 to %d)".formatted(option, given, most));
    }
    return given;
  }

  static Snapshot read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Snapshot.read(in);
    }
  }

  private static void requireWritable(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw CommandException.failed("--save %s: can't write into %s".formatted(file, folder));
    }
  }

  private int run(Chip chip, DataStore.Loaded data, TrainingState state, int tests, long start)
      throws IOException {
    PrintStream err = System.err;
    if (!quiet) {
      err.printf(
          "%s on %s, %d training and %d test images, seed %d%nrecipe: %s%n",
          state.dataSet(),
          chip.preset().name(),
          state.trainSamples(),
          tests,
          state.seed(),
          state.recipe().summary());
    }
    var budget = chip.stepBudget();
    if (!budget.warnings().isEmpty()) {
      budget.warnings().forEach(w -> err.println("engram: warning: " + w));
      err.print(chip.loadReport().table());
      err.print(budget.table());
    }
    try (var interruption = new Interruption();
        var view =
            quiet
                ? null
                : new ProgressView(
                    err, state.recipe().epochs(), Math.min(Training.GLANCE, tests))) {
      var training =
          new Training(
              chip,
              data,
              state,
              tests,
              quiet ? SilentListener.INSTANCE : view,
              interruption::wished);
      boolean complete = training.train();
      var evaluation = complete ? training.evaluate() : null;
      if (save != null) {
        AtomicFile.write(save, out -> chip.snapshot(training.state().note(), out));
      }
      if (interruption.wished()) {
        if (view != null) {
          view.end();
        }
        err.printf(
            "interrupted in epoch %d after %d samples%s%n",
            training.state().epoch() + 1,
            training.state().sample(),
            save == null ? "; nothing saved (no --save)" : "; saved to " + save);
        return ExitCode.INTERRUPTED;
      }
      var result =
          new TrainingResult(
              training.state(),
              tests,
              evaluation,
              training.epochs(),
              training.trainCost(),
              training.samplesPerSecond(),
              (System.nanoTime() - start) * 1e-9,
              chip.stateDigest(),
              chip.costDigest());
      if (view != null) {
        view.end();
      }
      if (profile) {
        err.print(chip.profile().table(training.trainSeconds()));
      }
      System.out.println(json ? result.json(chip) : result.text(chip).stripTrailing());
      if (report != null) {
        var page = Report.write(report, chip, data, result);
        (json ? err : System.out).println("report            " + page.toUri());
      }
      return ExitCode.DONE;
    }
  }
}
