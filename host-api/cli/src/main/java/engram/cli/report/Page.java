package engram.cli.report;

import engram.cli.common.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// An HTML page with charts, in one file: Apache ECharts stands in it, and nothing is loaded.
public final class Page {
  /// The policy forbids a browser to load anything, whatever the page may say.
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <title>Engram report</title>
      <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; }
      h1 { overflow-wrap: break-word; }
      pre { background: #f4f5f7; padding: 1em; overflow-x: auto; font-size: 14px; line-height: 1.35; }
      figure { margin: 1em 0; overflow-x: auto; }
      figcaption { color: #555; font-size: 14px; }
      footer { margin-top: 3em; color: #666; font-size: 13px; }
      </style>
      </head>
      <body>
      <noscript><p>The pictures of this page are drawn by a script that it contains. Scripts are switched off here, so there are none.</p></noscript>
      """;

  /// Draws each chart in the place before its option.
  private static final String DRAW =
      """
      for (const option of document.querySelectorAll("figure > script")) {
        const chart = echarts.init(option.previousElementSibling, null, {renderer: "svg", locale: "EN"});
        chart.setOption(JSON.parse(option.textContent));
      }
      """;

  private final StringBuilder body = new StringBuilder();

  public Page title(String text) {
    return element("h1", text);
  }

  public Page heading(String text) {
    return element("h2", text);
  }

  public Page paragraph(String text) {
    return element("p", text);
  }

  /// Text whose lines and columns stay as they are.
  public Page table(String text) {
    return element("pre", text);
  }

  /// A chart under its title.
  public Page chart(Chart chart, String caption) {
    heading(chart.title());
    body.append("<figure>\n<div role=\"img\" aria-label=\"")
        .append(escape(chart.title() + ": " + caption))
        .append(
            "\" style=\"width: %dpx; height: %dpx\"></div>\n"
                .formatted(chart.width(), chart.height()))
        .append("<script type=\"application/json\">")
        .append(chart.json())
        .append("</script>\n");
    element("figcaption", caption);
    body.append("</figure>\n");
    return this;
  }

  private Page element(String name, String text) {
    body.append('<').append(name).append('>').append(escape(text));
    body.append("</").append(name).append(">\n");
    return this;
  }

  /// The whole of the page.
  public String html() {
    return HEAD
        + body
        + "<footer>engram "
        + escape(Version.number())
        + "; pictures by Apache ECharts (Apache License 2.0)</footer>\n<script>"
        + echarts()
        + "</script>\n<script>\n"
        + DRAW
        + "</script>\n</body>\n</html>\n";
  }

  /// The script that draws; the build takes it from its jar.
  private static String echarts() {
    try (var in = Page.class.getResourceAsStream("echarts.min.js")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
