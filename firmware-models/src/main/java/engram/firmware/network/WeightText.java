package engram.firmware.network;

import engram.isa.NumberFormat;
import java.util.List;
import java.util.regex.Pattern;

/// Reads `s12 q(10) uniform 0.17`: type, fraction bits, which synapses there are and what they
/// weigh.
///
/// @param type width and fraction bits of a weight
record WeightText(NumberFormat type, Weights weights) {
  private static final Pattern TYPE = Pattern.compile("([su])([0-9]{1,3})");
  private static final Pattern SCALE = Pattern.compile("q\\(([0-9]{1,3})\\)");

  /// @param projection where `values` of given weights and `conv` stand
  /// @throws IllegalArgumentException with what is wrong
  static WeightText read(String text, YamlMap projection) {
    var words = List.of(text.split("\\s+"));
    var type = TYPE.matcher(words.get(0));
    if (!type.matches()) {
      throw new IllegalArgumentException(text + " (expected: a type such as s12 first)");
    }
    int fraction = 0;
    int next = 1;
    var scale = SCALE.matcher(words.size() > 1 ? words.get(1) : "");
    if (scale.matches()) {
      fraction = Integer.parseInt(scale.group(1));
      next = 2;
    }
    var format =
        new NumberFormat(type.group(1).equals("s"), Integer.parseInt(type.group(2)), fraction);
    var weights = weights(words.subList(next, words.size()), projection);
    requireRange(format, weights);
    return new WeightText(format, weights);
  }

  /// Refuses weights that the format would clip.
  private static void requireRange(NumberFormat format, Weights weights) {
    switch (weights) {
      case Weights.Uniform(double half) -> {
        requireReal(format, half);
        requireReal(format, -half);
      }
      case Weights.Constant(double value) -> requireReal(format, value);
      case Weights.OneToOne(double value) -> requireReal(format, value);
      case Weights.Random(_, double low, double high) -> {
        requireReal(format, low);
        requireReal(format, high);
      }
      case Weights.Given(int[] values) -> requireStored(format, values);
      case Weights.Convolution(_, int[] kernel) -> requireStored(format, kernel);
    }
  }

  private static void requireReal(NumberFormat format, double value) {
    double stored = Math.floor(Math.scalb(value, format.fraction()) + 0.5);
    if (!(least(format) <= stored && stored <= format.max())) {
      throw new IllegalArgumentException(
          "%s, stored %.0f (expected: %d to %d in %s)"
              .formatted(value, stored, least(format), format.max(), format));
    }
  }

  private static void requireStored(NumberFormat format, int[] values) {
    for (int value : values) {
      if (value < least(format) || value > format.max()) {
        throw new IllegalArgumentException(
            "values: %d (expected: %d to %d in %s)"
                .formatted(value, least(format), format.max(), format));
      }
    }
  }

  /// The least weight of a format: the range is symmetric.
  private static int least(NumberFormat format) {
    return format.signed() ? -format.max() : 0;
  }

  private static Weights weights(List<String> words, YamlMap projection) {
    double[] numbers = words.stream().skip(1).mapToDouble(WeightText::number).toArray();
    String kind = words.isEmpty() ? "" : words.get(0) + " " + numbers.length;
    return switch (kind) {
      case "uniform 1" -> new Weights.Uniform(numbers[0]);
      case "constant 1" -> new Weights.Constant(numbers[0]);
      case "one-to-one 1" -> new Weights.OneToOne(numbers[0]);
      case "random 3" -> new Weights.Random(numbers[0], numbers[1], numbers[2]);
      case "given 0" -> new Weights.Given(projection.integers("values"));
      case "conv 0" -> convolution(projection);
      default ->
          throw new IllegalArgumentException(
              String.join(" ", words)
                  + " (expected: uniform HALF, constant VALUE, one-to-one VALUE,"
                  + " random PROBABILITY LOW HIGH, given, or conv)");
    };
  }

  private static double number(String word) {
    try {
      return Double.parseDouble(word);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(word + " (expected: a number)", e);
    }
  }

  private static Weights convolution(YamlMap projection) {
    var grid =
        projection.map("conv", "height", "width", "inputs", "outputs", "size", "stride", "padding");
    int most = 1 << 20;
    return new Weights.Convolution(
        new Weights.Grid(
            grid.integer("height", 1, most),
            grid.integer("width", 1, most),
            grid.integer("inputs", 1, 1, most),
            grid.integer("outputs", 1, 1, most),
            grid.integer("size", 1, most),
            grid.integer("stride", 1, 1, most),
            grid.integer("padding", 0, 0, most)),
        projection.integers("values"));
  }
}
