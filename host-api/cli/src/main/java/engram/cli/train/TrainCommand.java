package engram.cli.train;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.cli.chip.MachineOptions;
import engram.cli.chip.SnapshotFile;
import engram.cli.common.AtomicFile;
import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.cli.common.Interruption;
import engram.cli.common.Wrap;
import engram.cli.data.DataStore;
import engram.client.RemoteChip;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.recipe.Recipe;
import engram.firmware.ssnn.SsnnNetwork;
import engram.isa.image.ImageCodec;
import java.io.IOException;
import java.io.PrintStream;
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
    description = "Train an SSNN-BP network on a data set, inside an emulated chip.",
    footer = {
      "",
      "Where the command line says nothing, the recipe of the data set holds; the run prints the"
          + " recipe in force. Ctrl-C ends at a sample boundary."
    })
public final class TrainCommand implements Callable<Integer> {
  private static final long DEFAULT_SEED = 1;
  private static final String DEMO = "mnist";

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

  @Option(
      names = FlightRecording.OPTION,
      paramLabel = "FILE",
      description =
          "Write a recording of the run for JDK Mission Control or jfr; none after Ctrl-C.")
  private Path profileRecording;

  @Option(names = "--quiet", description = "No progress on standard error.")
  private boolean quiet;

  @Option(
      names = "--json",
      description = "Print one line of JSON on standard output and nothing else there.")
  private boolean json;

  /// The demonstration: MNIST with a report, on a chip that is leased from a server.
  ///
  /// @param lease a chip of the default preset
  static int demo(RemoteChip lease, Path report) throws IOException {
    long start = System.nanoTime();
    var command = new TrainCommand();
    command.report = report;
    var recipe = Recipe.forDataSet(DEMO);
    var data = new DataStore().load(DEMO);
    var settings = recipe.settings(data.train().size(), data.classes(), DEFAULT_SEED);
    var preset = command.machine.preset();
    var image = Mapper.map(SsnnNetwork.of(settings), preset.spec(), Firmware.library()).image();
    lease.load(engram.client.Firmware.image(ImageCodec.encode(image)));
    var state = new TrainingState(DEMO, recipe, DEFAULT_SEED, data.train().count(), 0, 0);
    var options = command.machine.chipOptions();
    try (var alike = Chip.load(preset, image, options)) {
      return command.run(
          new RemoteTrainee(lease, options), alike, data, state, data.test().count(), start);
    }
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    var options = machine.chipOptions().profiling(profile);
    var store = new DataStore();
    if (resume != null) {
      return resume(store, options, start);
    }
    var preset = machine.preset();
    if (dataSet == null) {
      throw CommandException.usage("a data set is missing: engram train DATASET, or --resume FILE");
    }
    var recipe = recipeOptions.apply(Recipe.forDataSet(dataSet));
    var data = store.load(dataSet);
    var state =
        new TrainingState(
            data.name(),
            recipe,
            seed == null ? DEFAULT_SEED : seed,
            samples("--train-samples", trainSamples, data.train().count()),
            0,
            0);
    int tests = samples("--test-samples", testSamples, data.test().count());
    var settings = recipe.settings(data.train().size(), data.classes(), state.seed());
    var mapping = Mapper.map(SsnnNetwork.of(settings), preset.spec(), Firmware.library());
    try (var chip = Chip.load(preset, mapping.image(), options)) {
      return run(new LocalTrainee(chip), chip, data, state, tests, start);
    }
  }

  private int resume(DataStore store, ChipOptions options, long start) throws IOException {
    recipeOptions.refuseShape();
    if (dataSet != null || seed != null || trainSamples != null) {
      throw CommandException.usage(
          "DATASET, --seed and --train-samples can't be given with --resume: the snapshot has them");
    }
    var snapshot = SnapshotFile.read(resume);
    var written = TrainingState.of(resume, snapshot);
    var state = written.with(recipeOptions.apply(written.recipe()));
    var data = store.load(state.dataSet());
    int tests = samples("--test-samples", testSamples, data.test().count());
    try (var chip = snapshot.restore(machine.preset(snapshot.preset()), options)) {
      state.requireFit(resume, chip, data);
      return run(new LocalTrainee(chip), chip, data, state, tests, start);
    }
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

  /// @param chip the trainee, or one like it: for what does not change in training
  private int run(
      Trainee trainee, Chip chip, DataStore.Loaded data, TrainingState state, int tests, long start)
      throws IOException {
    if (save != null) {
      AtomicFile.requireWritable("--save", save);
    }
    if (profileRecording != null) {
      AtomicFile.requireWritable(FlightRecording.OPTION, profileRecording);
    }
    if (report != null) {
      Report.prepare(report);
    }
    PrintStream err = System.err;
    if (!quiet) {
      err.printf(
          "%s on %s, %,d training and %,d test images, seed %d%n%s%n",
          state.dataSet(),
          chip.preset().name(),
          state.trainSamples(),
          tests,
          state.seed(),
          Wrap.after("recipe: ", state.recipe().summary()));
    }
    var budget = chip.stepBudget();
    if (!budget.warnings().isEmpty()) {
      MachineOptions.remark(chip);
      budget.warnings().forEach(w -> err.println("engram: warning: " + w));
      err.print(chip.loadReport().table());
      err.print(budget.table());
    }
    try (var interruption = new Interruption();
        var recording = profileRecording == null ? null : FlightRecording.start(profileRecording);
        var view =
            quiet
                ? null
                : new ProgressView(
                    err,
                    ProgressView.terminalColumns(),
                    System::nanoTime,
                    state.recipe().epochs(),
                    Math.min(Training.GLANCE, tests))) {
      var training =
          new Training(
              trainee,
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
            "interrupted in %s%s%n",
            complete
                ? "the final evaluation"
                : "epoch %d after %d samples"
                    .formatted(training.state().epoch() + 1, training.state().sample()),
            save == null ? "; nothing saved (no --save)" : "; saved to " + save);
        return ExitCode.INTERRUPTED;
      }
      if (recording != null) {
        recording.write();
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
              trainee.stateDigest(),
              trainee.costDigest());
      if (view != null) {
        view.end();
      }
      if (profile) {
        err.print(chip.profile().table(training.trainSeconds()));
      }
      System.out.println(json ? result.json(chip) : result.text(chip).stripTrailing());
      if (report != null) {
        var page = Report.write(report, trainee.chip(), data, result);
        (json ? err : System.out).println("report         " + page.toUri());
      }
      return ExitCode.DONE;
    }
  }
}
