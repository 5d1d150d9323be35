package engram.firmware.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import engram.firmware.ssnn.Membrane;
import engram.firmware.ssnn.SsnnSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// How to train SSNN-BP on a data set. One file for each data set gives the defaults.
///
/// @param hidden neurons of each hidden layer
/// @param steps timesteps of a sample in training
/// @param epochs passes over the training images
/// @param membrane `memoryless` or `average:N`
/// @param rateDecay factor on the learning rate after each epoch
/// @param initScale factor on the first layer's initial weights
/// @param quietSteps first steps of a sample that neither teach nor vote
/// @param testSteps timesteps of a sample in the final evaluation
public record Recipe(
    List<Integer> hidden,
    int steps,
    int epochs,
    int weightBits,
    int fractionBits,
    String membrane,
    double rateDecay,
    double initScale,
    int quietSteps,
    int testSteps) {

  /// Recipes that come with Engram.
  public static final List<String> NAMES =
      List.of("mnist", "mnist-best", "fashion-mnist", "emnist", "default");

  private static final List<String> KEYS =
      Arrays.stream(Recipe.class.getRecordComponents())
          .map(c -> PropertyNamingStrategies.KebabCaseStrategy.INSTANCE.translate(c.getName()))
          .toList();

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  public Recipe {
    hidden = List.copyOf(hidden);
    Membrane.parse(membrane);
    if (epochs < 0 || epochs > 100_000) {
      throw new IllegalArgumentException("epochs: " + epochs + " (expected: 0 to 100000)");
    }
    if (!(rateDecay > 0) || rateDecay > 1) {
      throw new IllegalArgumentException(
          "rate decay: " + rateDecay + " (expected: more than 0, at most 1)");
    }
    if (testSteps <= quietSteps || testSteps > 1 << 16) {
      throw new IllegalArgumentException(
          "test steps: "
              + testSteps
              + " (expected: "
              + (quietSteps + 1)
              + " to "
              + (1 << 16)
              + ")");
    }
  }

  /// The recipe for a data set of this name; `default` for one that has none of its own.
  public static Recipe forDataSet(String dataSet) {
    String name = dataSet.startsWith("emnist-") ? "emnist" : dataSet;
    return named(NAMES.contains(name) ? name : "default");
  }

  /// A recipe that comes with Engram.
  public static Recipe named(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "recipe: " + name + " (expected: one of " + String.join(", ", NAMES) + ")");
    }
    try (InputStream in = Recipe.class.getResourceAsStream(name + ".yaml")) {
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Reads a recipe.
  ///
  /// @throws IllegalArgumentException if the text is none
  public static Recipe parse(String yaml) {
    try {
      var tree = YAML.readTree(yaml);
      if (!tree.isObject()) {
        throw new IllegalArgumentException("recipe: no mapping of keys to values");
      }
      tree.fieldNames()
          .forEachRemaining(key -> {
            if (!KEYS.contains(key)) {
              throw new IllegalArgumentException(
                  "recipe: unknown key: %s (expected: %s)".formatted(key, String.join(", ", KEYS)));
            }
          });
      for (String key : KEYS) {
        if (!tree.hasNonNull(key)) {
          throw new IllegalArgumentException("recipe: %s is missing".formatted(key));
        }
      }
      return YAML.treeToValue(tree, Recipe.class);
    } catch (ValueInstantiationException e) {
      throw new IllegalArgumentException("recipe: " + e.getCause().getMessage(), e);
    } catch (MismatchedInputException e) {
      throw new IllegalArgumentException(
          "recipe: %s: no %s"
              .formatted(
                  e.getPath().stream().map(p -> p.getFieldName()).findFirst().orElse(""),
                  e.getTargetType().getSimpleName()),
          e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("recipe: " + e.getOriginalMessage(), e);
    }
  }

  /// The recipe with other settings, each by its name in a recipe file, with its value as text:
  /// `hidden` to `256,128`, `weight-bits` to `12`.
  public Recipe with(Map<String, String> settings) {
    try {
      var tree = (ObjectNode) YAML.readTree(yaml());
      for (var setting : settings.entrySet()) {
        boolean list = setting.getKey().equals("hidden");
        String value = setting.getValue();
        tree.set(setting.getKey(), YAML.readTree(list ? "[" + value + "]" : value));
      }
      return parse(YAML.writeValueAsString(tree));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("recipe: " + e.getOriginalMessage(), e);
    }
  }

  /// The recipe as it would stand in a file.
  public String yaml() {
    try {
      return YAML.writeValueAsString(this).replaceFirst("^---\\s*", "");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The network for samples of a shape.
  public SsnnSettings settings(int inputs, int classes, long seed) {
    return new SsnnSettings(
        inputs,
        hidden,
        classes,
        steps,
        weightBits,
        fractionBits,
        Membrane.parse(membrane),
        initScale,
        quietSteps,
        seed,
        0);
  }

  /// The recipe in a line.
  public String summary() {
    return "hidden %s, %d steps, %d epochs, %d-bit weights with %d fraction bits, %s membrane, rate x %s an epoch, initial weights x %s, %d quiet steps, %d test steps"
        .formatted(
            hidden.stream().map(String::valueOf).collect(Collectors.joining(",")),
            steps,
            epochs,
            weightBits,
            fractionBits,
            membrane,
            rateDecay,
            initScale,
            quietSteps,
            testSteps);
  }
}
