package engram.firmware.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import engram.isa.image.ProjectionImage.Line;
import engram.isa.image.ProjectionImage.Path;
import engram.isa.image.SamplePort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
  /// What the top of a description is called in messages.
  static final String ROOT = "network";

  private static final int MOST_NEURONS = 1 << 24;
  private static final String NAME = "[A-Za-z_]\\w*";
  private static final Pattern TERM = Pattern.compile("([+-]?)\\s*(" + NAME + ")\\.(" + NAME + ")");
  private static final Pattern TERMS =
      Pattern.compile("[+-]?\\s*%1$s\\.%1$s(\\s*[+-]\\s*%1$s\\.%1$s)*".formatted(NAME));
  private static final String ROWS = "rows of ";

  private final Map<String, Projection> known = new HashMap<>();

  private NetworkFile() {}

  /// Reads a description.
  ///
  /// @param file the name that messages show
  /// @throws NetworkException with everything that is wrong with the text
  public static Network read(String file, String yaml) {
    JsonNode root;
    try {
      root = new YAMLMapper().readTree(yaml);
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      String place =
          at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
      throw new NetworkException(
          file, List.of(place + e.getOriginalMessage().lines().findFirst().orElse("no YAML")));
    }
    var faults = new ArrayList<String>();
    var network = new NetworkFile().network(root, faults);
    if (!faults.isEmpty()) {
      throw new NetworkException(file, faults);
    }
    return network;
  }

  private Network network(JsonNode node, List<String> faults) {
    var root =
        YamlMap.of(
            ROOT,
            node,
            faults,
            ROOT,
            "seed",
            "frame",
            "populations",
            "projections",
            "sequencers",
            "samples");
    var builder =
        Network.named(root.text(ROOT))
            .seed(root.number("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE))
            .frame(root.integer("frame", 1, 1, 1 << 15));
    root.map("populations")
        .forEachMap(
            (name, p) -> builder.add(population(name, p)),
            "neurons",
            "program",
            "external",
            "lag",
            "groups",
            "values",
            "record",
            "cores");
    if (root.has("projections")) {
      root.map("projections")
          .forEachMap(
              (name, p) -> {
                var projection = projection(name, p);
                if (projection != null) {
                  known.put(name, projection);
                  builder.add(projection);
                }
              },
              "from",
              "to",
              "delay",
              "weights",
              "values",
              "conv",
              "format",
              "rows",
              "learn",
              "mirror",
              "path");
    }
    for (var sequencer : root.maps("sequencers", "reduce", "rewire", "on")) {
      builder.add(sequencer(sequencer));
    }
    if (root.has("samples")) {
      builder.samples(
          samples(root.map("samples", "data", "label", "on", "vote", "learn", "steps")));
    }
    return builder.build();
  }

  private static Population population(String name, YamlMap p) {
    boolean external = p.flag("external");
    if (external == p.has("program")) {
      p.fault("either a program, or external: true");
    }
    Map<String, Integer> groups = new HashMap<>();
    if (p.has("groups")) {
      var sizes = p.map("groups");
      sizes.keys().forEach(key -> groups.put(key, sizes.integer(key, 1, 1, MOST_NEURONS)));
    }
    Map<String, int[]> values = new HashMap<>();
    if (p.has("values")) {
      var fields = p.map("values");
      fields.keys().forEach(key -> values.put(key, fields.integers(key)));
    }
    return new Population(
        name,
        p.integer("neurons", 1, MOST_NEURONS),
        external ? null : program(p, "program"),
        p.integer("lag", 0, 0, 63),
        groups,
        values,
        Set.copyOf(p.texts("record")),
        p.integer("cores", 0, 0, 1 << 20));
  }

  /// A program: its name, then constants as `NAME=value`; null where there is none.
  private static ProgramRef program(YamlMap map, String key) {
    if (!map.has(key)) {
      return null;
    }
    String[] words = map.text(key).split("\\s+");
    var program = ProgramRef.of(words[0]);
    for (int i = 1; i < words.length; i++) {
      String[] constant = words[i].split("=", 2);
      try {
        program = program.with(constant[0], Long.decode(constant.length == 2 ? constant[1] : ""));
      } catch (NumberFormatException e) {
        map.fault("constant: %s (expected: NAME=integer)", words[i]);
      }
    }
    return program;
  }

  private Projection projection(String name, YamlMap p) {
    var lines = new ArrayList<Line>();
    String owner = lines(p, lines);
    String[] to = p.pair("to", "population.accumulator");
    var learn = program(p, "learn");
    if (p.has("mirror")) {
      return mirror(name, p, owner, lines, to, learn);
    }
    var builder = Projection.named(name);
    if (p.text("from", "").startsWith(ROWS)) {
      var emitting = known.get(owner);
      if (emitting == null) {
        p.fault("from: rows of %s (expected: a projection above)", owner);
        return null;
      }
      lines.forEach(l -> builder.fromRows(emitting.source(), emitting.name(), l));
    } else {
      lines.forEach(l -> builder.from(owner, l.stream(), l.sign(), l.delay()));
    }
    try {
      var weights = WeightText.read(p.text("weights"), p);
      return builder
          .to(to[0], to[1])
          .weights(weights.type(), weights.weights())
          .format(p.choice("format", weights.weights().naturalFormat()))
          .rows(program(p, "rows"))
          .learning(learn)
          .counted(p.choice("path", Path.FORWARD))
          .build();
    } catch (IllegalArgumentException e) {
      p.fault("weights: %s", e.getMessage());
      return null;
    }
  }

  /// Reads `a.plus - a.minus`; returns whose streams they are.
  private static String lines(YamlMap p, List<Line> lines) {
    int delay = p.integer("delay", 1, 1, 63);
    String from = p.text("from");
    String terms = from.startsWith(ROWS) ? from.substring(ROWS.length()).strip() : from;
    if (!TERMS.matcher(terms).matches()) {
      p.fault("from: %s (expected: population.stream, with + and - between several)", from);
    }
    String owner = "";
    var term = TERM.matcher(terms);
    while (term.find()) {
      if (!owner.isEmpty() && !owner.equals(term.group(2))) {
        p.fault("from: streams of %s and %s (expected: of one)", owner, term.group(2));
      }
      owner = term.group(2);
      lines.add(new Line(term.group(3), term.group(1).equals("-") ? -1 : 1, delay));
    }
    return owner;
  }

  private Projection mirror(
      String name, YamlMap p, String from, List<Line> lines, String[] to, ProgramRef learn) {
    var original = known.get(p.text("mirror"));
    if (original == null) {
      p.fault("mirror: %s (expected: a projection above)", p.text("mirror"));
      return null;
    }
    if (!from.equals(original.target()) || !to[0].equals(original.source())) {
      p.fault(
          "mirror: from %s to %s (expected: from %s to %s, the way back of %s)",
          from, to[0], original.target(), original.source(), original.name());
    }
    var builder = Projection.mirror(name, original).into(to[1]).learning(learn);
    lines.forEach(l -> builder.from(original.target(), l.stream(), l.sign(), l.delay()));
    return builder.build();
  }

  private static SequencerRef sequencer(YamlMap s) {
    String register = s.text("on");
    if (s.has("rewire")) {
      return new SequencerRef.Rewire(register, s.text("rewire"));
    }
    var projections = new ArrayList<String>();
    String word = "";
    for (String term : s.texts("reduce")) {
      int dot = term.indexOf('.');
      if (dot < 0) {
        s.fault("reduce: %s (expected: projection.word)", term);
        continue;
      }
      projections.add(term.substring(0, dot));
      word = term.substring(dot + 1);
    }
    return new SequencerRef.Reduce(register, word, projections);
  }

  private static SamplePort samples(YamlMap s) {
    String[] data = s.pair("data", "population.field");
    String[] vote = s.pair("vote", "population.stream");
    String[] label = s.has("label") ? s.pair("label", "population.field") : new String[] {"", ""};
    return new SamplePort(
        data[0],
        data[1],
        label[0],
        label[1],
        s.integer("on", 1, 1, Integer.MAX_VALUE),
        vote[0],
        vote[1],
        s.text("learn"),
        s.integer("steps", 1, 1, 1 << 20));
  }
}
