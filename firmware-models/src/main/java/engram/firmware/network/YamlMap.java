package engram.firmware.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;

/// A mapping of a description, read key by key. What is wrong is noted with the place and reading
/// goes on with a value that does no harm, so that one run reports everything.
final class YamlMap {
  private final String where;
  private final JsonNode node;
  private final List<String> faults;

  private YamlMap(String where, JsonNode node, List<String> faults) {
    this.where = where;
    this.node = node;
    this.faults = faults;
  }

  /// @param faults where to note what is wrong
  /// @param known all keys that the mapping may have; none given, it may have any
  static YamlMap of(String where, JsonNode node, List<String> faults, String... known) {
    boolean isMap = node != null && node.isObject();
    var map = new YamlMap(where, isMap ? node : JsonNodeFactory.instance.objectNode(), faults);
    if (!isMap) {
      map.fault("missing, or no mapping of keys to values");
    }
    if (known.length > 0) {
      map.node
          .fieldNames()
          .forEachRemaining(key -> {
            if (!List.of(known).contains(key)) {
              map.fault("unknown key: %s (expected: %s)", key, String.join(", ", known));
            }
          });
    }
    return map;
  }

  void fault(String format, Object... values) {
    faults.add(where + ": " + format.formatted(values));
  }

  boolean has(String key) {
    return node.has(key);
  }

  /// A mapping below this one.
  YamlMap map(String key, String... known) {
    return of(below(key), node.get(key), faults, known);
  }

  private String below(String key) {
    return where.equals(NetworkFile.ROOT) ? key : where + "." + key;
  }

  /// Calls back with every key and the mapping that it has.
  void forEachMap(BiConsumer<String, YamlMap> each, String... known) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      each.accept(entry.getKey(), of(below(entry.getKey()), entry.getValue(), faults, known));
    }
  }

  /// The mappings of a list.
  List<YamlMap> maps(String key, String... known) {
    var maps = new ArrayList<YamlMap>();
    node.path(key).forEach(item -> maps.add(of(below(key), item, faults, known)));
    return maps;
  }

  List<String> keys() {
    var keys = new ArrayList<String>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /// A text that must be there.
  String text(String key) {
    if (!has(key)) {
      fault("%s is missing", key);
      return "";
    }
    return node.path(key).asText().strip();
  }

  /// A text, or another one where there is none.
  String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  /// The texts of a list, or one text.
  List<String> texts(String key) {
    if (node.path(key).isTextual()) {
      return List.of(text(key));
    }
    var texts = new ArrayList<String>();
    node.path(key).forEach(item -> texts.add(item.asText()));
    return texts;
  }

  boolean flag(String key) {
    var value = node.path(key);
    if (has(key) && !value.isBoolean()) {
      fault("%s: %s (expected: true or false)", key, value.asText());
    }
    return value.asBoolean(false);
  }

  long number(String key, long otherwise, long low, long high) {
    var value = node.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.canConvertToLong()
        || !value.isIntegralNumber()
        || value.asLong() < low
        || value.asLong() > high) {
      fault("%s: %s (expected: %d to %d)", key, value.asText(), low, high);
      return otherwise;
    }
    return value.asLong();
  }

  int integer(String key, int otherwise, int low, int high) {
    return (int) number(key, otherwise, low, high);
  }

  /// An integer that must be there.
  int integer(String key, int low, int high) {
    if (!has(key)) {
      fault("%s is missing", key);
    }
    return integer(key, low, low, high);
  }

  /// The integers of a list, or one integer.
  int[] integers(String key) {
    var value = node.path(key);
    var items = new ArrayList<JsonNode>();
    if (value.isArray()) {
      value.forEach(items::add);
    } else {
      items.add(value);
    }
    for (var item : items) {
      if (!item.isIntegralNumber() || !item.canConvertToInt()) {
        fault("%s: %s (expected: integers of 32 bits)", key, item.asText());
        return new int[] {0};
      }
    }
    return items.stream().mapToInt(JsonNode::asInt).toArray();
  }

  /// One of the values of an enumeration, in lower case.
  <E extends Enum<E>> E choice(String key, E otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    E[] values = otherwise.getDeclaringClass().getEnumConstants();
    for (E value : values) {
      if (value.name().toLowerCase(Locale.ROOT).equals(text(key))) {
        return value;
      }
    }
    fault(
        "%s: %s (expected: one of %s)",
        key, text(key), Arrays.toString(values).toLowerCase(Locale.ROOT));
    return otherwise;
  }

  /// Two names with a dot between them.
  String[] pair(String key, String what) {
    String[] pair = text(key).split("\\.", -1);
    if (pair.length != 2) {
      fault("%s: %s (expected: %s)", key, text(key), what);
      return new String[] {"", ""};
    }
    return pair;
  }
}
