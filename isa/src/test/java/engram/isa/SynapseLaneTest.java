package engram.isa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// No two synapses of a projection share a lane, up to the sizes that docs/random.md promises.
final class SynapseLaneTest {
  /// Two synapses share a lane if the distance of their sources, times the constant, is modulo 2^32
  /// the distance of their targets. So as many targets are safe as the smallest such product says,
  /// over all distances of sources.
  private static long safeTargets(int sources) {
    long smallest = 1L << 32;
    for (int distance = 1; distance < sources; distance++) {
      long product = Integer.toUnsignedLong(Draw.synapseLane(distance, 0));
      smallest = Math.min(smallest, Math.min(product, (1L << 32) - product));
    }
    return smallest;
  }

  @ParameterizedTest
  @CsvSource({
    "1024, 1954453",
    "8192, 341411",
    "32768, 82466",
    "65536, 11547",
    "262144, 11547",
    "2097152, 1637",
  })
  void sourcesAndTargetsThatAreSafe(int sources, int targets) throws IOException {
    assertThat(safeTargets(sources)).isEqualTo(targets);
    var page = Files.readString(Path.of("..", "docs", "random.md"));
    assertThat(page).contains(String.format(Locale.ROOT, "| %,d | %,d |", sources, targets));
  }

  @Test
  void lanesOfABlockAreAllDifferent() {
    int sources = 1500;
    int targets = 1500;
    int[] lanes =
        IntStream.range(0, sources * targets)
            .map(i -> Draw.synapseLane(i / targets, i % targets))
            .sorted()
            .toArray();
    for (int i = 1; i < lanes.length; i++) {
      assertThat(lanes[i]).isNotEqualTo(lanes[i - 1]);
    }
  }

  /// Beyond what is promised they can meet: the bound is no more careful than it must be.
  @Test
  void oneTargetMoreThanPromisedMeets() {
    int[] distances =
        IntStream.range(1, 65536)
            .filter(d -> {
              long product = Integer.toUnsignedLong(Draw.synapseLane(d, 0));
              return Math.min(product, (1L << 32) - product) == 11547;
            })
            .toArray();
    assertThat(distances).hasSize(1);
    int meets = Draw.synapseLane(distances[0], 0);
    assertThat(Arrays.asList(Draw.synapseLane(0, 11547), Draw.synapseLane(0, -11547)))
        .contains(meets);
  }

  /// One draw of all lanes never gives the same 32 bits twice: the function is a permutation.
  @Test
  void differentLanesNeverShareTheirBits() {
    long key = Draw.atSite(Draw.atClock(Draw.base(3, Draw.Kind.NEURON, 0), 9), 2);
    int[] drawn = IntStream.range(0, 1 << 20).map(lane -> Draw.bits(key, lane)).sorted().toArray();
    for (int i = 1; i < drawn.length; i++) {
      assertThat(drawn[i] == drawn[i - 1]).isFalse();
    }
  }
}
