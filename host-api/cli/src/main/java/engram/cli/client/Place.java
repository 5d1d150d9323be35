package engram.cli.client;

import engram.cli.common.CommandException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// What is read or written: one of the kinds of words that a chip holds.
final class Place {
  @ArgGroup(exclusive = true, multiplicity = "1")
  private Kind kind = new Kind();

  /// Exactly one of them.
  private static final class Kind {
    @Option(
        names = "--field",
        paramLabel = "POPULATION.FIELD",
        description = "A field, parameter or accumulator of the neurons.")
    private String field;

    @Option(names = "--weights", paramLabel = "PROJECTION", description = "Weights of synapses.")
    private String weights;

    @Option(
        names = "--tag",
        paramLabel = "PROJECTION.TAG",
        description = "Words beside the weights.")
    private String tag;

    @Option(names = "--register", paramLabel = "NAME", description = "A global register.")
    private String register;
  }

  /// A kind of words.
  sealed interface Words {
    /// Words of the neurons of a population.
    record Field(String population, String field) implements Words {}

    /// Weights of a projection.
    record Weights(String projection) implements Words {}

    /// Tags of a projection.
    record Tag(String projection, String tag) implements Words {}

    /// A global register.
    record Register(String name) implements Words {}
  }

  Words words() {
    if (kind.field != null) {
      String[] names = pair("--field", kind.field, "POPULATION.FIELD");
      return new Words.Field(names[0], names[1]);
    }
    if (kind.tag != null) {
      String[] names = pair("--tag", kind.tag, "PROJECTION.TAG");
      return new Words.Tag(names[0], names[1]);
    }
    return kind.weights != null
        ? new Words.Weights(kind.weights)
        : new Words.Register(kind.register);
  }

  /// Two names with a dot between them.
  static String[] pair(String option, String text, String expected) {
    String[] names = text.split("\\.", -1);
    if (names.length != 2 || names[0].isEmpty() || names[1].isEmpty()) {
      throw CommandException.usage("%s: %s (expected: %s)".formatted(option, text, expected));
    }
    return names;
  }
}
