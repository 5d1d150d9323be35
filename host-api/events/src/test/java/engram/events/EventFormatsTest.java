package engram.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EventFormatsTest {
  @ParameterizedTest
  @CsvSource({
    "a.eev, eev",
    "some/folder.d/00001.bin, n-mnist",
    "1.bs2, slayer",
    "A.CSV, csv",
    "dvSave-2023.aedat4, aedat4",
  })
  void aFileIsKnownByItsExtension(String file, String format) {
    assertThat(EventFormats.ofFile(file).name()).isEqualTo(format);
    assertThat(EventFormats.named(format)).isSameAs(EventFormats.ofFile(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.raw", "csv", "a.", "a.csv.gz"})
  void otherFilesAreRefusedByName(String file) {
    assertThatThrownBy(() -> EventFormats.ofFile(file))
        .isInstanceOf(EventFormatException.class)
        .hasMessage(file + ": extension (expected: .eev, .bin, .bs2, .csv, .aedat4)");
  }

  @Test
  void aNameThatIsNoneIsRefused() {
    assertThatThrownBy(() -> EventFormats.named("aer"))
        .hasMessage("format: aer (expected: eev, n-mnist, slayer, csv, aedat4)");
  }

  @Test
  void namesAndExtensionsAreDifferent() {
    var names = new HashSet<String>();
    for (var format : EventFormats.ALL) {
      assertThat(names.add(format.name())).isTrue();
      for (String extension : format.extensions()) {
        assertThat(names.add("." + extension)).isTrue();
      }
    }
  }
}
