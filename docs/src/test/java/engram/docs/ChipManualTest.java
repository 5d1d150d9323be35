package engram.docs;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.Phase;
import engram.chip.fault.DeadCore;
import engram.chip.fault.Fault;
import engram.chip.preset.Counter;
import engram.chip.preset.Grade;
import engram.chip.preset.Preset;
import engram.chip.preset.Presets;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.NetworkFile;
import engram.isa.Overflow;
import engram.isa.ProgramKind;
import engram.isa.image.ChipImage;
import engram.isa.image.ImageCodec;
import engram.isa.image.Memory;
import engram.isa.image.ProjectionImage;
import engram.isa.image.SynapseFormat;
import engram.isa.program.Activity;
import engram.isa.program.SymbolRole;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What chip.md lists is what there is.
final class ChipManualTest {
  private static final Page PAGE = Page.manual("chip.md");
  private static final Preset PRESET = Presets.named("engram-1");

  private static List<String> column(List<List<String>> table, int column) {
    return table.stream().map(row -> row.get(column)).toList();
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  @Test
  void memoriesHaveTheirSizes() {
    var core = PRESET.spec().core();
    var rows = PAGE.table("memory", "engram-1", "unit", "holds");
    assertThat(rows.stream().map(row -> row.subList(0, 3)))
        .containsExactlyElementsOf(
            Arrays.stream(Memory.values())
                .map(m -> List.of(m.label(), String.valueOf(m.limit(core)), m.unit()))
                .toList());
  }

  @Test
  void phasesAreInOrder() {
    var names = Arrays.stream(Phase.values()).map(Phase::name).toList();
    assertThat(column(PAGE.table("phase", "what happens"), 0)).isEqualTo(names);
    assertThat(column(PAGE.table("phase", "cycles"), 0)).isEqualTo(names);
  }

  @Test
  void everyFigureOfTimeIsListedWithItsValue() {
    var listed = new LinkedHashMap<String, Double>();
    PAGE.table("figure", "engram-1", "cycles for")
        .forEach(row -> listed.put(row.get(0), Double.valueOf(row.get(1))));
    var figures = new LinkedHashMap<String, Double>();
    PRESET.timings().forEach((key, figure) -> figures.put(key, figure.value()));
    assertThat(listed).containsExactlyInAnyOrderEntriesOf(figures);
  }

  @Test
  void everyCounterIsListed() {
    var rows = PAGE.table("counter", "counted by", "takes energy", "what it counts");
    assertThat(rows.stream().map(row -> row.subList(0, 3)))
        .containsExactlyElementsOf(
            Arrays.stream(Counter.values())
                .map(c ->
                    List.of(c.key(), c.ofCore() ? "core" : "chip", c.takesEnergy() ? "yes" : "no"))
                .toList());
  }

  @Test
  void everyGradeIsListed() {
    assertThat(column(PAGE.table("grade", "meaning"), 0))
        .isEqualTo(Arrays.stream(Grade.values()).map(Grade::keyword).toList());
  }

  @Test
  void codesOfImagesAreThoseOfTheTables() {
    var rows = PAGE.table("code", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    assertThat(rows.stream().map(row -> row.stream().filter(cell -> !cell.isEmpty()).toList()))
        .containsExactly(
            codes("kind", Arrays.stream(ProgramKind.values()).map(ProgramKind::keyword)),
            codes(
                "role",
                Arrays.stream(SymbolRole.values())
                    .filter(role -> !role.builtIn())
                    .map(SymbolRole::keyword)),
            codes("overflow", Arrays.stream(Overflow.values()).map(Overflow::keyword)),
            codes("activity", Arrays.stream(Activity.Kind.values()).map(ChipManualTest::lower)),
            codes("format", Arrays.stream(SynapseFormat.values()).map(SynapseFormat::keyword)),
            codes("path", Arrays.stream(ProjectionImage.Path.values()).map(ChipManualTest::lower)));
  }

  private static List<String> codes(String field, Stream<String> values) {
    return Stream.concat(Stream.of(field), values).toList();
  }

  private static ChipImage example() {
    String yaml =
        PAGE.blocks().stream()
            .filter(block -> block.language().equals("yaml"))
            .findFirst()
            .orElseThrow()
            .text();
    return Mapper.map(NetworkFile.read("formats.yaml", yaml), PRESET.spec(), Firmware.library())
        .image();
  }

  @Test
  void theExampleTakesAsManyWordsAsThePageSays() {
    try (var chip = Chip.load(PRESET, example(), ChipOptions.reference())) {
      var words = new LinkedHashMap<String, String>();
      chip.loadReport().cores().stream()
          .flatMap(core -> core.charges().stream())
          .filter(charge -> charge.memory() == Memory.SYNAPSE)
          .forEach(charge -> words.put(charge.owner(), String.valueOf(charge.amount())));
      var listed = new LinkedHashMap<String, String>();
      PAGE.table("projection", "words", "because")
          .forEach(row -> listed.put(row.get(0), row.get(1)));
      assertThat(listed).containsExactlyEntriesOf(words);
    }
  }

  @Test
  void aSnapshotIsLaidOutAsThePageSays() throws IOException, GeneralSecurityException {
    try (var chip = Chip.load(PRESET, example(), ChipOptions.reference())) {
      chip.run(10);
      var sections = sections(chip, 1);
      assertThat(sections.keySet()).containsExactly("note", "preset", "image", "state", "mirrors");
      assertThat(sections.get("note")).asString().isEqualTo("a note");
      assertThat(sections.get("preset")).asString().isEqualTo("engram-1");
      assertThat(sections.get("image")).isEqualTo(ImageCodec.encode(chip.image()));
      assertThat(HexFormat.of().formatHex(sha256(sections.get("state"))))
          .isEqualTo(chip.stateDigest());
      assertThat(sections.get("mirrors")).isEmpty();
    }
  }

  @Test
  void soIsThatOfAChipWithFaults() throws IOException, GeneralSecurityException {
    try (var chip = Chip.load(PRESET, example(), ChipOptions.reference())) {
      chip.run(10);
      chip.inject(new DeadCore(3, 12, Fault.FOREVER));
      var sections = sections(chip, 2);
      assertThat(sections.keySet())
          .containsExactly("note", "preset", "image", "state", "mirrors", "faults", "parts");
      var in = new DataInputStream(new ByteArrayInputStream(sections.get("faults")));
      assertThat(in.readInt()).isEqualTo(1);
      assertThat(in.readByte()).isEqualTo((byte) 2);
      assertThat(in.readInt()).isEqualTo(3);
      assertThat(in.readLong()).isEqualTo(12);
      assertThat(in.readLong()).isEqualTo(Long.MAX_VALUE);
      assertThat(in.read()).isNegative();
      assertThat(sections.get("parts")).isEmpty();
    }
  }

  /// Reads a snapshot as the table says, and nothing else.
  private static Map<String, byte[]> sections(Chip chip, int version)
      throws IOException, GeneralSecurityException {
    var bytes = new ByteArrayOutputStream();
    chip.snapshot("a note", bytes);
    var in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    var sections = new LinkedHashMap<String, byte[]>();
    for (var row : PAGE.table("bytes", "content")) {
      String name = row.get(1).split("[:,]")[0];
      switch (row.get(0)) {
        case "8" -> assertThat(new String(in.readNBytes(8), "US-ASCII")).isEqualTo(name);
        case "4" -> {
          assertThat(row.get(1)).startsWith("version, 1, or 2 if ");
          assertThat(in.readInt()).isEqualTo(version);
        }
        case "4 + n" -> sections.put(name, in.readNBytes(in.readInt()));
        case "4 + n, in version 2" -> {
          if (version == 2) {
            sections.put(name, in.readNBytes(in.readInt()));
          }
        }
        default -> {
          int covered = bytes.size() - Integer.parseInt(row.get(0));
          assertThat(in.readAllBytes())
              .isEqualTo(sha256(Arrays.copyOf(bytes.toByteArray(), covered)));
        }
      }
    }
    return sections;
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }
}
