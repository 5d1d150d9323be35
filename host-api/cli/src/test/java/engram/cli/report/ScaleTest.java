package engram.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScaleTest {
  @ParameterizedTest
  @CsvSource({
    "0,  100,  5, 0,    20,   100, 0",
    "79, 92.5, 6, 75,   80,   95,  75",
    "0,  0.7,  5, 0.0,  0.2,  0.8, 0.0",
    "97, 98,   5, 97.0, 97.2, 98,  97.0",
    "5,  5,    5, 5,    6,    6,   5",
  })
  void endsAndMarksAreRoundNumbers(
      double least, double most, int marks, String first, String second, double high, double low) {
    var scale = Scale.around(least, most, marks, 0, 1);
    assertThat(scale.label(0)).isEqualTo(first);
    assertThat(scale.label(1)).isEqualTo(second);
    assertThat(scale.high()).isEqualTo(high);
    assertThat(scale.low()).isEqualTo(low);
  }

  @Test
  void holdsWhateverItIsMadeAround() {
    var random = new Random(5);
    for (int i = 0; i < 10_000; i++) {
      double least = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(12) - 3);
      double most = least + random.nextDouble() * Math.pow(10, random.nextInt(12) - 3);
      var scale = Scale.around(least, most, 6, 300, 40);
      String what = least + " to " + most;
      assertThat(scale.at(least)).as(what).isBetween(39.99, 300.01);
      assertThat(scale.at(most)).as(what).isBetween(39.99, 300.01);
      assertThat(scale.marks()).as(what).isBetween(2, 10);
      for (int mark = 1; mark < scale.marks(); mark++) {
        assertThat(scale.label(mark)).as(what).isNotEqualTo(scale.label(mark - 1));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "7, 7",
    "950, 950",
    "999.4, 999",
    "999.6, 1.0k",
    "12345, 12.3k",
    "99960, 100k",
    "4600000, 4.6M",
    "1284225374, 1.3G",
    "200e9, 200G"
  })
  void amountsHaveThreeDigits(double value, String text) {
    assertThat(Scale.amount(value)).isEqualTo(text);
  }
}
