package engram.cli.report;

import java.util.Locale;

/// A picture that stands in an HTML page. Lengths are pixels at the size it is drawn for.
public final class Svg {
  /// Where a text stands beside its point.
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  private final StringBuilder elements = new StringBuilder();
  private final double width;
  private final double height;

  /// @param name what it shows, for those who can't see it
  Svg(String name, double width, double height) {
    this.width = width;
    this.height = height;
    elements.append("<title>").append(escape(name)).append("</title>\n");
  }

  double width() {
    return width;
  }

  double height() {
    return height;
  }

  /// A filled rectangle.
  ///
  /// @param hint what the mouse is told over it; none if empty
  Svg rectangle(double x, double y, double w, double h, String fill, String hint) {
    elements.append(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\""
            .formatted(number(x), number(y), number(w), number(h), fill));
    return hinted("rect", hint);
  }

  /// The outline of a rectangle.
  Svg outline(double x, double y, double w, double h, String stroke) {
    elements.append(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"none\" stroke=\"%s\"/>%n"
            .formatted(number(x), number(y), number(w), number(h), stroke));
    return this;
  }

  Svg line(double x1, double y1, double x2, double y2, String stroke, double thickness) {
    elements.append(
        "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" stroke=\"%s\" stroke-width=\"%s\"/>%n"
            .formatted(number(x1), number(y1), number(x2), number(y2), stroke, number(thickness)));
    return this;
  }

  Svg circle(double x, double y, double radius, String fill, String hint) {
    elements.append(
        "<circle cx=\"%s\" cy=\"%s\" r=\"%s\" fill=\"%s\""
            .formatted(number(x), number(y), number(radius), fill));
    return hinted("circle", hint);
  }

  /// A filled shape.
  ///
  /// @param commands of SVG paths
  Svg shape(CharSequence commands, String fill, String hint) {
    elements.append("<path d=\"%s\" fill=\"%s\"".formatted(commands, fill));
    return hinted("path", hint);
  }

  /// Strokes.
  ///
  /// @param commands of SVG paths
  Svg strokes(CharSequence commands, String stroke, double thickness) {
    elements.append(
        "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"/>%n"
            .formatted(commands, stroke, number(thickness)));
    return this;
  }

  Svg text(double x, double y, Anchor anchor, String text) {
    return text(x, y, anchor, INK, "", text);
  }

  /// @param style of CSS; none if empty
  Svg text(double x, double y, Anchor anchor, String fill, String style, String text) {
    elements.append(
        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" fill=\"%s\"%s>%s</text>%n"
            .formatted(
                number(x),
                number(y),
                anchor.name().toLowerCase(Locale.ROOT),
                fill,
                style.isEmpty() ? "" : " style=\"" + style + "\"",
                escape(text)));
    return this;
  }

  /// A text that is read from below.
  Svg upright(double x, double y, String text) {
    elements.append(
        "<text transform=\"translate(%s %s) rotate(-90)\" text-anchor=\"middle\" fill=\"%s\">%s</text>%n"
            .formatted(number(x), number(y), INK, escape(text)));
    return this;
  }

  private Svg hinted(String element, String hint) {
    if (hint.isEmpty()) {
      elements.append("/>\n");
    } else {
      elements
          .append("><title>")
          .append(escape(hint))
          .append("</title></")
          .append(element)
          .append(">\n");
    }
    return this;
  }

  /// Colour of texts and axes.
  static final String INK = "#333";

  /// A number of an attribute: two decimals at most.
  static String number(double value) {
    long hundredths = Math.round(value * 100);
    if (hundredths % 100 == 0) {
      return String.valueOf(hundredths / 100);
    }
    return hundredths % 10 == 0
        ? String.format(Locale.ROOT, "%.1f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }

  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /// The element, as it stands in a page.
  @Override
  public String toString() {
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %s %s\" width=\"%s\" height=\"%s\">\n%s</svg>\n"
        .formatted(number(width), number(height), number(width), number(height), elements);
  }
}
