package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A profile is of time that has passed, and of all of it.
final class PhaseProfileTest {
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

  private static final int STEPS = 300;

  private static final int NEURONS = 120;

  /// Neurons that give each thread more to do than waking and waiting takes.
  private static final int BALLAST = 2_000;

  private static Chip chip(ChipOptions options) {
    var test = new TestImage().population("noise", NEURONS, NOISY, 0, 1, 2, 3);
    test.population("ballast", BALLAST, NOISY, 0, 1, 2, 3);
    var weights = new Integer[NEURONS][NEURONS];
    for (var row : weights) {
      Arrays.fill(row, 1);
    }
    return test.projection("w", "noise", "noise", "in", weights, _ -> {}).load(options);
  }

  /// Whatever the number of threads: two seconds of two threads at once are one second of the run.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void noPartOfAnyStepIsLessThanNothingAndAllFitIntoTheTimeOnTheClock(int threads) {
    var options = ChipOptions.reference().withThreads(threads).alwaysShared().profiling(true);
    try (var chip = chip(options)) {
      var before = chip.profile();
      long start = System.nanoTime();
      for (int step = 0; step < STEPS; step++) {
        chip.step();
        var after = chip.profile();
        assertThat(after.barrierNanos())
            .as("step %d, barrier", step)
            .isGreaterThanOrEqualTo(before.barrierNanos());
        before = after;
      }
      var parts = before.parts((System.nanoTime() - start) * 1e-9);
      assertThat(parts).allSatisfy(part -> assertThat(part.seconds()).isNotNegative());
      assertThat(parts.stream().filter(part -> part.seconds() > 0).map(PhaseProfile.Part::name))
          .contains("deliver", "integrate", "update", "network, counts");
    }
  }

  @Test
  void thePartsAddUpToTheWhole() {
    var profile = new PhaseProfile(new long[] {1, 20, 300, 4_000, 50_000}, 600_000, 7_000_000);
    var parts = profile.parts(2);
    assertThat(parts)
        .extracting(PhaseProfile.Part::name)
        .containsExactly(
            "deliver",
            "integrate",
            "update",
            "learn",
            "emit",
            "barrier",
            "network, counts",
            "host");
    assertThat(parts.stream().mapToDouble(PhaseProfile.Part::seconds).sum())
        .isCloseTo(2, within(1e-12));
    assertThat(parts.getLast().seconds()).isCloseTo(2 - 0.007654321, within(1e-12));
  }

  @Test
  void theTableShowsEachPartAndTheWhole() {
    var second = 1_000_000_000L;
    var table = new PhaseProfile(new long[] {second, 0, 2 * second, 0, 0}, 0, second).table(8);
    assertThat(table.lines())
        .containsExactly(
            "where the wall time went:",
            "  deliver                1.000 s   12.5 %",
            "  integrate              0.000 s    0.0 %",
            "  update                 2.000 s   25.0 %",
            "  learn                  0.000 s    0.0 %",
            "  emit                   0.000 s    0.0 %",
            "  barrier                0.000 s    0.0 %",
            "  network, counts        1.000 s   12.5 %",
            "  host                   4.000 s   50.0 %",
            "  in all                 8.000 s  100.0 %");
  }

  @Test
  void aRunOfNoTimeHasNoShares() {
    assertThat(new PhaseProfile(new long[5], 0, 0).table(0)).doesNotContain("NaN");
  }

  @Test
  void aChipThatIsNotAskedMeasuresNothing() {
    try (var chip = chip(ChipOptions.reference())) {
      chip.run(3);
      assertThat(chip.profile().chipSeconds()).isZero();
    }
  }
}
