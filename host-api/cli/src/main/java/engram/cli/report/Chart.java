package engram.cli.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;

/// A picture of a report, as Apache ECharts is told of it: an option in the words of its manual,
/// with all its data. An option is plain JSON, no functions, so that a test can read it.
///
/// @param width pixels, in any window: spikes and columns are laid out by it; a narrow one scrolls
/// @param height pixels
public record Chart(String title, int width, int height, ObjectNode option) {
  /// Width of a page's text.
  static final int PAGE_WIDTH = 960;

  /// Grey of what is there but not in use.
  static final String IDLE = "#c9ced6";

  private static final ObjectMapper JSON = new ObjectMapper();

  /// What all charts have. The colours are those of Okabe and Ito, which can be told apart without
  /// full colour vision; charts add shapes or patterns where grey has to do. Nothing is drawn
  /// progressively: that is for canvases, and stops half-way in SVG.
  private static final String COMMON =
      """
      {
        "animation": false,
        "progressive": 0,
        "color": ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"],
        "textStyle": {"fontFamily": "system-ui, sans-serif"},
        "toolbox": {"right": 0, "top": 0, "feature": {"saveAsImage": {"title": "save as image"}}}
      }
      """;

  /// A chart that data is yet to be put into.
  ///
  /// @param design the option without data
  static Chart of(String title, int width, int height, String design) {
    var option = node(COMMON);
    option.withObject("/toolbox/feature/saveAsImage").put("name", title);
    option.setAll(node(design));
    // Beside the chart, too, where that is small.
    option.withObject("/tooltip").put("appendToBody", true);
    return new Chart(title, width, height, option);
  }

  /// A part of an option.
  static ObjectNode node(String json) {
    try {
      return JSON.readValue(json, ObjectNode.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A part of the option that is there already.
  ///
  /// @param pointer a JSON pointer: `/series/0`
  ObjectNode at(String pointer) {
    return (ObjectNode) option.at(pointer);
  }

  /// The option as it can stand in a script element of a page: no text in it ends or opens one,
  /// since `<` occurs in strings only and is written as its number there.
  String json() {
    try {
      return JSON.writeValueAsString(option).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
