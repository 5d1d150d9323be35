package engram.isa.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/// Registers and the clock, and how far back they remember.
final class RegistersTest {
  @Test
  void rememberWhatWasWritten127StepsAgo() {
    var registers = new Registers(new int[] {5, -7});
    var random = new Random(1);
    int[][] diary = new int[400][];
    long[] clocks = new long[400];
    int[] now = {5, -7};
    long clock = 0;
    for (int step = 0; step < 400; step++) {
      if (random.nextInt(4) == 0) {
        now[random.nextInt(2)] = random.nextInt();
        registers.write(0, step, now[0]);
        registers.write(1, step, now[1]);
      }
      if (random.nextInt(9) == 0) {
        clock = (long) random.nextInt(100) << 32;
        registers.setClock(step, clock);
      }
      diary[step] = now.clone();
      clocks[step] = clock++;
      for (int back = 0; back < 128; back++) {
        int then = step - back;
        assertThat(registers.value(0, then)).isEqualTo(then < 0 ? 5 : diary[then][0]);
        assertThat(registers.value(1, then)).isEqualTo(then < 0 ? -7 : diary[then][1]);
        assertThat(registers.clock(then)).isEqualTo(then < 0 ? then : clocks[then]);
      }
      registers.advance(step);
    }
  }

  @Test
  void aResetForgetsAllWrites() {
    var registers = new Registers(new int[] {1});
    registers.write(0, 0, 9);
    registers.setClock(0, 77);
    registers.advance(0);
    registers.reset(new int[] {2});
    assertThat(registers.value(0, 0)).isEqualTo(2);
    assertThat(registers.value(0, 1)).isEqualTo(2);
    assertThat(registers.clock(0)).isZero();
    assertThat(registers.clock(-3)).isEqualTo(-3);
  }

  @Test
  void aPastStepCanBeRestored() {
    var registers = new Registers(new int[] {0, 0});
    registers.restore(-2, new int[] {3, 4}, 50);
    assertThat(registers.value(1, -2)).isEqualTo(4);
    assertThat(registers.clock(-2)).isEqualTo(50);
    assertThat(registers.value(1, -1)).isZero();
  }

  @Test
  void aPopulationSeesThemWithItsLag() {
    var registers = new Registers(new int[] {0, 0});
    registers.write(1, 0, 8);
    registers.setClock(0, 3L << 32 | 5);
    var surroundings = new Surroundings(registers, new int[] {-1, 1}, 2, 0, 4);
    registers.advance(0);
    registers.advance(1);
    assertThat(surroundings.global(1, 2, 0)).isEqualTo(8);
    assertThat(surroundings.global(1, 2, 1)).isZero();
    assertThat(surroundings.clock(2, 0)).isEqualTo(3L << 32 | 5);
    assertThat(surroundings.sampleStep(2, 0)).isEqualTo(5);
    assertThat(surroundings.phase(2)).isOne();
    assertThat(surroundings.phase(1)).as("before the clock was set").isEqualTo(3);
  }
}
