package engram.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class TimestepsTest {
  @Test
  void anEventBelongsToTheStepInWhichItHappened() {
    var batch = Batches.of(0, 1, 999, 2, 1000, 3, -1, 4);
    Timesteps.of(1000).bin(batch);
    assertThat(batch).isEqualTo(Batches.of(0, 1, 0, 2, 1, 3, -1, 4));
  }

  @Test
  void stepsCanBeginElsewhere() {
    var steps = Timesteps.of(10).from(1_700_000_000_000_005L);
    assertThat(steps.step(1_700_000_000_000_014L)).isZero();
    assertThat(steps.step(1_700_000_000_000_015L)).isEqualTo(1);
    assertThat(steps.start(1)).isEqualTo(1_700_000_000_000_015L);
  }

  @Property(tries = 500, seed = "2")
  void aStepBeginsAtItsStart(
      @ForAll @LongRange(min = 1, max = 1 << 20) long length,
      @ForAll @LongRange(min = -(1L << 40), max = 1L << 40) long origin,
      @ForAll @LongRange(min = -(1L << 40), max = 1L << 40) long time) {
    var steps = Timesteps.of(length).from(origin);
    long step = steps.step(time);
    assertThat(time).isBetween(steps.start(step), steps.start(step + 1) - 1);
  }

  @Test
  void stepsWithoutLengthAreRefused() {
    assertThatThrownBy(() -> Timesteps.of(0))
        .hasMessage("microseconds a step: 0 (expected: at least 1)");
  }
}
