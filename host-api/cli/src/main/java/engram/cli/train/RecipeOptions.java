package engram.cli.train;

import engram.cli.common.CommandException;
import engram.cli.common.TextFile;
import engram.firmware.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/// What to train: the data set's recipe, with whatever the command line says otherwise.
final class RecipeOptions {
  @Option(
      names = "--recipe",
      paramLabel = "NAME|FILE",
      description = "Recipe in place of the data set's own: its name, or a YAML file.")
  private String recipe;

  @Option(
      names = "--hidden",
      split = ",",
      paramLabel = "N",
      description = "Neurons of each hidden layer: 128, or 256,128.")
  private List<Integer> hidden;

  @Option(names = "--steps", paramLabel = "T", description = "Timesteps of a training sample.")
  private Integer steps;

  @Option(names = "--epochs", paramLabel = "E", description = "Passes over the training images.")
  private Integer epochs;

  @Option(names = "--weight-bits", paramLabel = "B", description = "Width of a weight, 2 to 16.")
  private Integer weightBits;

  @Option(
      names = "--fraction-bits",
      paramLabel = "F",
      description = "Fraction bits of a weight: a coincidence moves it by 2^-F.")
  private Integer fractionBits;

  @Option(
      names = "--membrane",
      paramLabel = "memoryless|average:N",
      description = "Hidden membrane: no memory, or a mean over 2^N steps.")
  private String membrane;

  @Option(
      names = "--rate-decay",
      paramLabel = "R",
      description = "Factor on the learning rate after each epoch.")
  private Double rateDecay;

  @Option(
      names = "--init-scale",
      paramLabel = "S",
      description = "Factor on the first layer's initial weights.")
  private Double initScale;

  @Option(
      names = "--quiet-steps",
      paramLabel = "Q",
      description = "First steps of a sample that neither teach nor vote.")
  private Integer quietSteps;

  @Option(
      names = "--test-steps",
      paramLabel = "N",
      description = "Timesteps of a sample in the final evaluation.")
  private Integer testSteps;

  /// The recipe in force.
  ///
  /// @param base what holds where the command line says nothing
  Recipe apply(Recipe base) throws IOException {
    var from = recipe == null ? base : named();
    return new Recipe(
        hidden == null ? from.hidden() : hidden,
        or(steps, from.steps()),
        or(epochs, from.epochs()),
        or(weightBits, from.weightBits()),
        or(fractionBits, from.fractionBits()),
        membrane == null ? from.membrane() : membrane,
        rateDecay == null ? from.rateDecay() : rateDecay,
        initScale == null ? from.initScale() : initScale,
        or(quietSteps, from.quietSteps()),
        or(testSteps, from.testSteps()));
  }

  private Recipe named() throws IOException {
    if (Recipe.NAMES.contains(recipe)) {
      return Recipe.named(recipe);
    }
    Path file = Path.of(recipe);
    if (!Files.isRegularFile(file)) {
      throw CommandException.usage(
          "recipe: %s (expected: one of %s, or a YAML file)"
              .formatted(recipe, String.join(", ", Recipe.NAMES)));
    }
    try {
      return Recipe.parse(TextFile.read(file));
    } catch (IllegalArgumentException e) {
      throw CommandException.failed(file + ": " + e.getMessage());
    }
  }

  private static int or(Integer given, int otherwise) {
    return given == null ? otherwise : given;
  }

  /// Refuses options that a run which is taken up again can't change.
  void refuseShape() {
    var given = new ArrayList<String>();
    note(given, "--recipe", recipe);
    note(given, "--hidden", hidden);
    note(given, "--steps", steps);
    note(given, "--weight-bits", weightBits);
    note(given, "--fraction-bits", fractionBits);
    note(given, "--membrane", membrane);
    note(given, "--init-scale", initScale);
    note(given, "--quiet-steps", quietSteps);
    if (!given.isEmpty()) {
      throw CommandException.usage(
          given.stream().collect(Collectors.joining(", "))
              + " can't be given with --resume: the snapshot has them");
    }
  }

  private static void note(List<String> given, String name, Object value) {
    if (value != null) {
      given.add(name);
    }
  }
}
