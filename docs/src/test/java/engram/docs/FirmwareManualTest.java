package engram.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import engram.firmware.Firmware;
import engram.firmware.network.NetworkException;
import engram.firmware.network.NetworkFile;
import engram.firmware.recipe.Recipe;
import engram.isa.assembler.Assembler;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The tables of firmware.md list what there is, no more and no less.
final class FirmwareManualTest {
  private static final Page PAGE = Page.manual("firmware.md");
  private static final Pattern CONSTANT = Pattern.compile("(?m)^\\.const\\s+(\\w+)");

  @Test
  void theLibraryIsListed() {
    var rows =
        PAGE.table("program", "kind", "inputs", "state", "outputs", "registers", "constants");
    assertThat(rows).containsExactlyElementsOf(Firmware.names().stream().map(this::row).toList());
  }

  private List<String> row(String name) {
    String source = Firmware.library().source(name);
    var program = Assembler.assemble(name, source, Map.of()).program();
    var constants = new ArrayList<String>();
    var constant = CONSTANT.matcher(source);
    while (constant.find()) {
      constants.add(constant.group(1));
    }
    return List.of(
        name,
        program.kind().keyword(),
        names(program, SymbolRole.ACCUMULATOR, SymbolRole.ROW, SymbolRole.POST),
        names(program, SymbolRole.FIELD, SymbolRole.PARAM, SymbolRole.TAG),
        names(program, SymbolRole.STREAM, SymbolRole.ROW_ACCUMULATOR),
        names(program, SymbolRole.GLOBAL),
        String.join(", ", constants));
  }

  private static String names(Program program, SymbolRole... roles) {
    return program.symbols().stream()
        .filter(s -> List.of(roles).contains(s.role()))
        .map(Symbol::name)
        .collect(Collectors.joining(", "));
  }

  @Test
  void everyProgramOfTheLibraryIsExplained() {
    assertThat(PAGE.table("program", "what it does").stream().map(List::getFirst))
        .containsExactlyElementsOf(Firmware.names());
  }

  /// A key that is unknown is refused with a list of those that are known.
  @Test
  void everyKeyOfANetworkFileIsListed() {
    var refused =
        catchThrowableOfType(
            NetworkException.class,
            () ->
                NetworkFile.read(
                    "keys.yaml",
                    """
                    no-key: 0
                    network: keys
                    populations:
                      a: {no-key: 0, neurons: 1, external: true}
                    projections:
                      p: {no-key: 0, from: a.s, to: a.in, weights: s8 conv, values: 1,
                          conv: {no-key: 0, height: 1, width: 1, size: 1}}
                    sequencers:
                      - {no-key: 0, rewire: p, on: r}
                    samples: {no-key: 0, data: a.x, vote: a.s, learn: l}
                    """));
    var known =
        refused.reasons().stream()
            .filter(reason -> reason.contains("unknown key: no-key"))
            .collect(
                Collectors.toMap(
                    reason -> reason.substring(0, reason.indexOf(':')),
                    reason ->
                        Arrays.asList(
                            reason.replaceFirst(".*expected: (.*)\\)", "$1").split(", "))));
    assertThat(known).hasSize(6);
    listed("key", known.get("network"));
    listed("key of a population", known.get("populations.a"));
    listed("key of a projection", known.get("projections.p"));
    listed("key of conv", known.get("projections.p.conv"));
    listed("key of a sequencer", known.get("sequencers"));
    listed("key of samples", known.get("samples"));
  }

  private static void listed(String header, List<String> keys) {
    assertThat(PAGE.table(header, "value", "meaning").stream().map(List::getFirst))
        .as(header)
        .containsExactlyElementsOf(keys);
  }

  @Test
  void everyKeyOfARecipeIsListed() {
    var keys =
        Arrays.stream(Recipe.class.getRecordComponents())
            .map(RecordComponent::getName)
            .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT));
    assertThat(PAGE.table("key of a recipe", "meaning").stream().map(List::getFirst))
        .containsExactlyElementsOf(keys.toList());
  }
}
