package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.noc.NocFidelity;
import engram.chip.preset.Counter;
import engram.chip.preset.Presets;
import engram.isa.image.ProjectionImage.Line;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A chip with either network: the same results and the same counts, other cycles.
final class NocFidelityTest {
  private static final String NOISY =
      """
      .program neuron noisy
      .acc    in : s16
      .stream spike
              ld    r0, in
              add   r0, r0, 40
              bern  p1, r0, 8
        (p1)  emit  spike
      """;

  /// Noise that three populations on eleven cores all over the mesh, and the host, send each other.
  private static TestImage network() {
    var test = new TestImage().seed(9);
    test.external("host", 20);
    test.population("a", 90, NOISY, 0, Map.of(), 0, 9, 18, 27, 36);
    test.population("b", 60, NOISY, 0, Map.of(), 63, 7, 56, 12);
    test.population("c", 30, NOISY, 0, Map.of(), 33, 34);
    var random = new Random(4);
    for (var ends :
        new String[][] {{"host", "a"}, {"a", "b"}, {"b", "c"}, {"c", "a"}, {"a", "a"}}) {
      int from = Map.of("host", 20, "a", 90, "b", 60, "c", 30).get(ends[0]);
      int to = Map.of("a", 90, "b", 60, "c", 30).get(ends[1]);
      var weights = new Integer[from][to];
      for (var row : weights) {
        for (int i = 0; i < to; i++) {
          row[i] = random.nextInt(9) - 4;
        }
      }
      test.projection(
          ends[0] + ends[1],
          ends[0],
          ends[1],
          "in",
          weights,
          p -> p.lines = List.of(new Line("spike", 1, 1 + random.nextInt(3))));
    }
    return test;
  }

  private static Chip run(NocFidelity noc, int threads) {
    return run(noc, threads, _ -> {});
  }

  private static Chip run(NocFidelity noc, int threads, Consumer<Chip> afterEachStep) {
    var chip =
        network().load(ChipOptions.reference().withNoc(noc).withThreads(threads).alwaysShared());
    for (int step = 0; step < 60; step++) {
      chip.inject("host", step % 20, 1);
      chip.inject("host", (step * 7 + 3) % 20, 1);
      chip.step();
      afterEachStep.accept(chip);
    }
    return chip;
  }

  /// The network of a step is run some steps later, unless somebody wants to know.
  @ParameterizedTest
  @CsvSource({"ANALYTIC, 1", "ANALYTIC, 2", "FLIT, 1", "FLIT, 2"})
  void theCostOfEachStepIsThereAtOnceAndToAskForItChangesNothing(NocFidelity noc, int threads) {
    var cycles = new ArrayList<Long>();
    var steps = new ArrayList<Long>();
    try (var asked =
            run(
                noc,
                threads,
                chip -> {
                  cycles.add(chip.cost().cycles());
                  steps.add(chip.count(Counter.STEPS));
                });
        var not = run(noc, threads)) {
      assertThat(not.costDigest()).isEqualTo(asked.costDigest());
      assertThat(steps).containsExactlyElementsOf(LongStream.rangeClosed(1, 60).boxed().toList());
      assertThat(cycles).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void aResetForgetsNoCost() {
    try (var chip = run(NocFidelity.FLIT, 2);
        var not = run(NocFidelity.FLIT, 2)) {
      chip.reset();
      assertThat(chip.costDigest()).isEqualTo(not.costDigest());
      chip.run(3);
      assertThat(chip.count(Counter.STEPS)).isEqualTo(63);
    }
  }

  @Test
  void bothFidelitiesGiveOneStateAndOneCountButTheirOwnCycles() {
    try (var analytic = run(NocFidelity.ANALYTIC, 1);
        var flit = run(NocFidelity.FLIT, 1)) {
      assertThat(flit.stateDigest()).isEqualTo(analytic.stateDigest());
      var a = analytic.cost();
      var f = flit.cost();
      assertThat(f.counts()).isEqualTo(a.counts());
      assertThat(f.linkFlits()).isEqualTo(a.linkFlits());
      assertThat(f.coreCycles()).isEqualTo(a.coreCycles());
      assertThat(f.cycles() - f.networkCycles()).isEqualTo(a.cycles() - a.networkCycles());
      assertThat(f.networkCycles()).isNotEqualTo(a.networkCycles());
      assertThat(f.networkCycles()).isBetween(a.networkCycles() / 2, 2 * a.networkCycles());
      assertThat(flit.costDigest()).isNotEqualTo(analytic.costDigest());
    }
  }

  @Test
  void flitCyclesAreTheSameForEveryNumberOfThreadsAndAfterASnapshot() {
    try (var one = run(NocFidelity.FLIT, 1);
        var two = run(NocFidelity.FLIT, 2)) {
      assertThat(two.costDigest()).isEqualTo(one.costDigest());
      try (var copy = one.fork()) {
        var before = one.cost();
        one.run(20);
        copy.run(20);
        assertThat(copy.cost().networkCycles()).isEqualTo(one.cost().since(before).networkCycles());
      }
    }
  }

  private static final String SUMMING =
      """
      .program row summing
      .acc    back : s%d
      .stream out sums back
      .trigger each = step
              emit  out
      """;
  private static final String ADDING =
      """
      .program synapse adding
      .rowacc back
      .trigger each = step
              ld    r0, w
              rowadd back, r0, 1
      """;

  /// Flits of 10 steps of one neuron's events, and of sums of some width that a row sends on.
  private static long flits(int flitBits, int sumBits) throws IOException {
    var test = new TestImage();
    test.population("source", 1, ".program neuron source\n.stream spike\nmov r0, 1\nemit spike\n");
    test.population("target", 1, ".program neuron target\n.acc in : s16\nmov r0, 1\n", 1);
    int row = test.compile(SUMMING.formatted(sumBits));
    int synapse = test.compile(ADDING);
    test.projection(
        "w",
        "source",
        "target",
        "in",
        TestImage.weights(1, 1, 1),
        p -> {
          p.row = row;
          p.learn = synapse;
        });
    test.projection(
        "sums",
        "source",
        "target",
        "in",
        TestImage.weights(1, 1, 1),
        p -> {
          p.rowsOf = 0;
          p.lines = List.of(new Line("out", 1, 1));
        });
    String yaml =
        "{base: engram-1, name: thin, timing: {flit-bits: {value: %d, grade: none, source: test}}}"
            .formatted(flitBits);
    var preset = Presets.read(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
    try (var chip = Chip.load(preset, test.image(), ChipOptions.reference())) {
      chip.run(10);
      return chip.cost().count(Counter.LOCAL_HOPS);
    }
  }

  /// An event has 48 bits of address and 16 of payload, or as many as the sum that it carries; it
  /// enters and leaves by a port each.
  @ParameterizedTest
  @CsvSource({"64, 16, 1, 1", "64, 17, 1, 2", "64, 32, 1, 2", "80, 32, 1, 1", "16, 32, 4, 5"})
  void anEventOfMoreBitsThanAFlitTakesMoreFlits(int flitBits, int sumBits, int spike, int sum)
      throws IOException {
    assertThat(flits(flitBits, sumBits)).isEqualTo(10 * 2 * (spike + sum));
  }

  @Test
  void theHostsLinkIsCountedApart() {
    String cell = ".program neuron cell\n.acc in : s16\n.field v : s12\nmov r0, 1\n";
    try (var chip =
        new TestImage()
            .external("host", 2)
            .population("cell", 3, cell)
            .projection("w", "host", "cell", "in", TestImage.weights(2, 3, 1))
            .load()) {
      chip.step();
      long silent = chip.cost().cycles();
      chip.write("cell", "v", 0, 1, 2, 3);
      chip.setClock(7);
      var cost = chip.cost();
      assertThat(cost.count(Counter.HOST_BITS)).isEqualTo(3 * 12 + 64);
      assertThat(chip.hostCycles(cost)).as("32 bits a cycle").isEqualTo(4);
      chip.step();
      assertThat(chip.cost().cycles()).isEqualTo(2 * silent);
    }
  }
}
