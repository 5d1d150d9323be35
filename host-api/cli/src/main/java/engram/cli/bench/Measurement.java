package engram.cli.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// What one variant of a case came to: figures by name. `docs/speed.md` explains each.
final class Measurement {
  static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode json = JSON.createObjectNode();

  Measurement(BenchCase benchCase, String variant) {
    json.put("case", benchCase.letter());
    json.put("variant", variant);
    json.put("title", benchCase.title());
  }

  /// Notes a figure; one that is not known is left out.
  Measurement put(String name, double value) {
    if (Double.isFinite(value)) {
      json.put(name, value);
    }
    return this;
  }

  Measurement put(String name, long value) {
    json.put(name, value);
    return this;
  }

  Measurement put(String name, String value) {
    json.put(name, value);
    return this;
  }

  ArrayNode list(String name) {
    return json.putArray(name);
  }

  ObjectNode json() {
    return json;
  }
}
