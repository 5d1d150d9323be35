package engram.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

final class LinksTest {
  static final java.util.List<Page> PAGES = Page.all();

  @Test
  void allManualsAreThere() {
    assertThat(PAGES)
        .extracting(Page::toString)
        .containsAll(Page.MANUALS.stream().map(name -> Path.of("docs", name).toString()).toList());
  }

  @ParameterizedTest
  @FieldSource("PAGES")
  void everyLinkLeadsSomewhere(Page page) {
    for (var link : page.links()) {
      if (!link.target().matches("(https?|mailto):.*")) {
        String[] parts = link.target().split("#", 2);
        Path target = parts[0].isEmpty() ? page.file() : page.file().resolveSibling(parts[0]);
        String where = "%s:%d: %s".formatted(page, link.line(), link.target());
        assertThat(target.normalize()).as(where).exists().startsWith(Page.ROOT);
        if (parts.length > 1) {
          assertThat(Files.isRegularFile(target)).as(where).isTrue();
          assertThat(Page.read(target).anchors()).as(where).contains(parts[1]);
        }
      }
    }
  }

  @Test
  void anchorsAreThoseOfCodeHosts() {
    assertThat(Page.manual("isa.md").anchors())
        .contains("the-instruction-set", "draws-and-sites", "the-instruction-word");
  }
}
