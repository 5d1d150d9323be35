package engram.events;

import java.io.StringReader;
import java.util.ArrayDeque;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// What an AEDAT4 file says of its streams, in XML:
///
/// ```xml
/// <dv version="2.0">
///   <node name="outInfo" path="/mainloop/Recorder/outInfo/">
///     <node name="0" path="/mainloop/Recorder/outInfo/0/">
///       <attr key="typeIdentifier" type="string">EVTS</attr>
///       <node name="info" path="/mainloop/Recorder/outInfo/0/info/">
///         <attr key="sizeX" type="int">346</attr>
///         <attr key="sizeY" type="int">260</attr>
/// ```
///
/// @param stream number of the first stream of events
/// @param sensor its pixels, of two polarities
record Aedat4Info(int stream, SensorGeometry sensor) {
  private static final int MOST_SIZE = Short.MAX_VALUE;
  private static final int MOST_DEPTH = 64;

  /// @throws EventFormatException says what is wrong, and not where it comes from
  static Aedat4Info parse(String xml) {
    try {
      return read(plainXml().createXMLStreamReader(new StringReader(xml)));
    } catch (XMLStreamException e) {
      throw new EventFormatException("XML: " + e.getMessage().replaceAll("\\s+", " "));
    }
  }

  /// A parser that opens nothing and expands nothing.
  private static XMLInputFactory plainXml() {
    var factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }

  /// What is being read of a stream.
  private static final class Stream {
    private String type = "";
    private String width = "";
    private String height = "";
  }

  private static Aedat4Info read(XMLStreamReader xml) throws XMLStreamException {
    // Names of the nodes around, outermost last; of other elements the name is empty.
    var nodes = new ArrayDeque<String>();
    var stream = new Stream();
    int depth = 0;
    int streamDepth = 0;
    String key = "";
    var text = new StringBuilder();
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (++depth > MOST_DEPTH) {
            throw new EventFormatException(
                "XML: depth: " + depth + " (expected: <= " + MOST_DEPTH + ")");
          }
          boolean isNode = xml.getLocalName().equals("node");
          if (isNode && streamDepth == 0 && "outInfo".equals(nodes.peek())) {
            streamDepth = depth;
            stream = new Stream();
          }
          nodes.push(isNode ? attribute(xml, "name") : "");
          key = xml.getLocalName().equals("attr") ? attribute(xml, "key") : "";
          text.setLength(0);
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(xml.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          String name = nodes.pop();
          if (streamDepth > 0) {
            switch (key) {
              case "typeIdentifier" -> stream.type = text.toString().strip();
              case "sizeX" -> stream.width = text.toString().strip();
              case "sizeY" -> stream.height = text.toString().strip();
              default -> {}
            }
          }
          key = "";
          if (depth == streamDepth) {
            streamDepth = 0;
            if (stream.type.equals("EVTS")) {
              return new Aedat4Info(
                  number("stream", name, 0, Integer.MAX_VALUE),
                  new SensorGeometry(
                      number("sizeX", stream.width, 1, MOST_SIZE),
                      number("sizeY", stream.height, 1, MOST_SIZE),
                      2));
            }
          }
          depth--;
        }
        default -> {}
      }
    }
    throw new EventFormatException("streams of type EVTS: 0 (expected: at least 1)");
  }

  private static String attribute(XMLStreamReader xml, String name) {
    String value = xml.getAttributeValue(null, name);
    return value == null ? "" : value;
  }

  private static int number(String what, String text, int least, int most) {
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new EventFormatException(
        "%s: '%s' (expected: %d to %d)".formatted(what, text, least, most));
  }
}
