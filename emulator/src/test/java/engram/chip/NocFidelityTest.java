package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.noc.NocFidelity;
import engram.isa.image.ProjectionImage.Line;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

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
          p -> p.lines = java.util.List.of(new Line("spike", 1, 1 + random.nextInt(3))));
    }
    return test;
  }

  private static Chip run(NocFidelity noc, int threads) {
    var chip = network().load(ChipOptions.reference().withNoc(noc).withThreads(threads));
    for (int step = 0; step < 60; step++) {
      chip.inject("host", step % 20, 1);
      chip.inject("host", (step * 7 + 3) % 20, 1);
      chip.step();
    }
    return chip;
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
}
