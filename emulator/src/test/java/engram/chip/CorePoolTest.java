package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;

/// The threads of a chip.
final class CorePoolTest {
  private static final String CELL =
      """
      .program neuron cell
      .field v : s16
              ld    r0, v
              add   r0, r0, 1
              st    v, r0
      """;

  private static Set<Thread> threads() {
    var found = new HashSet<>(Thread.getAllStackTraces().keySet());
    found.removeIf(thread -> !thread.getName().startsWith("engram-core-"));
    return found;
  }

  @RepeatedTest(20)
  void aClosedChipHasNoThreadAnyMore() {
    var before = threads();
    Set<Thread> own;
    try (var chip =
        new TestImage()
            .population("cell", 30, CELL, 0, 1, 2, 3)
            .load(ChipOptions.reference().withThreads(3).alwaysShared())) {
      chip.run(5);
      assertThat(chip.read("cell", "v")).containsOnly(5);
      own = threads();
      own.removeAll(before);
      assertThat(own).hasSize(2);
    }
    assertThat(own).noneMatch(Thread::isAlive);
  }
}
