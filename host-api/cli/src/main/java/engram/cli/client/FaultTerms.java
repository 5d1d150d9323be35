package engram.cli.client;

import engram.cli.common.CommandException;
import engram.client.Fault;
import engram.client.FaultMemory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// What shall go wrong: one kind of fault, and what belongs to it.
final class FaultTerms {
  private static final Set<String> OF_FLIPS =
      Set.of("--index", "--bit", "--count", "--seed", "--at");
  private static final Set<String> OF_DEAD_CORES = Set.of("--from", "--until");
  private static final Set<String> OF_LOSSES =
      Set.of("--seed", "--from-core", "--to-core", "--from", "--until");

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Kind kind = new Kind();

  /// Exactly one of them.
  private static final class Kind {
    @Option(
        names = "--field",
        paramLabel = "POPULATION.FIELD",
        description = "Bits of a field or parameter turn over.")
    private String field;

    @Option(
        names = "--weights",
        paramLabel = "PROJECTION",
        description = "Bits of weights turn over.")
    private String weights;

    @Option(
        names = "--tag",
        paramLabel = "PROJECTION.TAG",
        description = "Bits of words beside the weights turn over.")
    private String tag;

    @Option(
        names = "--dead-core",
        paramLabel = "CORE",
        description = "This core takes no events, runs no program, emits nothing.")
    private Integer deadCore;

    @Option(
        names = "--loss",
        paramLabel = "PROBABILITY",
        description = "Events get lost on their way, each with this probability: 0 to 1.")
    private Double loss;
  }

  @Option(
      names = "--index",
      paramLabel = "WORD",
      description = "One bit: the neuron, or source * targets + target of the synapse.")
  private Long index;

  @Option(names = "--bit", paramLabel = "BIT", description = "The bit of that word, 0 the lowest.")
  private Integer bit;

  @Option(
      names = "--count",
      paramLabel = "BITS",
      description = "Drawn bits of the whole memory, in place of --index and --bit.")
  private Integer count;

  @Option(names = "--seed", paramLabel = "SEED", description = "Seed of the draws. Default: 0.")
  private Long seed;

  @Option(
      names = "--at",
      paramLabel = "STEP",
      description = "Bits turn over before this step. Default: at once.")
  private Long at;

  @Option(
      names = "--from-core",
      paramLabel = "CORE",
      description = "Only events that this core emits get lost. Default: all.")
  private Integer fromCore;

  @Option(
      names = "--to-core",
      paramLabel = "CORE",
      description = "Only this core misses them. Default: all do.")
  private Integer toCore;

  @Option(
      names = "--from",
      paramLabel = "STEP",
      description = "First step of a dead core or a loss. Default: the one that comes next.")
  private Long from;

  @Option(
      names = "--until",
      paramLabel = "STEP",
      description = "The step behind its last one. Default: it does not end.")
  private Long until;

  /// @throws CommandException if what is given does not belong together
  Fault fault() {
    if (kind.deadCore != null) {
      requireOnly("--dead-core", OF_DEAD_CORES);
      return new Fault.DeadCore(natural("--dead-core", kind.deadCore), from(), until());
    }
    if (kind.loss != null) {
      requireOnly("--loss", OF_LOSSES);
      return loss();
    }
    requireOnly(
        kind.field != null ? "--field" : kind.tag != null ? "--tag" : "--weights", OF_FLIPS);
    var memory = memory();
    var step = step("--at", at);
    if (count == null) {
      if (index == null || bit == null) {
        throw CommandException.usage("bits: none (expected: --index and --bit, or --count)");
      }
      if (seed != null) {
        throw CommandException.usage("--seed: without --count (expected: with it)");
      }
      return new Fault.BitFlip(
          memory, step("--index", index).getAsLong(), natural("--bit", bit), step);
    }
    if (index != null || bit != null) {
      throw CommandException.usage("--count: with --index or --bit (expected: without)");
    }
    return new Fault.RandomFlips(memory, natural("--count", count), seed(), step);
  }

  private Fault loss() {
    double probability = kind.loss;
    if (!(probability >= 0 && probability <= 1)) {
      throw CommandException.usage("--loss: " + probability + " (expected: 0 to 1)");
    }
    var everywhere = Fault.packetLoss(probability, seed());
    return new Fault.PacketLoss(
        everywhere.probability(),
        everywhere.seed(),
        core("--from-core", fromCore),
        core("--to-core", toCore),
        from(),
        until());
  }

  private FaultMemory memory() {
    if (kind.field != null) {
      String[] names = Place.pair("--field", kind.field, "POPULATION.FIELD");
      return new FaultMemory.Field(names[0], names[1]);
    }
    if (kind.tag != null) {
      String[] names = Place.pair("--tag", kind.tag, "PROJECTION.TAG");
      return new FaultMemory.Tag(names[0], names[1]);
    }
    return new FaultMemory.Weights(kind.weights);
  }

  private void requireOnly(String of, Set<String> options) {
    Map<String, Object> given = new LinkedHashMap<>();
    given.put("--index", index);
    given.put("--bit", bit);
    given.put("--count", count);
    given.put("--seed", seed);
    given.put("--at", at);
    given.put("--from-core", fromCore);
    given.put("--to-core", toCore);
    given.put("--from", from);
    given.put("--until", until);
    given.forEach((option, value) -> {
      if (value != null && !options.contains(option)) {
        throw CommandException.usage(
            "%s: with %s (expected: only %s)"
                .formatted(option, of, String.join(", ", options.stream().sorted().toList())));
      }
    });
  }

  private long seed() {
    return seed == null ? 0 : seed;
  }

  private OptionalLong from() {
    return step("--from", from);
  }

  private OptionalLong until() {
    return step("--until", until);
  }

  private static OptionalLong step(String option, Long value) {
    if (value == null) {
      return OptionalLong.empty();
    }
    if (value < 0) {
      throw CommandException.usage(option + ": " + value + " (expected: at least 0)");
    }
    return OptionalLong.of(value);
  }

  private static OptionalInt core(String option, Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(natural(option, value));
  }

  private static int natural(String option, int value) {
    if (value < 0) {
      throw CommandException.usage(option + ": " + value + " (expected: at least 0)");
    }
    return value;
  }
}
