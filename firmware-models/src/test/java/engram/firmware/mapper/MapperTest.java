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
import engram.isa.image.ProjectionImage.Line;
import engram.isa.image.SynapseFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
              Projection.named("w" + i)
                  .from("in", "spike")
                  .to("p" + i, "in")
                  .weights(WEIGHT, new Weights.Constant(1)));
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
        .hasMessageContaining("most of them, 100, are taken by hidden1");
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
            .add(
                Projection.named("w")
                    .from("in", "spike")
                    .to("out", "drive")
                    .weights(WEIGHT, new Weights.Constant(1)))
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
            .add(
                Projection.named("w")
                    .from("a", "spike")
                    .to("b", "in")
                    .weights(WEIGHT, new Weights.OneToOne(1)))
            .build();
    var slice = map(network).image().cores().get(0).slices().get(0);
    assertThat(slice.routes().get("spike"))
        .hasSize(4)
        .allMatch(r -> r.count() == 16)
        .extracting(r -> r.first())
        .containsExactlyInAnyOrder(0, 16, 32, 48);
  }

  /// A convolution whose rows share patterns and weights is the same network as one whose synapses
  /// are listed one by one, on any number of cores, and takes less memory.
  @Test
  void sharedWeightsAreTheSameNetworkAsListedOnes() {
    var random = new Random(4);
    for (var grid :
        List.of(
            new Weights.Grid(9, 7, 2, 3, 3, 1, 1),
            new Weights.Grid(8, 8, 1, 4, 5, 2, 2),
            new Weights.Grid(6, 5, 3, 2, 2, 3, 0))) {
      int[] kernel = random.ints(grid.weights(), -60, 61).toArray();
      String expected = null;
      long listed = 0;
      for (var format : List.of(SynapseFormat.SPARSE, SynapseFormat.MASKED, SynapseFormat.SHARED)) {
        for (int cores : List.of(1, 3)) {
          var network = convolution(grid, kernel, format, cores);
          try (var chip = TestChips.chip(network)) {
            var events = new Random(5);
            for (int step = 0; step < 12; step++) {
              for (int i = 0; i < 6; i++) {
                chip.inject("in", events.nextInt(grid.sources()), 1 + events.nextInt(3));
              }
              chip.step();
            }
            assertThat(chip.weights("w")).isEqualTo(direct(grid, kernel));
            String digest = chip.stateDigest();
            expected = expected == null ? digest : expected;
            assertThat(digest).as("%s on %d cores", format, cores).isEqualTo(expected);
            long words =
                chip.loadReport().cores().stream().mapToLong(c -> c.used(Memory.SYNAPSE)).sum();
            listed = format == SynapseFormat.SPARSE && cores == 1 ? words : listed;
            if (format == SynapseFormat.SHARED && cores == 1) {
              assertThat(words).isLessThan(listed);
            }
          }
        }
      }
    }
  }

  private static Network convolution(
      Weights.Grid grid, int[] kernel, SynapseFormat format, int cores) {
    return Network.named("conv")
        .add(Population.external("in", grid.sources()))
        .add(Population.of("out", grid.targets(), ProgramRef.of("neurons/cuba_lif")).onCores(cores))
        .add(
            Projection.named("w")
                .from("in", "spike")
                .to("out", "in")
                .weights(WEIGHT, new Weights.Convolution(grid, kernel))
                .format(format))
        .build();
  }

  /// The convolution by its definition: for each output place, each input under the kernel.
  private static int[] direct(Weights.Grid grid, int[] kernel) {
    int[] weights = new int[grid.sources() * grid.targets()];
    for (int o = 0; o < grid.outputs(); o++) {
      for (int oy = 0; oy < grid.outputHeight(); oy++) {
        for (int ox = 0; ox < grid.outputWidth(); ox++) {
          int target = (o * grid.outputHeight() + oy) * grid.outputWidth() + ox;
          for (int i = 0; i < grid.inputs(); i++) {
            for (int ky = 0; ky < grid.size(); ky++) {
              for (int kx = 0; kx < grid.size(); kx++) {
                int y = oy * grid.stride() + ky - grid.padding();
                int x = ox * grid.stride() + kx - grid.padding();
                if (y >= 0 && y < grid.height() && x >= 0 && x < grid.width()) {
                  int source = (i * grid.height() + y) * grid.width() + x;
                  weights[source * grid.targets() + target] =
                      kernel[((o * grid.inputs() + i) * grid.size() + ky) * grid.size() + kx];
                }
              }
            }
          }
        }
      }
    }
    return weights;
  }

  /// Drawing gaps gives each pair its synapse with the same probability, whichever it is.
  @Test
  void randomSynapsesAreEvenlySpread() {
    int sources = 400;
    int targets = 300;
    var weights = new Weights.Random(0.1, 1, 2);
    int[] bySource = new int[sources];
    int[] byTarget = new int[targets];
    for (int s = 0; s < sources; s++) {
      int source = s;
      int[] last = {-1};
      weights.forEachTarget(
          99,
          source,
          targets,
          t -> {
            assertThat(t).isBetween(last[0] + 1, targets - 1);
            last[0] = t;
            bySource[source]++;
            byTarget[t]++;
          });
    }
    assertThat(chiSquare(bySource, targets * 0.1, targets * 0.09)).isBetween(300.0, 510.0);
    assertThat(chiSquare(byTarget, sources * 0.1, sources * 0.09)).isBetween(215.0, 395.0);
    int[] all = {0};
    new Weights.Random(1, 1, 2).forEachTarget(99, 0, targets, _ -> all[0]++);
    new Weights.Random(0, 1, 2).forEachTarget(99, 0, targets, _ -> all[0]++);
    assertThat(all[0]).isEqualTo(targets);
  }

  /// Sum of squared deviations over variance: as many degrees of freedom as counts.
  private static double chiSquare(int[] counts, double mean, double variance) {
    return Arrays.stream(counts).mapToDouble(c -> (c - mean) * (c - mean) / variance).sum();
  }

  /// What a network takes at least is known before anything is laid out, so that a text of a few
  /// lines can't ask for terabytes.
  @Test
  void networksFarBeyondTheChipAreRefusedBeforeTheyAreLaidOut() {
    var source = Population.external("a", 16_000_000);
    var target = Population.of("b", 16_000_000, ProgramRef.of("neurons/lif").with("THRESHOLD", 1));
    for (var weights :
        List.of(new Weights.Random(1, 0, 1), new Weights.OneToOne(1), new Weights.Constant(1))) {
      var network =
          Network.named("huge")
              .add(source)
              .add(target)
              .add(
                  Projection.named("w")
                      .from("a", "spike")
                      .to("b", "in")
                      .weights(NumberFormat.signed(8), weights))
              .build();
      assertThatThrownBy(() -> map(network))
          .isInstanceOf(ImageException.class)
          .hasMessageContaining("neurons: 16000000 (expected: at most 65536 on engram-1)");
    }
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

  /// Every core that holds a part of a row runs its program; of equal events one copy is sent.
  @Test
  void rowsThatAreSplitSendAnEventOnce() {
    String echo = ".program row echo\n.stream echo\n.trigger came = pre\n emit echo\n";
    for (int cores : List.of(1, 3)) {
      var network =
          Network.named("echo")
              .add(Population.external("in", 2))
              .add(Population.of("a", 6, ProgramRef.of("neurons/lif")).onCores(cores))
              .add(Population.of("b", 2, ProgramRef.of("neurons/lif").with("LEAK", 4096)))
              .add(
                  Projection.named("p")
                      .from("in", "spike")
                      .to("a", "in")
                      .weights(WEIGHT, new Weights.Constant(1))
                      .rows(ProgramRef.of("echo")))
              .add(
                  Projection.named("q")
                      .fromRows("in", "p", new Line("echo", 1, 1))
                      .to("b", "in")
                      .weights(WEIGHT, new Weights.OneToOne(1)))
              .build();
      try (var chip = TestChips.chip(network, Map.of("echo", echo))) {
        chip.inject("in", 1, 1);
        chip.run(4);
        assertThat(chip.read("b", "v")).as("%d cores", cores).containsExactly(0, 1);
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
          Projection.named("w" + w)
              .from(from, "spike", random.nextBoolean() ? 1 : -1, 1 + random.nextInt(5))
              .to("p" + random.nextInt(populations), "in")
              .weights(WEIGHT, weights));
    }
    return builder.build();
  }
}
