package engram.cli.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class WrapTest {
  @Test
  void breaksAtBlanksBelowTheEndOfTheTitle() {
    String wrapped = Wrap.after("recipe: ", "word, ".repeat(30).strip());
    assertThat(wrapped).startsWith("recipe: word, word,").hasLineCount(3);
    assertThat(wrapped.lines()).allMatch(l -> l.length() <= 79).noneMatch(l -> l.endsWith(" "));
    assertThat(wrapped.lines().skip(1)).allMatch(l -> l.startsWith("        word"));
  }

  @Test
  void leavesShortTextsAndLongWordsAlone() {
    assertThat(Wrap.after("a: ", "b c")).isEqualTo("a: b c");
    assertThat(Wrap.after("a: ", "x".repeat(100))).isEqualTo("a: " + "x".repeat(100));
  }
}
