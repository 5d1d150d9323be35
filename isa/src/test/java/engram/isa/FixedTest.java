package engram.isa;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.testing.Edges;
import engram.isa.testing.Exact;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The arithmetic of 64-bit values, which programs reach through `acc` alone, and what stochastic
/// rounding promises.
final class FixedTest {
  private static final long[] LONGS = {
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1,
    -(1L << 62),
    -(1L << 32) - 1,
    -(1L << 32),
    Integer.MIN_VALUE - 1L,
    Integer.MIN_VALUE,
    -3,
    -2,
    -1,
    0,
    1,
    2,
    3,
    Integer.MAX_VALUE,
    Integer.MAX_VALUE + 1L,
    (1L << 32) - 1,
    1L << 32,
    1L << 62,
    Long.MAX_VALUE - 1,
    Long.MAX_VALUE
  };

  private static BigInteger big(long x) {
    return BigInteger.valueOf(x);
  }

  private static BigInteger unsigned(int random) {
    return big(Integer.toUnsignedLong(random));
  }

  @Property(tries = 3000, seed = "11")
  void everyShiftOfEveryNumberIsRoundedExactly(
      @ForAll long x, @ForAll @IntRange(max = 63) int n, @ForAll Rounding how, @ForAll int random) {
    assertThat(Fixed.roundShift(x, n, how, random))
        .isEqualTo(Exact.shift(big(x), n, how, unsigned(random)).longValueExact());
  }

  @Test
  void edgesAreRoundedExactlyByEveryShift() {
    for (long x : LONGS) {
      for (int n = 0; n < 64; n++) {
        for (var rounding : Rounding.values()) {
          for (int random : new int[] {0, 1, 0x7fff_ffff, 0x8000_0000, -1}) {
            assertThat(Fixed.roundShift(x, n, rounding, random))
                .as("%d >> %d %s", x, n, rounding)
                .isEqualTo(Exact.shift(big(x), n, rounding, unsigned(random)).longValueExact());
          }
        }
      }
    }
  }

  @Test
  void sumsSaturateAt64Bits() {
    for (long a : LONGS) {
      for (long b : LONGS) {
        assertThat(Fixed.accumulate(a, b))
            .isEqualTo(Exact.saturate(big(a).add(big(b)), 64).longValueExact());
        assertThat(Fixed.decumulate(a, b))
            .isEqualTo(Exact.saturate(big(a).subtract(big(b)), 64).longValueExact());
      }
    }
  }

  @Test
  void narrowingSaturatesAt32Bits() {
    for (long x : LONGS) {
      assertThat(Fixed.saturate(x)).isEqualTo(Exact.saturate(big(x), 32).intValueExact());
    }
  }

  @Test
  void sumsAndDifferencesSaturateAt32Bits() {
    for (int a : Edges.values()) {
      for (int b : Edges.values()) {
        assertThat(Fixed.addSaturating(a, b))
            .isEqualTo(Exact.saturate(big(a).add(big(b)), 32).intValueExact());
        assertThat(Fixed.subtractSaturating(a, b))
            .isEqualTo(Exact.saturate(big(a).subtract(big(b)), 32).intValueExact());
      }
    }
  }

  /// Over all values that the random bits can take, a number is rounded up just as often as its
  /// dropped fraction says: the mean is the number, exactly.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 12})
  void theMeanOverAllRandomBitsIsExact(int n) {
    var random = new Random(n);
    for (int i = 0; i < 50; i++) {
      long x = random.nextLong() >> random.nextInt(20, 60);
      long sum = 0;
      for (int bits = 0; bits < 1 << n; bits++) {
        // Bits below the top n change nothing.
        int below = random.nextInt() >>> n;
        sum += Fixed.roundShift(x, n, Rounding.STOCHASTIC, bits << (32 - n) | below);
      }
      assertThat(sum).as("x = %d", x).isEqualTo(x);
    }
  }

  @Test
  void aNumberWithoutFractionIsNeverMoved() {
    for (int n = 0; n < 63; n++) {
      for (long x : new long[] {-1, 0, 1}) {
        assertThat(Fixed.roundShift(x << n, n, Rounding.STOCHASTIC, -1)).isEqualTo(x);
      }
    }
  }

  /// Of 32 random bits and more than 32 dropped ones, the lowest dropped bits alone never round up.
  @Test
  void beyond32BitsTheRandomFractionHasZerosBelow() {
    assertThat(Fixed.roundShift((1L << 8) - 1, 40, Rounding.STOCHASTIC, -1)).isZero();
    assertThat(Fixed.roundShift(1L << 8, 40, Rounding.STOCHASTIC, -1)).isOne();
  }

  @Test
  void tableLooksAreClippedToTheTable() {
    int[] table = {5, -7, 9};
    assertThat(Fixed.lookUp(table, Integer.MIN_VALUE)).isEqualTo(5);
    assertThat(Fixed.lookUp(table, 2)).isEqualTo(9);
    assertThat(Fixed.lookUp(table, Integer.MAX_VALUE)).isEqualTo(9);
    assertThat(Fixed.interpolate(table, -1, 4)).isEqualTo(5);
    assertThat(Fixed.interpolate(table, 8, 4)).isEqualTo(-1);
    assertThat(Fixed.interpolate(table, 33, 4)).isEqualTo(9);
  }

  @Property(tries = 2000, seed = "12")
  void interpolationIsExactBetweenExtremes(
      @ForAll int x, @ForAll @IntRange(max = 16) int fraction, @ForAll int[] more) {
    int[] table = Arrays.copyOf(more, more.length + 2);
    table[more.length] = Integer.MIN_VALUE;
    table[more.length + 1] = Integer.MAX_VALUE;
    for (int at : new int[] {x, x >> 12, ((more.length << fraction) + (x & 0xffff))}) {
      assertThat(Fixed.interpolate(table, at, fraction))
          .isEqualTo(Exact.interpolate(table, big(at), fraction).intValueExact());
    }
  }
}
