package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Writes of a host into the fields of a population that lies on two cores.
final class FieldWriterTest {
  private static final String CELL =
      """
      .program neuron cell
      .field v : s8
              ld    r0, v
              st    v, r0
      """;

  private static Chip chip() {
    return new TestImage().population("cell", 7, CELL, 0, 1).load();
  }

  @Test
  void partOfAnArrayGoesToNeuronsOfBothCores() {
    try (var chip = chip()) {
      chip.field("cell", "v").write(2, new int[] {99, -128, 1, 2, 127, 99}, 1, 4);
      chip.step();
      assertThat(chip.read("cell", "v")).containsExactly(0, 0, -128, 1, 2, 127, 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"128, 5", "-129, 5", "2147483647, -2147483648", "-2147483648, 2147483647"})
  void ofValuesThatDoNotFitTheFirstIsNamedAndNoneWritten(int wrong, int behind) {
    try (var chip = chip()) {
      var field = chip.field("cell", "v");
      assertThatThrownBy(() -> field.write(2, new int[] {300, 7, wrong, behind, 8}, 1, 4))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("v of neuron 3: " + wrong + " (expected: -128 to 127)");
      chip.step();
      assertThat(chip.read("cell", "v")).containsOnly(0);
    }
  }
}
