package engram.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ContestTest {
  private static final double UNKNOWN = Double.NaN;

  /// Takes laps that are known beforehand, and notes whose turn it is.
  private record Scripted(String name, ArrayDeque<Lap> left, List<String> turns)
      implements Contender {
    @Override
    public Lap lap() {
      turns.add(name);
      return left.remove();
    }
  }

  private static Lap lap(double steps, double wallSeconds, double cpuSeconds) {
    return new Lap(steps, 10 * steps, 0, wallSeconds, cpuSeconds);
  }

  @Test
  void contendersTakeTurns() throws IOException {
    var turns = new ArrayList<String>();
    var laps = List.of(lap(1, 1, 1), lap(1, 2, 2), lap(1, 3, 3));
    var a = new Scripted("a", new ArrayDeque<>(laps), turns);
    var b = new Scripted("b", new ArrayDeque<>(laps), turns);
    var tallies = Contest.run(3, List.of(a, b));
    assertThat(turns).containsExactly("a", "b", "a", "b", "a", "b");
    assertThat(tallies).extracting(Tally::name).containsExactly("a", "b");
    assertThat(tallies.getFirst().laps()).isEqualTo(laps);
  }

  @Test
  void speedsAreMedians() {
    var odd = new Tally("odd", List.of(lap(6, 1, 2), lap(6, 6, 3), lap(6, 2, 6)));
    assertThat(odd.perSecond(Lap::steps)).isEqualTo(3);
    assertThat(odd.perCpuSecond(Lap::operations)).isEqualTo(20);
    var even = new Tally("even", List.of(lap(6, 1, UNKNOWN), lap(6, 2, UNKNOWN)));
    assertThat(even.perSecond(Lap::steps)).isEqualTo(4.5);
    assertThat(even.perCpuSecond(Lap::steps)).isNaN();
  }

  /// The machine is twice as slow in the second round, for both.
  @Test
  void ratiosAreTakenWithinARound() {
    var fast = new Tally("fast", List.of(lap(4, 1, UNKNOWN), lap(4, 2, UNKNOWN)));
    var slow = new Tally("slow", List.of(lap(1, 1, UNKNOWN), lap(1, 2, UNKNOWN)));
    assertThat(fast.ratioTo(slow, Lap::steps)).isEqualTo(4);
    assertThat(slow.ratioTo(fast, Lap::operations)).isEqualTo(0.25);
  }

  @Test
  void ratiosGoByProcessorTimeWhereBothKnowIt() {
    var one = new Tally("one", List.of(lap(1, 8, 1)));
    var other = new Tally("other", List.of(lap(1, 8, 2)));
    var threads = new Tally("threads", List.of(lap(1, 4, UNKNOWN)));
    assertThat(one.ratioTo(other, Lap::steps)).isEqualTo(2);
    assertThat(threads.ratioTo(one, Lap::steps)).isEqualTo(2);
  }

  @Test
  void theExponentOfAPowerIsItsOwn() {
    double[] x = {10, 100, 1_000, 10_000};
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = 3 * Math.pow(x[i], 1.25);
    }
    assertThat(GrowthCase.exponent(x, y)).isCloseTo(1.25, within(1e-12));
  }
}
