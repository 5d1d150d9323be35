package engram.docs;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.preset.Presets;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.Network;
import engram.firmware.network.Projection;
import engram.firmware.recipe.Recipe;
import engram.firmware.ssnn.SsnnNetwork;
import engram.firmware.ssnn.SsnnSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What ssnn-bp.md says of the network is what the network is.
final class SsnnManualTest {
  private static final Page PAGE = Page.manual("ssnn-bp.md");

  @Test
  void lagsAndAgesAreThoseOfTheNetwork() {
    var rows =
        PAGE.tables(
            "layer",
            "population",
            "lag",
            "acts in",
            "gradient fires in",
            "AGE of weights into it",
            "AGE of the mirror in it");
    assertThat(rows).containsExactly(alignment(1), alignment(2));
  }

  private static List<List<String>> alignment(int depth) {
    var settings =
        SsnnSettings.defaults()
            .withHidden(Stream.generate(() -> 8).limit(depth).toArray(Integer[]::new));
    var network = SsnnNetwork.of(settings);
    var rows = new ArrayList<List<String>>();
    for (int layer = 0; layer <= depth + 1; layer++) {
      String name = SsnnNetwork.layer(settings, layer);
      int lag = network.population(name).orElseThrow().lag();
      rows.add(
          List.of(
              String.valueOf(layer),
              name,
              String.valueOf(lag),
              after(lag),
              layer == 0 ? "" : after(2 * depth + 2 - layer),
              age(network, SsnnNetwork.weights(layer)),
              layer == 0 ? "" : age(network, SsnnNetwork.mirror(layer + 1))));
    }
    return rows;
  }

  private static String after(int steps) {
    return steps == 0 ? "s" : "s + " + steps;
  }

  private static String age(Network network, String projection) {
    return network
        .projection(projection)
        .map(p -> String.valueOf(p.learn().constants().get("AGE")))
        .orElse("");
  }

  @Test
  void everyProgramOfTheNetworkIsListed() {
    var settings = SsnnSettings.defaults();
    var network = SsnnNetwork.of(settings);
    var used = new TreeSet<String>();
    network.populations().forEach(p -> used.add(p.program().name()));
    network.projections().stream()
        .map(Projection::learn)
        .filter(learn -> learn != null)
        .forEach(learn -> used.add(learn.name()));
    used.add("ssnn/hidden_average");
    assertThat(PAGE.table("program", "runs in", "does").stream().map(List::getFirst))
        .containsExactlyInAnyOrderElementsOf(used);
  }

  @Test
  void theNetworkLiesOnTheChipAsShown() throws IOException {
    var preset = Presets.named("engram-1");
    var mapping =
        Mapper.map(SsnnNetwork.of(SsnnSettings.defaults()), preset.spec(), Firmware.library());
    try (var chip = Chip.load(preset, mapping.image(), ChipOptions.reference())) {
      String shown =
          (mapping.report() + chip.loadReport().table())
              .lines()
              .map(String::stripTrailing)
              .collect(Collectors.joining("\n"));
      assertThat(Files.readString(PAGE.file())).contains(shown);
    }
  }

  @Test
  void recipesAreListedAsTheyAre() {
    var rows =
        PAGE.table(
            "recipe",
            "hidden",
            "T",
            "epochs",
            "bits",
            "F",
            "membrane",
            "decay",
            "init scale",
            "quiet",
            "test steps");
    assertThat(rows)
        .containsExactlyElementsOf(
            Recipe.NAMES.stream()
                .map(name -> {
                  var r = Recipe.named(name);
                  return Stream.of(
                          name,
                          r.hidden().stream().map(String::valueOf).collect(Collectors.joining(",")),
                          r.steps(),
                          r.epochs(),
                          r.weightBits(),
                          r.fractionBits(),
                          r.membrane(),
                          r.rateDecay(),
                          r.initScale(),
                          r.quietSteps(),
                          r.testSteps())
                      .map(String::valueOf)
                      .toList();
                })
                .toList());
  }
}
