package engram.cli.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/// A page as a browser has it: scripts end at the first end tag, whatever they say, and the rest is
/// elements. Stricter than a browser, it wants all of them closed.
public final class OpenedPage {
  private static final Pattern SCRIPT =
      Pattern.compile(
          "(<script[^>]*>)(.*?)</script[\\s/>]", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

  private final Document document;
  private final List<String> scripts = new ArrayList<>();

  private OpenedPage(String html) {
    var script = SCRIPT.matcher(html);
    var rest = new StringBuilder();
    while (script.find()) {
      scripts.add(script.group(2));
      script.appendReplacement(rest, "$1</script>");
    }
    script.appendTail(rest);
    try {
      var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
      builder.setErrorHandler(null);
      document = builder.parse(new InputSource(new StringReader(rest.toString())));
    } catch (IOException | SAXException | ParserConfigurationException e) {
      throw new AssertionError("no well-formed page: " + rest, e);
    }
  }

  public static OpenedPage of(String html) {
    return new OpenedPage(html);
  }

  /// Contents of all script elements, in order.
  public List<String> scripts() {
    return scripts;
  }

  public List<Element> all(String element) {
    var nodes = document.getElementsByTagName(element);
    var elements = new ArrayList<Element>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  public List<String> texts(String element) {
    return all(element).stream().map(Element::getTextContent).toList();
  }

  /// Options of the charts by the heading above each.
  public Map<String, JsonNode> charts() {
    var charts = new LinkedHashMap<String, JsonNode>();
    String heading = null;
    int script = 0;
    for (var element : all("*")) {
      if (element.getTagName().equals("h2")) {
        heading = element.getTextContent();
      } else if (element.getTagName().equals("script")) {
        if (element.getAttribute("type").equals("application/json")) {
          charts.put(heading, json(scripts.get(script)));
        }
        script++;
      }
    }
    return charts;
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }
}
