package engram.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AmountTest {
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
  void hasThreeDigits(double count, String text) {
    assertThat(Amount.of(count)).isEqualTo(text);
  }
}
