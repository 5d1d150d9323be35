package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Memory words that hold some lanes, against a set of their numbers.
final class LaneWordsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 10, 12, 16, 21, 32, 64})
  void wordsAreThoseOfTheLanes(int perWord) {
    for (int seed = 0; seed < 300; seed++) {
      var random = new SplittableRandom(seed);
      int words = 1 + random.nextInt(4);
      int at = random.nextInt(3);
      int rarity = 1 + random.nextInt(40);
      long[] lanes = bits(random, words, rarity);
      long[] mask = random.nextBoolean() ? null : bits(random, at + words, 2);
      long expected =
          IntStream.range(0, 64 * words)
              .filter(lane -> has(lanes, lane) && (mask == null || has(mask, 64 * at + lane)))
              .map(lane -> lane / perWord)
              .distinct()
              .count();
      assertThat(LaneWords.count(lanes, mask, at, perWord)).as("seed %d", seed).isEqualTo(expected);
    }
  }

  private static long[] bits(SplittableRandom random, int words, int rarity) {
    long[] bits = new long[words];
    for (int lane = 0; lane < 64 * words; lane++) {
      bits[lane / 64] |= random.nextInt(rarity) == 0 ? 1L << lane % 64 : 0;
    }
    return bits;
  }

  private static boolean has(long[] bits, int lane) {
    return (bits[lane / 64] >>> lane % 64 & 1) != 0;
  }
}
