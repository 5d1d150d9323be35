package engram.isa;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.testing.Statistics;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The draw function against even and independent bits, along every way in which programs walk
/// through its keys. Seeds are fixed. Limits are in standard deviations: of all the statistics
/// here, about 15,000, good bits would pass 6 with one in a hundred thousand runs of the whole
/// class.
final class DrawStatisticsTest {
  private static final double LIMIT = 6;
  private static final int DRAWS = 1 << 16;
  private static final long[] SEEDS = {0, 1, 2, 42, -1, 0x5eed_0000_0000L};

  /// A way through the keys: draw number i.
  private record Walk(String name, IntUnaryOperator draw) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static long clocked(long seed, Draw.Kind kind, int ordinal, long clock) {
    return Draw.atClock(Draw.base(seed, kind, ordinal), clock);
  }

  static Stream<Walk> walks() {
    return Arrays.stream(SEEDS).boxed().flatMap(DrawStatisticsTest::walks);
  }

  private static Stream<Walk> walks(long seed) {
    long neuron = clocked(seed, Draw.Kind.NEURON, 0, 0);
    long first = Draw.atSite(neuron, 0);
    long base = Draw.base(seed, Draw.Kind.NEURON, 0);
    long synapse = Draw.atSite(clocked(seed, Draw.Kind.SYNAPSE, 0, 5), 0);
    return Stream.of(
        new Walk("lanes", i -> Draw.bits(first, i)),
        new Walk("every 64th lane", i -> Draw.bits(first, i << 6)),
        new Walk("steps", i -> Draw.bits(Draw.atSite(Draw.atClock(base, i), 0), 7)),
        new Walk(
            "samples of 16 steps",
            i -> Draw.bits(Draw.atSite(Draw.atClock(base, (long) (i >> 4) << 32 | i & 15), 0), 7)),
        new Walk("sites", i -> Draw.bits(Draw.atSite(neuron, i), 7)),
        new Walk(
            "64 sites a step", i -> Draw.bits(Draw.atSite(Draw.atClock(base, i >> 6), i & 63), 0)),
        new Walk("targets of a source", i -> Draw.bits(synapse, Draw.synapseLane(3, i))),
        new Walk("sources of a target", i -> Draw.bits(synapse, Draw.synapseLane(i, 3))),
        new Walk(
            "784 sources by 128 targets",
            i -> Draw.bits(synapse, Draw.synapseLane(i / 128, i % 128))),
        new Walk(
            "populations",
            i -> Draw.bits(Draw.atSite(clocked(seed, Draw.Kind.NEURON, i, 0), 0), 0)),
        new Walk(
            "seeds", i -> Draw.bits(Draw.atSite(clocked(seed + i, Draw.Kind.NEURON, 0, 0), 0), 0)));
  }

  private static void within(double deviations, String what) {
    assertThat(Math.abs(deviations)).as(what).isLessThan(LIMIT);
  }

  @ParameterizedTest
  @MethodSource("walks")
  void bytesAreEven(Walk walk) {
    for (int shift = 0; shift < 32; shift += 8) {
      int[] counts = Statistics.bytes(walk.draw(), DRAWS, shift);
      within(Statistics.chiSquare(counts, DRAWS), "byte " + shift / 8);
    }
  }

  @ParameterizedTest
  @MethodSource("walks")
  void bitsAreBalanced(Walk walk) {
    within(Statistics.bitBalance(walk.draw(), DRAWS), "bits");
  }

  @ParameterizedTest
  @MethodSource("walks")
  void neighboursAreUncorrelated(Walk walk) {
    for (int lag : new int[] {1, 2, 3, 16, 64, 128, 784}) {
      within(Statistics.serial(walk.draw(), DRAWS, lag), "lag " + lag);
    }
  }

  @ParameterizedTest
  @MethodSource("walks")
  void pairsOfNeighboursAreEven(Walk walk) {
    for (int shift : new int[] {0, 8, 16, 28}) {
      within(Statistics.pairs(walk.draw(), DRAWS, shift), "bits from " + shift);
    }
  }

  /// Every bit of a draw against every bit of the next one: none foretells another.
  @ParameterizedTest
  @MethodSource("walks")
  void noBitForetellsABitOfTheNextDraw(Walk walk) {
    int count = 1 << 13;
    int[][] differ = new int[32][32];
    for (int i = 0; i < count; i++) {
      int now = walk.draw().applyAsInt(i);
      int next = walk.draw().applyAsInt(i + 1);
      for (int bit = 0; bit < 32; bit++) {
        Statistics.addBits(differ[bit], next ^ -(now >>> bit & 1));
      }
    }
    for (int[] counts : differ) {
      within(Statistics.worst(counts, count), "bits of the next draw");
    }
  }

  /// Two programs that differ in one thing draw as if they had nothing to do with each other.
  @Test
  void programsAreIndependentOfEachOther() {
    for (long seed : SEEDS) {
      long one = Draw.atSite(clocked(seed, Draw.Kind.NEURON, 0, 0), 0);
      for (long other :
          List.of(
              Draw.atSite(clocked(seed + 1, Draw.Kind.NEURON, 0, 0), 0),
              Draw.atSite(clocked(~seed, Draw.Kind.NEURON, 0, 0), 0),
              Draw.atSite(clocked(seed, Draw.Kind.ROW, 0, 0), 0),
              Draw.atSite(clocked(seed, Draw.Kind.SYNAPSE, 0, 0), 0),
              Draw.atSite(clocked(seed, Draw.Kind.INIT, 0, 0), 0),
              Draw.atSite(clocked(seed, Draw.Kind.REWIRE, 0, 0), 0),
              Draw.atSite(clocked(seed, Draw.Kind.FLIP, 0, 0), 0),
              Draw.atSite(clocked(seed, Draw.Kind.LOSS, 0, 0), 0),
              Draw.atSite(clocked(seed, Draw.Kind.NEURON, 1, 0), 0),
              Draw.atSite(clocked(seed, Draw.Kind.NEURON, 0, 1), 0),
              Draw.atSite(clocked(seed, Draw.Kind.NEURON, 0, 1L << 32), 0),
              Draw.atSite(clocked(seed, Draw.Kind.NEURON, 0, 0), 1))) {
        IntUnaryOperator a = i -> Draw.bits(one, i);
        IntUnaryOperator b = i -> Draw.bits(other, i);
        within(Statistics.correlation(a, b, DRAWS), "correlation");
        IntUnaryOperator differ = i -> a.applyAsInt(i) ^ b.applyAsInt(i);
        within(Statistics.bitBalance(differ, DRAWS), "bits that differ");
        for (int shift = 0; shift < 32; shift += 8) {
          int[] counts = Statistics.bytes(differ, DRAWS, shift);
          within(Statistics.chiSquare(counts, DRAWS), "bytes that differ");
        }
      }
    }
  }

  /// Turning one bit of a part of the key turns each bit of the draw in half of the cases.
  private static void avalanche(String part, int bits, LongUnaryOperator draw) {
    int count = 1 << 13;
    var random = new Random(part.hashCode());
    for (int bit = 0; bit < bits; bit++) {
      int[] turned = new int[32];
      for (int i = 0; i < count; i++) {
        long value = random.nextLong();
        long before = draw.applyAsLong(value);
        Statistics.addBits(turned, (int) (before ^ draw.applyAsLong(value ^ 1L << bit)));
      }
      within(Statistics.worst(turned, count), part + ", bit " + bit);
    }
  }

  @Test
  void everyBitOfTheKeyTurnsHalfOfTheDraw() {
    var kind = Draw.Kind.NEURON;
    avalanche("lane", 32, x -> Draw.bits(Draw.atSite(x >>> 32, 0), (int) x));
    avalanche("seed", 64, x -> Draw.bits(Draw.atSite(clocked(x, kind, 0, 0), 0), 0));
    avalanche(
        "ordinal",
        31,
        x -> Draw.bits(Draw.atSite(clocked(1, kind, (int) x & 0x7fff_ffff, 0), 0), 0));
    avalanche("clock", 64, x -> Draw.bits(Draw.atSite(clocked(1, kind, 0, x), 0), 0));
    long step = clocked(1, kind, 0, 3);
    avalanche("site", 31, x -> Draw.bits(Draw.atSite(step, (int) x & 0x7fff_ffff), 0));
  }

  /// A Bernoulli draw hits as often as it should however rare it is, and in every lane.
  @Test
  void rareEventsAreAsRareAsTheyShouldBe() {
    for (int threshold : new int[] {1, 3, 64, 1000}) {
      double chance = threshold / 65536.0;
      int lanes = 1000;
      int steps = 3000;
      long hits = 0;
      for (int step = 0; step < steps; step++) {
        long key = Draw.atSite(clocked(9, Draw.Kind.NEURON, 2, step), 1);
        for (int lane = 0; lane < lanes; lane++) {
          hits += Draw.bits(key, lane) >>> 16 < threshold ? 1 : 0;
        }
      }
      double mean = chance * lanes * steps;
      within((hits - mean) / Math.sqrt(mean * (1 - chance)), "hits of " + threshold);
    }
  }

  /// The statistics see what they are for: a counter, a sticky bit, a repeated step.
  @Test
  void badGeneratorsFail() {
    IntUnaryOperator counter = i -> i << 16;
    assertThat(Math.abs(Statistics.chiSquare(Statistics.bytes(counter, DRAWS, 8), DRAWS)))
        .isGreaterThan(LIMIT);
    long key = Draw.atSite(clocked(1, Draw.Kind.NEURON, 0, 0), 0);
    IntUnaryOperator sticky = i -> Draw.bits(key, i) | (i % 16 == 0 ? 1 << 5 : 0);
    assertThat(Statistics.bitBalance(sticky, DRAWS)).isGreaterThan(LIMIT);
    IntUnaryOperator repeated = i -> Draw.bits(key, i / 2);
    assertThat(Statistics.serial(repeated, DRAWS, 1)).isGreaterThan(LIMIT);
    assertThat(Statistics.pairs(repeated, DRAWS, 28)).isGreaterThan(LIMIT);
  }
}
