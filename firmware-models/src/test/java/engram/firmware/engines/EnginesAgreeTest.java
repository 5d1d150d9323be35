package engram.firmware.engines;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.ChipStop;
import engram.chip.noc.NocFidelity;
import engram.chip.preset.Counter;
import engram.firmware.Firmware;
import engram.isa.compile.CompiledEngine;
import engram.isa.exec.Engine;
import engram.isa.exec.Interpreter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random networks come to one state at one cost, whatever engine runs them and on how many
/// threads.
final class EnginesAgreeTest {
  /// Networks that are tried; with `-Dengram.networks=N` as many as one likes.
  private static final int NETWORKS = Integer.getInteger("engram.networks", 24);

  private static final int STEPS = 72;

  /// Steps from one comparison to the next.
  private static final int EVERY = 9;

  private static final Engine SCALAR = new CompiledEngine(false);
  private static final List<Way> WAYS = ways();

  private record Way(Engine engine, int threads) {
    ChipOptions options() {
      return new ChipOptions(engine, threads, NocFidelity.ANALYTIC, false).alwaysShared();
    }

    @Override
    public String toString() {
      String code = engine == SCALAR ? ", one lane after the other" : "";
      return "%s engine%s, %d threads".formatted(engine.name(), code, threads);
    }
  }

  /// The first is what the others are held against.
  private static List<Way> ways() {
    var engines = new ArrayList<Engine>(List.of(new Interpreter(), SCALAR));
    if (CompiledEngine.hasVectors()) {
      engines.add(new CompiledEngine());
    }
    return engines.stream()
        .flatMap(engine -> List.of(new Way(engine, 1), new Way(engine, 2)).stream())
        .toList();
  }

  static LongStream seeds() {
    return LongStream.range(0, NETWORKS);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void oneDigestForAllEnginesAndThreads(long seed) {
    agree(seed, false);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void oneDigestWithTheSameFaultsToo(long seed) {
    agree(seed, true);
  }

  private static void agree(long seed, boolean faulty) {
    if (!agree(seed, faulty, EVERY)) {
      agree(seed, faulty, 1);
      throw new AssertionError("seed " + seed + ": differed in one run and not in the next");
    }
  }

  /// Runs a network in all ways; false if they differ.
  ///
  /// @param every steps from one comparison to the next; after 1 the first difference is thrown
  private static boolean agree(long seed, boolean faulty, int every) {
    var network = new RandomNetwork(seed);
    var chips = new ArrayList<Chip>();
    try {
      WAYS.forEach(way -> chips.add(network.load(way.options())));
      if (faulty) {
        var faults = RandomFaults.of(chips.getFirst(), seed, STEPS);
        chips.forEach(chip -> chip.inject(faults));
      }
      for (int step = 0; step < STEPS; step++) {
        String expected = step(chips.getFirst(), network, step);
        for (int i = 1; i < chips.size(); i++) {
          String stop = step(chips.get(i), network, step);
          assertThat(stop).as("seed %d, step %d, %s", seed, step, WAYS.get(i)).isEqualTo(expected);
        }
        boolean last = !expected.isEmpty() || step == STEPS - 1;
        if ((last || step % every == every - 1) && !alike(chips, seed, step, every == 1)) {
          return false;
        }
        if (!expected.isEmpty()) {
          break;
        }
      }
      return true;
    } finally {
      chips.forEach(Chip::close);
    }
  }

  /// Why a chip stopped in a step; empty if it did not.
  private static String step(Chip chip, RandomNetwork network, int step) {
    try {
      network.meddle(chip, step);
      chip.step();
      return "";
    } catch (ChipStop stop) {
      return stop.getMessage();
    }
  }

  private static boolean alike(List<Chip> chips, long seed, int step, boolean explain) {
    var first = chips.getFirst();
    String state = first.stateDigest();
    String cost = first.costDigest();
    for (int i = 1; i < chips.size(); i++) {
      var chip = chips.get(i);
      if (!chip.stateDigest().equals(state) || !chip.costDigest().equals(cost)) {
        if (explain) {
          throw new AssertionError(
              "seed %d, step %d, %s: %s"
                  .formatted(seed, step, WAYS.get(i), FirstDifference.of(first, chip)));
        }
        return false;
      }
    }
    return true;
  }

  /// The build runs these tests twice: with the Vector API and, in a virtual machine of its own,
  /// without.
  @Test
  void vectorsAreThereUnlessTheBuildLeavesThemOut() {
    assertThat(CompiledEngine.hasVectors()).isNotEqualTo(Boolean.getBoolean("engram.no-vectors"));
  }

  /// The networks are worth trying: they use all programs and weights of all widths, they spike,
  /// learn and go on to the end. The few networks of a build without vectors are not enough for
  /// that. The faults are felt, and the network model changes nothing but cycles.
  @Test
  void faultsStrikeAndAreTheSameOverEitherNetwork() {
    var struck = new EnumMap<Counter, Integer>(Counter.class);
    for (long seed = 0; seed < 12; seed++) {
      var network = new RandomNetwork(seed);
      var options = WAYS.getLast().options();
      try (var chip = network.load(options);
          var flit = network.load(options.withNoc(NocFidelity.FLIT))) {
        var faults = RandomFaults.of(chip, seed, STEPS);
        chip.inject(faults);
        flit.inject(faults);
        boolean stopped = false;
        for (int step = 0; step < STEPS && !stopped; step++) {
          stopped = !step(chip, network, step).isEmpty();
          assertThat(!step(flit, network, step).isEmpty()).isEqualTo(stopped);
        }
        assertThat(flit.stateDigest()).as("seed %d", seed).isEqualTo(chip.stateDigest());
        assertThat(flit.cost().counts()).as("seed %d", seed).isEqualTo(chip.cost().counts());
        for (var counter : Counter.values()) {
          struck.merge(counter, chip.count(counter) > 0 ? 1 : 0, Integer::sum);
        }
      }
    }
    assertThat(struck.get(Counter.BITS_FLIPPED)).isEqualTo(12);
    assertThat(struck.get(Counter.EVENTS_LOST)).isGreaterThan(6);
    assertThat(struck.get(Counter.EVENTS_DROPPED)).isGreaterThan(6);
  }

  @Test
  @DisabledIfSystemProperty(named = "engram.no-vectors", matches = "true")
  void theNetworksDoWhatAChipCanDo() {
    Set<String> programs = new TreeSet<>();
    Set<Integer> widths = new TreeSet<>();
    Map<Counter, Integer> busy = new EnumMap<>(Counter.class);
    int stopped = 0;
    for (long seed = 0; seed < 24; seed++) {
      var network = new RandomNetwork(seed);
      for (var population : network.network().populations()) {
        if (population.program() != null) {
          programs.add(population.program().name());
        }
      }
      for (var projection : network.network().projections()) {
        widths.add(projection.type().bits());
        if (projection.row() != null) {
          programs.add(projection.row().name());
        }
        if (projection.learn() != null) {
          programs.add(projection.learn().name());
        }
      }
      try (var chip = network.load(WAYS.getFirst().options())) {
        String stop = "";
        for (int step = 0; step < STEPS && stop.isEmpty(); step++) {
          stop = step(chip, network, step);
        }
        stopped += stop.isEmpty() ? 0 : 1;
        for (var counter : Counter.values()) {
          busy.merge(counter, chip.count(counter) > 0 ? 1 : 0, Integer::sum);
        }
      }
    }
    assertThat(programs).containsAll(Firmware.names());
    assertThat(widths).hasSize(16);
    assertThat(busy.get(Counter.EVENTS_EMITTED)).isGreaterThan(20);
    assertThat(busy.get(Counter.LEARNING_OPERATIONS)).isGreaterThan(16);
    assertThat(busy.get(Counter.BACKWARD_OPERATIONS)).isGreaterThan(2);
    assertThat(stopped).isLessThan(3);
  }
}
