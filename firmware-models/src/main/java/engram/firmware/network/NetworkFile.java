package engram.firmware.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import engram.firmware.network.Projection.Line;
import engram.isa.NumberFormat;
import engram.isa.image.ProjectionImage.Path;
import engram.isa.image.SamplePort;
import engram.isa.image.SynapseFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads a network from YAML:
///
/// ```yaml
/// network: echo
/// populations:
///   ear:   {neurons: 4, external: true}
///   mouth: {neurons: 4, program: neurons/lif THRESHOLD=64, record: [spike]}
/// projections:
///   nerve: {from: ear.spike, to: mouth.in, weights: s8 q(6) one-to-one 1.0, delay: 3}
/// ```
///
/// `docs/firmware.md` lists all keys.
public final class NetworkFile {
  private static final Pattern TYPE = Pattern.compile("([su])([0-9]+)");
  private static final Pattern SCALE = Pattern.compile("q\\(([0-9]+)\\)");
  private static final Pattern TERM =
      Pattern.compile("([+-]?)\\s*([A-Za-z_]\\w*)\\.([A-Za-z_]\\w*)");
  private static final Pattern TERMS =
      Pattern.compile(
          "\\s*[+-]?\\s*[A-Za-z_]\\w*\\.[A-Za-z_]\\w*(\\s*[+-]\\s*[A-Za-z_]\\w*\\.[A-Za-z_]\\w*)*\\s*");

  private final List<String> faults = new ArrayList<>();

  private NetworkFile() {}

  /// Reads a description.
  ///
  /// @param file the name that messages show
  /// @throws NetworkException with everything that is wrong with the text
  public static Network read(String file, String yaml) {
    var reader = new NetworkFile();
    Network network;
    try {
      network = reader.network(new YAMLMapper().readTree(yaml));
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      throw new NetworkException(
          file,
          List.of(
              (at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ")
                  + e.getOriginalMessage().lines().findFirst().orElse("no YAML")));
    }
    if (!reader.faults.isEmpty()) {
      throw new NetworkException(file, reader.faults);
    }
    return network;
  }

  private void fault(String where, String format, Object... values) {
    faults.add(where + ": " + format.formatted(values));
  }

  private void keys(String where, JsonNode node, String... known) {
    node.fieldNames()
        .forEachRemaining(key -> {
          if (!List.of(known).contains(key)) {
            fault(where, "unknown key: %s (expected: %s)", key, String.join(", ", known));
          }
        });
  }

  private JsonNode object(String where, JsonNode node) {
    if (node == null || !node.isObject()) {
      fault(where, "missing, or no mapping of keys to values");
      return MissingNode.getInstance();
    }
    return node;
  }

  private String text(String where, JsonNode node, String key, String otherwise) {
    var value = node.path(key);
    if (value.isMissingNode()) {
      if (otherwise == null) {
        fault(where, "%s is missing", key);
        return "";
      }
      return otherwise;
    }
    return value.asText();
  }

  private long number(
      String where, JsonNode node, String key, long otherwise, long low, long high) {
    var value = node.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || value.asLong() < low || value.asLong() > high) {
      fault(where, "%s: %s (expected: %d to %d)", key, value.asText(), low, high);
      return otherwise;
    }
    return value.asLong();
  }

  private Network network(JsonNode root) {
    object("network", root);
    keys(
        "network",
        root,
        "network",
        "seed",
        "frame",
        "populations",
        "projections",
        "sequencers",
        "samples");
    var builder =
        Network.named(text("network", root, "network", null))
            .seed(number("network", root, "seed", 1, Long.MIN_VALUE, Long.MAX_VALUE))
            .frame((int) number("network", root, "frame", 1, 1, 1 << 15));
    object("populations", root.path("populations"))
        .properties()
        .forEach(e -> builder.add(population(e.getKey(), e.getValue())));
    var originals = new HashMap<String, Projection>();
    if (root.has("projections")) {
      object("projections", root.path("projections"))
          .properties()
          .forEach(e -> {
            var projection = projection(e.getKey(), e.getValue(), originals);
            if (projection != null) {
              originals.put(projection.name(), projection);
              builder.add(projection);
            }
          });
    }
    for (var sequencer : root.path("sequencers")) {
      sequencer(sequencer, builder);
    }
    if (root.has("samples")) {
      builder.samples(samples(object("samples", root.path("samples"))));
    }
    return builder.build();
  }

  private Population population(String name, JsonNode given) {
    String where = "populations." + name;
    var node = object(where, given);
    keys(
        where,
        node,
        "neurons",
        "program",
        "external",
        "lag",
        "groups",
        "values",
        "record",
        "cores");
    boolean external = node.path("external").asBoolean(false);
    if (external == node.has("program")) {
      fault(where, "either a program, or external: true");
    }
    Map<String, Integer> groups = new HashMap<>();
    node.path("groups")
        .properties()
        .forEach(e ->
            groups.put(
                e.getKey(), (int) number(where, node.path("groups"), e.getKey(), 1, 1, 1 << 24)));
    Map<String, int[]> values = new HashMap<>();
    node.path("values").properties().forEach(e -> values.put(e.getKey(), integers(e.getValue())));
    Set<String> record = new HashSet<>();
    node.path("record").forEach(s -> record.add(s.asText()));
    return new Population(
        name,
        (int) number(where, node, "neurons", 0, 1, 1 << 24),
        external ? null : program(where, text(where, node, "program", "")),
        (int) number(where, node, "lag", 0, 0, 63),
        groups,
        values,
        record,
        (int) number(where, node, "cores", 0, 0, 1 << 20));
  }

  private static int[] integers(JsonNode node) {
    if (!node.isArray()) {
      return new int[] {node.asInt()};
    }
    int[] values = new int[node.size()];
    Arrays.setAll(values, i -> node.get(i).asInt());
    return values;
  }

  /// A program: its name, then constants as `NAME=value`.
  private ProgramRef program(String where, String text) {
    var words = text.strip().split("\\s+");
    Map<String, Long> constants = new HashMap<>();
    for (int i = 1; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      try {
        constants.put(words[i].substring(0, equals), Long.decode(words[i].substring(equals + 1)));
      } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
        fault(where, "constant: %s (expected: NAME=integer)", words[i]);
      }
    }
    return new ProgramRef(words[0], constants);
  }

  private ProgramRef programOrNull(String where, JsonNode node, String key) {
    return node.has(key) ? program(where, node.path(key).asText()) : null;
  }

  private Projection projection(String name, JsonNode given, Map<String, Projection> originals) {
    String where = "projections." + name;
    var node = object(where, given);
    keys(
        where, node, "from", "to", "delay", "weights", "values", "format", "rows", "learn",
        "mirror", "path");
    int delay = (int) number(where, node, "delay", 1, 1, 63);
    String from = text(where, node, "from", null).strip();
    boolean rows = from.startsWith("rows of ");
    String owner = "";
    var lines = new ArrayList<Line>();
    String terms = rows ? from.substring("rows of ".length()) : from;
    if (!TERMS.matcher(terms).matches()) {
      fault(where, "from: %s (expected: population.stream, with + and - between several)", from);
    }
    var term = TERM.matcher(terms);
    while (term.find()) {
      if (!owner.isEmpty() && !owner.equals(term.group(2))) {
        fault(where, "from: streams of %s and %s (expected: of one)", owner, term.group(2));
      }
      owner = term.group(2);
      lines.add(new Line(term.group(3), term.group(1).equals("-") ? -1 : 1, delay));
    }
    String[] to = text(where, node, "to", null).split("\\.", -1);
    if (to.length != 2) {
      fault(where, "to: %s (expected: population.accumulator)", String.join(".", to));
      return null;
    }
    var learn = programOrNull(where, node, "learn");
    if (node.has("mirror")) {
      var original = originals.get(node.path("mirror").asText());
      if (original == null) {
        fault(where, "mirror: %s (expected: a projection above)", node.path("mirror").asText());
        return null;
      }
      return Projection.mirror(name, original, to[1], lines, learn);
    }
    var spec = new WeightSpec();
    spec.read(where, text(where, node, "weights", null), node.path("values"));
    if (spec.weights == null) {
      return null;
    }
    String source = owner;
    if (rows) {
      var base = originals.get(owner);
      if (base == null) {
        fault(where, "rows of %s (expected: a projection above)", owner);
        return null;
      }
      source = base.source();
    }
    var format = spec.weights.dense() ? SynapseFormat.DENSE : SynapseFormat.SPARSE;
    return new Projection(
        name,
        source,
        rows ? owner : "",
        lines,
        to[0],
        to[1],
        choice(where, node, "format", format),
        spec.type,
        spec.weights,
        programOrNull(where, node, "rows"),
        learn,
        "",
        choice(where, node, "path", Path.FORWARD));
  }

  private <E extends Enum<E>> E choice(String where, JsonNode node, String key, E otherwise) {
    if (!node.has(key)) {
      return otherwise;
    }
    String text = node.path(key).asText();
    for (var value : otherwise.getDeclaringClass().getEnumConstants()) {
      if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
        return value;
      }
    }
    fault(
        where,
        "%s: %s (expected: one of %s)",
        key,
        text,
        Arrays.toString(otherwise.getDeclaringClass().getEnumConstants()).toLowerCase(Locale.ROOT));
    return otherwise;
  }

  /// Reads `s12 q(10) uniform 0.17`.
  private final class WeightSpec {
    private NumberFormat type = NumberFormat.BIT;
    private Weights weights;

    void read(String where, String text, JsonNode values) {
      var words = List.of(text.strip().split("\\s+"));
      var matcher = TYPE.matcher(words.get(0));
      if (!matcher.matches()) {
        fault(where, "weights: %s (expected: a type such as s12 first)", text);
        return;
      }
      int next = 1;
      int fraction = 0;
      if (words.size() > 1 && SCALE.matcher(words.get(1)).matches()) {
        fraction = Integer.parseInt(words.get(1).substring(2, words.get(1).length() - 1));
        next = 2;
      }
      try {
        type =
            new NumberFormat(
                matcher.group(1).equals("s"), Integer.parseInt(matcher.group(2)), fraction);
        weights = kind(words.subList(next, words.size()), values);
      } catch (IllegalArgumentException e) {
        fault(where, "weights: %s", e.getMessage());
      }
    }

    private Weights kind(List<String> words, JsonNode values) {
      double[] numbers = words.stream().skip(1).mapToDouble(Double::parseDouble).toArray();
      String kind = words.isEmpty() ? "" : words.get(0) + " " + numbers.length;
      return switch (kind) {
        case "uniform 1" -> new Weights.Uniform(numbers[0]);
        case "constant 1" -> new Weights.Constant(numbers[0]);
        case "one-to-one 1" -> new Weights.OneToOne(numbers[0]);
        case "random 3" -> new Weights.Random(numbers[0], numbers[1], numbers[2]);
        case "given 0" -> new Weights.Given(integers(values));
        default ->
            throw new IllegalArgumentException(
                String.join(" ", words)
                    + " (expected: uniform HALF, constant VALUE, one-to-one VALUE,"
                    + " random PROBABILITY LOW HIGH, or given)");
      };
    }
  }

  private void sequencer(JsonNode node, Network.Builder builder) {
    String where = "sequencers";
    keys(where, node, "reduce", "rewire", "on");
    String register = text(where, node, "on", null);
    if (node.has("rewire")) {
      builder.add(new SequencerRef.Rewire(register, node.path("rewire").asText()));
      return;
    }
    var projections = new ArrayList<String>();
    String word = "";
    for (var term : node.path("reduce")) {
      int dot = term.asText().indexOf('.');
      if (dot < 0) {
        fault(where, "reduce: %s (expected: projection.word)", term.asText());
        return;
      }
      projections.add(term.asText().substring(0, dot));
      word = term.asText().substring(dot + 1);
    }
    builder.add(new SequencerRef.Reduce(register, word, projections));
  }

  private SamplePort samples(JsonNode node) {
    keys("samples", node, "data", "label", "on", "vote", "learn", "steps");
    String[] data = pair(node, "data", null);
    String[] label = pair(node, "label", ".");
    String[] vote = pair(node, "vote", null);
    return new SamplePort(
        data[0],
        data[1],
        label[0],
        label[1],
        (int) number("samples", node, "on", 1, 1, Integer.MAX_VALUE),
        vote[0],
        vote[1],
        text("samples", node, "learn", null),
        (int) number("samples", node, "steps", 1, 1, 1 << 20));
  }

  private String[] pair(JsonNode node, String key, String otherwise) {
    String[] pair = text("samples", node, key, otherwise).split("\\.", -1);
    if (pair.length != 2) {
      fault("samples", "%s: %s (expected: population.name)", key, String.join(".", pair));
      return new String[] {"", ""};
    }
    return pair;
  }
}
