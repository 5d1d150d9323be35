package engram.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PageTest {
  private static final String LIBRARY = "Licensed to the Apache Software Foundation";

  /// Attributes by which a browser loads something.
  private static final Set<String> LOADING =
      Set.of(
          "src",
          "srcset",
          "href",
          "xlink:href",
          "data",
          "action",
          "formaction",
          "poster",
          "ping",
          "background",
          "manifest",
          "code",
          "archive");

  private static Chart chart(String name) {
    var chart = Chart.of("Title of " + name, 300, 200, "{\"series\": [{\"data\": [1, 2]}]}");
    chart.at("/series/0").put("name", name);
    return chart;
  }

  private static Page page(String text) {
    return new Page()
        .title(text)
        .heading(text)
        .paragraph(text)
        .table(text)
        .chart(chart(text), text);
  }

  @Test
  void containsTheLibraryThatDraws() {
    var scripts = OpenedPage.of(page("text").html()).scripts();
    assertThat(scripts).hasSize(3);
    assertThat(scripts.get(1)).contains(LIBRARY, "\"5.5.0\"").hasSizeGreaterThan(1_000_000);
    assertThat(scripts.get(2)).contains("echarts.init(", "renderer: \"svg\"");
  }

  @Test
  void loadsNothing() {
    var page = OpenedPage.of(page("text").html());
    for (var element : page.all("*")) {
      for (int i = 0; i < element.getAttributes().getLength(); i++) {
        var attribute = element.getAttributes().item(i);
        assertThat(attribute.getNodeName()).isNotIn(LOADING);
        assertThat(attribute.getNodeValue()).doesNotContain("url(", "http:", "https:");
      }
    }
    assertThat(page.all("link")).isEmpty();
    assertThat(page.all("base")).isEmpty();
    assertThat(page.texts("style")).noneMatch(css -> css.contains("@import"));
    assertThat(page.texts("style")).noneMatch(css -> css.contains("url("));
    assertThat(page.scripts().getFirst() + page.scripts().getLast())
        .doesNotContain("//", "image:", "fetch", "import");
  }

  /// Names of licences and of namespaces, which a browser never loads.
  @Test
  void theLibraryNamesNoAddressThatCouldBeLoaded() {
    var addresses = new TreeSet<String>();
    var address =
        Pattern.compile("(?:https?:)?//[a-zA-Z0-9.-]+\\.[a-z]{2,}[a-zA-Z0-9./_-]*")
            .matcher(OpenedPage.of(page("text").html()).scripts().get(1));
    while (address.find()) {
      addresses.add(address.group());
    }
    assertThat(addresses)
        .containsExactly(
            "http://www.apache.org/licenses/LICENSE-2.0",
            "http://www.w3.org/1999/xlink",
            "http://www.w3.org/2000/svg",
            "http://www.w3.org/2000/xmlns/",
            "http://www.w3.org/XML/1998/namespace",
            "https://github.com/ecomfe/zrender/blob/master/LICENSE.txt");
  }

  @Test
  void forbidsTheBrowserToLoadAnything() {
    var policy = OpenedPage.of(page("text").html()).all("meta").get(1);
    assertThat(policy.getAttribute("http-equiv")).isEqualTo("Content-Security-Policy");
    assertThat(policy.getAttribute("content"))
        .isEqualTo(
            "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "</script><script>alert(1)</script>",
        "</SCRIPT >",
        "<!-- <script>",
        "a < b & c > d",
        "quoted \"so\" and 'so'",
        "</pre></h1><img src=x onerror=alert(1)>",
        "back\\slash, ]]>, &amp; \u2028 and 𝄞"
      })
  void noTextBreaksOut(String text) {
    var page = OpenedPage.of(page(text).html());
    assertThat(page.scripts()).hasSize(3);
    assertThat(page.scripts()).noneMatch(script -> script.contains("<!--"));
    assertThat(page.texts("h1")).containsExactly(text);
    assertThat(page.texts("h2")).containsExactly(text, "Title of " + text);
    assertThat(page.texts("p").getLast()).isEqualTo(text);
    assertThat(page.texts("pre")).containsExactly(text);
    assertThat(page.texts("figcaption")).containsExactly(text);
    assertThat(page.charts()).isEqualTo(Map.of("Title of " + text, chart(text).option()));
    assertThat(page.all("img")).isEmpty();
  }

  @Test
  void saysWhatAChartShowsToThoseWhoCannotSeeIt() {
    var place = OpenedPage.of(page("a \"b\"").html()).all("div").getFirst();
    assertThat(place.getAttribute("role")).isEqualTo("img");
    assertThat(place.getAttribute("aria-label")).isEqualTo("Title of a \"b\": a \"b\"");
    assertThat(place.getAttribute("style")).isEqualTo("width: 300px; height: 200px");
  }

  @Test
  void saysWhyThereAreNoPicturesWithoutScripts() {
    assertThat(OpenedPage.of(page("text").html()).texts("noscript").getFirst())
        .contains("Scripts are switched off");
  }

  @Test
  void chartsFollowEachOther() {
    var page = OpenedPage.of(page("a").chart(chart("b"), "B").html());
    assertThat(List.copyOf(page.charts().keySet())).containsExactly("Title of a", "Title of b");
    assertThat(page.scripts()).hasSize(4);
  }

  /// Of the test's own reader.
  @ParameterizedTest
  @ValueSource(
      strings = {"<p>", "<p></div>", "<p title=x></p>", "<p>a & b</p>", "<script>\"</p>\""})
  void aPageThatIsNotWellFormedIsSeen(String body) {
    assertThatThrownBy(() -> OpenedPage.of("<html>" + body + "</html>"))
        .isInstanceOf(AssertionError.class);
  }
}
