package engram.chip.preset;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The presets that come with the emulator: one YAML file each, beside this class.
public final class Presets {
  /// Names of the presets, the house's own first.
  public static final List<String> NAMES = List.of("engram-1", "loihi-1", "loihi-2", "truenorth");

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
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "chip: " + name + " (expected: one of " + String.join(", ", NAMES) + ")");
    }
    try (InputStream in = Presets.class.getResourceAsStream(name + ".yaml")) {
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Reads a preset file.
  ///
  /// @throws IllegalArgumentException if the text is no preset
  public static Preset read(InputStream yaml) throws IOException {
    try {
      return YAML.readValue(yaml, PresetFile.class).preset();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("preset: " + e.getMessage(), e);
    }
  }

  /// The file as it is written: names as people write them.
  private record PresetFile(
      String name,
      String title,
      List<String> sources,
      List<String> lacks,
      Mesh mesh,
      CoreSpec core,
      CapabilitiesFile can,
      Map<String, Figure> timing,
      EnergyFile energy) {

    Preset preset() {
      return new Preset(
          title,
          new ChipSpec(name, mesh, core, can.capabilities()),
          sources,
          lacks,
          timingOf(timing),
          new TreeMap<>(timing),
          energy.model());
    }
  }

  private record CapabilitiesFile(
      Set<ProgramKind> programs,
      List<String> lackingInstructions,
      Set<SynapseFormat> formats,
      Capabilities.Bits weightBits,
      int tags,
      int delay,
      boolean payload,
      int history,
      boolean sequencers) {

    Capabilities capabilities() {
      return new Capabilities(
          programs,
          lackingInstructions.stream()
              .map(i -> Opcode.valueOf(i.toUpperCase(Locale.ROOT)))
              .collect(Collectors.toSet()),
          formats,
          weightBits,
          tags,
          delay,
          payload,
          history,
          sequencers);
    }
  }

  private record EnergyFile(
      String operatingPoint,
      @JsonProperty(required = false) Figure staticWatts,
      Map<String, Figure> picojoules,
      Map<String, String> included) {

    EnergyModel model() {
      var figures = new EnumMap<Counter, Figure>(Counter.class);
      picojoules.forEach((key, figure) -> figures.put(counter(key), figure));
      var within = new EnumMap<Counter, Counter>(Counter.class);
      included.forEach((key, by) -> within.put(counter(key), counter(by)));
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
