package engram.chip.preset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import engram.isa.Opcode;
import engram.isa.ProgramKind;
import engram.isa.image.Capabilities;
import engram.isa.image.ChipSpec;
import engram.isa.image.CoreSpec;
import engram.isa.image.Mesh;
import engram.isa.image.SynapseFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The presets that come with the emulator: one YAML file each, beside this class. A file that
/// names another as its `base` says only where it differs.
public final class Presets {
  /// Names of the presets, the house's own first.
  public static final List<String> NAMES =
      List.of("engram-1", "loihi-1", "loihi-1-nahuku", "loihi-2", "truenorth");

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private Presets() {}

  /// A preset by name.
  ///
  /// @throws IllegalArgumentException if there is none of that name
  public static Preset named(String name) {
    try (InputStream in = file(name)) {
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream file(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "chip: " + name + " (expected: one of " + String.join(", ", NAMES) + ")");
    }
    return Presets.class.getResourceAsStream(name + ".yaml");
  }

  /// Reads a preset file.
  ///
  /// @throws IllegalArgumentException if the text is no preset
  public static Preset read(InputStream yaml) throws IOException {
    try {
      var file = onBase(YAML.readTree(yaml));
      return YAML.treeToValue(file, PresetFile.class).preset(facts(file));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("preset: " + e.getMessage(), e);
    }
  }

  private static JsonNode onBase(JsonNode file) throws IOException {
    if (!(file instanceof ObjectNode differences) || !differences.has("base")) {
      return file;
    }
    try (InputStream in = file(differences.remove("base").asText())) {
      return over(YAML.readTree(in), differences);
    }
  }

  /// A tree with the leaves of another in place of its own.
  private static JsonNode over(JsonNode base, JsonNode differences) {
    if (!(base instanceof ObjectNode object) || !differences.isObject()) {
      return differences;
    }
    differences
        .properties()
        .forEach(e -> {
          var own = object.get(e.getKey());
          object.set(e.getKey(), own == null ? e.getValue() : over(own, e.getValue()));
        });
    return object;
  }

  /// What the file says about geometry, memories and abilities, for people.
  private static Map<String, Fact> facts(JsonNode file) {
    var facts = new LinkedHashMap<String, Fact>();
    for (var part : List.of(file.path("core"), file.path("can"))) {
      for (var entry : part.properties()) {
        var value = entry.getValue();
        facts.put(
            entry.getKey(),
            new Fact(
                text(value.path("value")),
                Grade.valueOf(value.path("grade").asText().toUpperCase(Locale.ROOT)),
                value.path("source").asText()));
      }
    }
    return facts;
  }

  private static String text(JsonNode value) {
    if (value.isArray()) {
      return value.isEmpty()
          ? "none"
          : String.join(", ", value.valueStream().map(JsonNode::asText).toList());
    }
    return value.isObject()
        ? String.join(
            ", ",
            value.propertyStream().map(e -> e.getKey() + " " + e.getValue().asText()).toList())
        : value.asText();
  }

  /// A value as it is written, with its evidence.
  private record Stated<T>(T value, Grade grade, String source) {}

  /// The file as it is written: names as people write them.
  private record PresetFile(
      String name,
      String title,
      List<String> lacks,
      CoreFile core,
      CapabilitiesFile can,
      Figure deadline,
      Map<String, Figure> timing,
      EnergyFile energy) {

    Preset preset(Map<String, Fact> facts) {
      return new Preset(
          title,
          new ChipSpec(name, core.mesh().value(), core.core(), can.capabilities()),
          facts,
          lacks,
          timingOf(timing),
          new TreeMap<>(timing),
          Optional.ofNullable(deadline),
          energy.model());
    }
  }

  private record CoreFile(
      Stated<Mesh> mesh,
      Stated<Integer> neurons,
      Stated<Integer> stateWords,
      Stated<Integer> synapseWords,
      Stated<Integer> axons,
      Stated<Integer> routes,
      Stated<Integer> programWords,
      Stated<Integer> inbox,
      Stated<Integer> lanes) {

    CoreSpec core() {
      return new CoreSpec(
          neurons.value(),
          stateWords.value(),
          synapseWords.value(),
          axons.value(),
          routes.value(),
          programWords.value(),
          inbox.value(),
          lanes.value());
    }
  }

  private record CapabilitiesFile(
      Stated<Set<ProgramKind>> programs,
      Stated<List<String>> lackingInstructions,
      Stated<Set<SynapseFormat>> formats,
      Stated<Capabilities.Bits> weightBits,
      Stated<Integer> tags,
      Stated<Integer> delay,
      Stated<Boolean> payload,
      Stated<Integer> history,
      Stated<Boolean> sequencers,
      Stated<Integer> destinations) {

    Capabilities capabilities() {
      return new Capabilities(
          programs.value(),
          lackingInstructions.value().stream()
              .map(i -> Opcode.valueOf(i.toUpperCase(Locale.ROOT)))
              .collect(Collectors.toSet()),
          formats.value(),
          weightBits.value(),
          tags.value(),
          delay.value(),
          payload.value(),
          history.value(),
          sequencers.value(),
          destinations.value());
    }
  }

  private record EnergyFile(
      String operatingPoint,
      Figure staticWatts,
      Map<String, Figure> picojoules,
      Map<String, String> included) {

    EnergyModel model() {
      var figures = new EnumMap<Counter, Figure>(Counter.class);
      picojoules.forEach((key, figure) -> figures.put(counter(key), figure));
      var within = new EnumMap<Counter, String>(Counter.class);
      included.forEach((key, by) -> within.put(counter(key), by));
      return new EnergyModel(operatingPoint, staticWatts, figures, within);
    }
  }

  private static Counter counter(String key) {
    return Arrays.stream(Counter.values())
        .filter(c -> c.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("energy of an unknown count: " + key));
  }

  private static Timing timingOf(Map<String, Figure> figures) {
    var left = new TreeMap<>(figures);
    var timing =
        new Timing(
            take(left, "clock-hz").value(),
            take(left, "event").rounded(),
            take(left, "row").rounded(),
            take(left, "word").rounded(),
            take(left, "synapse").rounded(),
            take(left, "neuron").rounded(),
            take(left, "idle-neuron").rounded(),
            take(left, "scan").rounded(),
            take(left, "instruction").rounded(),
            take(left, "learning").rounded(),
            take(left, "emit").rounded(),
            take(left, "barrier").rounded(),
            take(left, "link").rounded(),
            take(left, "horizontal-hop").rounded(),
            take(left, "vertical-hop").rounded(),
            take(left, "local-hop").rounded(),
            take(left, "queue").rounded(),
            take(left, "flit-bits").rounded(),
            take(left, "host-bits").rounded());
    if (!left.isEmpty()) {
      throw new IllegalArgumentException("timing of an unknown thing: " + left.firstKey());
    }
    return timing;
  }

  private static Figure take(Map<String, Figure> figures, String key) {
    var figure = figures.remove(key);
    if (figure == null) {
      throw new IllegalArgumentException("timing: no figure for " + key);
    }
    return figure;
  }
}
