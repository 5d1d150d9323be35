package engram.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.isa.testing.Exact;
import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class NumberFormatTest {
  @Property(tries = 2000, seed = "21")
  void narrowsAsTheWidthSays(
      @ForAll long value, @ForAll boolean signed, @ForAll @IntRange(min = 1, max = 31) int bits) {
    var format = new NumberFormat(signed, bits, 0);
    for (long x : new long[] {value, value >> 32, value >> 50, format.max() + 1L}) {
      var exact = BigInteger.valueOf(x);
      var saturated = Exact.narrow(exact, format, Overflow.SATURATE);
      assertThat(format.saturate(x)).isEqualTo(saturated.intValueExact());
      assertThat(format.wrap(x))
          .isEqualTo(Exact.narrow(exact, format, Overflow.WRAP).intValueExact());
      assertThat(format.holds(x)).isEqualTo(saturated.equals(exact));
    }
  }

  @Test
  void theWidestFormatHoldsARegister() {
    assertThat(NumberFormat.S32.min()).isEqualTo(Integer.MIN_VALUE);
    assertThat(NumberFormat.S32.max()).isEqualTo(Integer.MAX_VALUE);
    assertThat(NumberFormat.S32.wrap(1L << 31)).isEqualTo(Integer.MIN_VALUE);
    assertThat(NumberFormat.unsigned(31).max()).isEqualTo(Integer.MAX_VALUE);
    assertThat(NumberFormat.BIT.max()).isOne();
    assertThat(NumberFormat.signed(1).min()).isEqualTo(-1);
    assertThat(NumberFormat.signed(1).max()).isZero();
  }

  @Test
  void refusesWidthsThatARegisterDoesNotHold() {
    assertThatThrownBy(() -> NumberFormat.signed(33)).hasMessage("s width: 33 (expected: 1 to 32)");
    assertThatThrownBy(() -> NumberFormat.unsigned(32))
        .hasMessage("u width: 32 (expected: 1 to 31)");
    assertThatThrownBy(() -> NumberFormat.signed(0)).hasMessage("s width: 0 (expected: 1 to 32)");
    assertThatThrownBy(() -> new NumberFormat(true, 8, 32))
        .hasMessage("fraction bits: 32 (expected: 0 to 31)");
  }

  @Test
  void theFractionSaysWhatOneIs() {
    var q10 = new NumberFormat(true, 24, 10);
    assertThat(q10.toReal(1 << 10)).isEqualTo(1.0);
    assertThat(q10.toReal(-256)).isEqualTo(-0.25);
    assertThat(q10).hasToString("s24 q(10)");
    assertThat(NumberFormat.BIT).hasToString("u1");
  }
}
