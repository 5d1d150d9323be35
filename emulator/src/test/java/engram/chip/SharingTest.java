package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/// Which steps threads share, on a machine whose clock is a formula.
final class SharingTest {
  private static final int STEPS = 20_000;

  private final Sharing sharing = new Sharing();
  private final Random random = new Random(1);

  /// Nanoseconds that one of 300 steps takes longer.
  private long interruption;

  /// Runs steps; returns the share of them that several threads ran.
  ///
  /// @param cycles of a step, at most; half of that at least
  /// @param alone nanoseconds a cycle of one thread
  /// @param together of several
  /// @param wake nanoseconds that a step takes longer which is shared and follows one that is not
  private double share(int cycles, double alone, double together, long wake) {
    int shared = 0;
    boolean before = false;
    for (int i = 0; i < STEPS; i++) {
      boolean now = sharing.together();
      shared += now ? 1 : 0;
      int worked = cycles / 2 + random.nextInt(cycles / 2);
      switch (sharing.next()) {
        case TIMED -> {
          double nanos = worked * (now ? together : alone) + (now && !before ? wake : 0);
          nanos += random.nextInt(300) == 0 ? interruption : 0;
          sharing.took((long) nanos, worked);
        }
        case CORES_TIMED -> assertThat(now).isFalse();
        case PLAIN -> {}
      }
      before = now;
    }
    return (double) shared / STEPS;
  }

  @Test
  void whatIsFasterTogetherIsShared() {
    share(20_000, 0.5, 0.3, 1_000_000);
    assertThat(share(20_000, 0.5, 0.3, 1_000_000)).isGreaterThan(0.9);
  }

  @Test
  void whatIsSlowerTogetherIsNot() {
    share(20_000, 0.5, 0.6, 1_000_000);
    assertThat(share(20_000, 0.5, 0.6, 1_000_000)).isLessThan(0.1);
  }

  /// It would cost more to try than it can bring.
  @Test
  void whatIsAsFastIsNotShared() {
    share(20_000, 0.5, 0.49, 0);
    assertThat(share(20_000, 0.5, 0.49, 0)).isLessThan(0.2);
  }

  @Test
  void aProcessorThatIsTakenAwayIsMissedAndItsReturnNoticed() {
    share(20_000, 0.5, 0.3, 0);
    share(20_000, 0.5, 2, 0);
    assertThat(share(20_000, 0.5, 2, 0)).isLessThan(0.1);
    share(20_000, 0.5, 0.3, 0);
    share(20_000, 0.5, 0.3, 0);
    assertThat(share(20_000, 0.5, 0.3, 0)).isGreaterThan(0.9);
  }

  /// With steps that take ten times as long as alone, all trials together take less than the rest.
  @Test
  void aHopelessTrialIsShort() {
    assertThat(share(20_000, 0.5, 50, 0)).isLessThan(0.02);
  }

  /// Once in 300 steps another program takes the processor for half a millisecond, whichever way.
  @Test
  void whatInterruptsAThreadOnceDoesNotDecide() {
    interruption = 500_000;
    share(20_000, 0.5, 0.3, 0);
    assertThat(share(20_000, 0.5, 0.3, 0)).isGreaterThan(0.9);
    share(20_000, 0.5, 0.6, 0);
    share(20_000, 0.5, 0.6, 0);
    assertThat(share(20_000, 0.5, 0.6, 0)).isLessThan(0.1);
  }

  @Test
  void aStepInWhichACoreStoppedSaysNothing() {
    sharing.took(500_000, -1);
    share(20_000, 0.5, 0.3, 0);
    assertThat(share(20_000, 0.5, 0.3, 0)).isGreaterThan(0.9);
  }

  @Test
  void mostShortStepsAreNotTimed() {
    int timed = 0;
    for (int i = 0; i < STEPS; i++) {
      if (sharing.next() != Sharing.Step.PLAIN) {
        timed++;
        sharing.took(500, 1_000);
      }
    }
    assertThat(timed).isLessThan(STEPS / 10);
  }

  /// Long steps are few: a trial comes within some of them.
  @Test
  void longStepsAreTriedSoon() {
    int alone = 0;
    while (!sharing.together()) {
      if (sharing.next() == Sharing.Step.TIMED) {
        sharing.took(30_000_000, 60_000_000);
      }
      alone++;
    }
    assertThat(alone).isLessThan(30);
  }
}
