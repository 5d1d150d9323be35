package engram.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/// A picture as its reader has it: elements of SVG.
public final class Drawing {
  private final Element root;

  private Drawing(Element root) {
    this.root = root;
  }

  public static Drawing of(String svg) {
    try {
      return new Drawing(
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(svg)))
              .getDocumentElement());
    } catch (IOException | SAXException | ParserConfigurationException e) {
      throw new AssertionError(svg, e);
    }
  }

  public List<Element> all(String element) {
    var nodes = root.getElementsByTagName(element);
    var elements = new ArrayList<Element>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  public List<String> texts() {
    return all("text").stream().map(Element::getTextContent).toList();
  }

  /// What the mouse is told.
  public List<String> hints() {
    return all("title").stream().map(Element::getTextContent).toList();
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  /// Where a text stands, as wide as in a wide font.
  private record Box(String text, double left, double right, double top, double bottom) {
    static Box of(Element element) {
      String text = element.getTextContent();
      boolean small = element.getAttribute("style").contains("11px");
      double width = text.length() * (small ? 6.3 : 7.4);
      double x = number(element, "x");
      double left =
          switch (element.getAttribute("text-anchor")) {
            case "start" -> x;
            case "middle" -> x - width / 2;
            default -> x - width;
          };
      double y = number(element, "y");
      return new Box(text, left, left + width, y - (small ? 8 : 10), y);
    }

    boolean overlaps(Box other) {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
  }

  /// Sees that nothing lies outside the picture and no text on another.
  public void isReadable() {
    double width = number(root, "width");
    double height = number(root, "height");
    for (var rectangle : all("rect")) {
      assertThat(number(rectangle, "x")).isBetween(0.0, width);
      assertThat(number(rectangle, "y")).isBetween(0.0, height);
      assertThat(number(rectangle, "x") + number(rectangle, "width")).isBetween(0.0, width);
      assertThat(number(rectangle, "y") + number(rectangle, "height")).isBetween(0.0, height);
    }
    var boxes = all("text").stream().filter(t -> t.hasAttribute("x")).map(Box::of).toList();
    for (int i = 0; i < boxes.size(); i++) {
      var box = boxes.get(i);
      assertThat(box.left()).as(box.text()).isGreaterThanOrEqualTo(0);
      assertThat(box.top()).as(box.text()).isGreaterThanOrEqualTo(0);
      assertThat(box.right()).as(box.text()).isLessThanOrEqualTo(width);
      assertThat(box.bottom()).as(box.text()).isLessThanOrEqualTo(height);
      assertThat(boxes.subList(0, i).stream().filter(box::overlaps)).as("under %s", box).isEmpty();
    }
  }
}
