package engram.chip.preset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class EnergyTest {
  @Test
  void aModelWithoutAnyFigureMissesEverythingThatWasCounted() {
    long[] counts = new long[Counter.values().length];
    counts[Counter.ROWS_READ.ordinal()] = 3;
    var energy = Energy.of(new EnergyModel("unknown", null, Map.of(), Map.of()), counts, 1);
    assertThat(energy.joules()).isEmpty();
    assertThat(energy.knownJoules()).isZero();
    assertThat(energy.missing()).containsExactly("rows-read", "static-power");
  }
}
