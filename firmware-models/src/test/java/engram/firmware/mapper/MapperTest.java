package engram.firmware.mapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.chip.preset.Presets;
import engram.firmware.Firmware;
import engram.firmware.TestChips;
import engram.firmware.network.Network;
import engram.firmware.network.Population;
import engram.firmware.network.ProgramRef;
import engram.firmware.network.Projection;
import engram.firmware.network.Weights;
import engram.firmware.ssnn.SsnnNetwork;
import engram.firmware.ssnn.SsnnSettings;
import engram.isa.NumberFormat;
import engram.isa.image.ChipSpec;
import engram.isa.image.ImageException;
import engram.isa.image.Memory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MapperTest {
  private static final ChipSpec SPEC = Presets.named("engram-1").spec();
  private static final NumberFormat WEIGHT = NumberFormat.signed(8);

  private static Mapping map(Network network) {
    return Mapper.map(network, SPEC, Firmware.library());
  }

  @Test
  void sourcesShareACoreAndOthersHaveTheirOwn() {
    var placements = map(SsnnNetwork.of(SsnnSettings.defaults())).placements();
    assertThat(placements)
        .containsExactly(
            new Mapping.Placement("image", 0, 784, 0),
            new Mapping.Placement("label", 0, 10, 0),
            new Mapping.Placement("bias", 0, 1, 0),
            new Mapping.Placement("hidden1", 0, 128, 1),
            new Mapping.Placement("output", 0, 10, 2));
  }

  @Test
  void aPopulationIsCutWhereTheMemoryOfACoreEnds() {
    var mapping = map(SsnnNetwork.of(SsnnSettings.defaults().withHidden(600)));
    var hidden =
        mapping.placements().stream().filter(p -> p.population().equals("hidden1")).toList();
    assertThat(hidden).hasSize(3).allMatch(p -> p.count() == 200);
    assertThat(mapping.report()).contains("hidden1").contains("400 to 599");
  }

  @Test
  void whenCoresRunOutPopulationsShareThem() {
    var builder = Network.named("many").add(Population.external("in", 2));
    for (int i = 0; i < 100; i++) {
      builder
          .add(Population.of("p" + i, 3, ProgramRef.of("neurons/lif")))
          .add(
              Projection.of(
                  "w" + i, "in", "spike", "p" + i, "in", WEIGHT, new Weights.Constant(1)));
    }
    var mapping = map(builder.build());
    assertThat(mapping.image().cores().size()).isLessThanOrEqualTo(SPEC.mesh().cores());
    assertThat(mapping.placements()).hasSize(100);
  }

  @Test
  void aNetworkThatFitsNoChipIsRefusedWithBothNumbers() {
    assertThatThrownBy(() -> map(SsnnNetwork.of(SsnnSettings.defaults().withHidden(3500, 3500))))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("network ssnn-bp is refused by engram-1")
        .hasMessageContaining("cores: ")
        .hasMessageContaining("(expected: at most 64 on engram-1)")
        .hasMessageContaining("hidden2");
    assertThatThrownBy(() -> map(SsnnNetwork.of(SsnnSettings.defaults().withHidden(20000))))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("population output")
        .hasMessageContaining("words of synapse memory (expected: at most 32768 on engram-1)");
  }

  @Test
  void aGroupIsNeverSplit() {
    var network =
        Network.named("groups")
            .add(Population.external("in", 100))
            .add(
                Population.of("out", 60, ProgramRef.of("ssnn/output"))
                    .withGroup("race", 20)
                    .onCores(60))
            .add(Projection.of("w", "in", "spike", "out", "drive", WEIGHT, new Weights.Constant(1)))
            .build();
    assertThat(map(network).placements()).hasSize(3).allMatch(p -> p.count() == 20);
    try (var chip = TestChips.chip(network)) {
      chip.run(5);
      assertThat(chip.stream("out", "spike").count()).isEqualTo(3);
    }
  }

  @Test
  void routesOfAOneToOneProjectionGoOnlyWhereTheirTargetsAre() {
    var network =
        Network.named("local")
            .add(Population.of("a", 64, ProgramRef.of("encoders/bernoulli")))
            .add(Population.of("b", 64, ProgramRef.of("neurons/lif")).onCores(4))
            .add(Projection.of("w", "a", "spike", "b", "in", WEIGHT, new Weights.OneToOne(1)))
            .build();
    var slice = map(network).image().cores().get(0).slices().get(0);
    assertThat(slice.routes().get("spike"))
        .hasSize(4)
        .allMatch(r -> r.count() == 16)
        .extracting(r -> r.first())
        .containsExactlyInAnyOrder(0, 16, 32, 48);
  }

  /// Random networks on random numbers of cores: the image fits its own report, and the placement
  /// changes nothing.
  @Test
  void placementNeverChangesTheState() {
    var random = new Random(2);
    for (int trial = 0; trial < 12; trial++) {
      long seed = random.nextInt();
      String expected = null;
      for (int cores : List.of(1, 2, 5)) {
        var network = network(new Random(seed), seed, cores);
        try (var chip = TestChips.chip(network)) {
          for (int step = 0; step < 40; step++) {
            if (step % 3 == 0) {
              chip.inject("in", step % 7, 1 + step % 4);
            }
            chip.step();
          }
          String digest = chip.stateDigest();
          expected = expected == null ? digest : expected;
          assertThat(digest).as("seed %d, %d cores", seed, cores).isEqualTo(expected);
          for (var memory : Memory.values()) {
            assertThat(chip.loadReport().fullest(memory).used(memory))
                .isLessThanOrEqualTo(memory.limit(SPEC.core()));
          }
        }
      }
    }
  }

  private static Network network(Random random, long seed, int cores) {
    var builder = Network.named("random").seed(seed).add(Population.external("in", 7));
    int populations = 2 + random.nextInt(3);
    for (int p = 0; p < populations; p++) {
      var program =
          random.nextBoolean()
              ? ProgramRef.of("stdp/neuron").with("THRESHOLD", 40)
              : ProgramRef.of("neurons/cuba_lif").with("THRESHOLD", 60);
      builder.add(Population.of("p" + p, 10 + random.nextInt(60), program).onCores(cores));
    }
    for (int w = 0; w < 2 * populations; w++) {
      String from =
          w == 0 ? "in" : random.nextInt(4) == 0 ? "in" : "p" + random.nextInt(populations);
      Weights weights =
          random.nextBoolean() ? new Weights.Uniform(40) : new Weights.Random(0.3, -20, 60);
      builder.add(
          Projection.of(
                  "w" + w, from, "spike", "p" + random.nextInt(populations), "in", WEIGHT, weights)
              .withLines(
                  new Projection.Line(
                      "spike", random.nextBoolean() ? 1 : -1, 1 + random.nextInt(5))));
    }
    return builder.build();
  }
}
