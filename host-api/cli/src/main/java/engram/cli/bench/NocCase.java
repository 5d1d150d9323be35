package engram.cli.bench;

import engram.chip.ChipOptions;
import engram.chip.noc.NocFidelity;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.Network;
import engram.firmware.network.Population;
import engram.firmware.network.ProgramRef;
import engram.firmware.network.Projection;
import engram.firmware.network.Weights;
import engram.isa.NumberFormat;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// The network between the cores: flit by flit against bounds alone, on a convolutional network of
/// the size of the one that SANA-FE (Boyle et al., IEEE TCAD 44, 2025) brings for the DVS gesture
/// data: the same layers, kernels and cores, and about as many events and packets a step.
final class NocCase implements BenchCase {
  private static final String FLIT = "flit by flit";
  private static final String AS_THERE = "49-cores";
  private static final String ALL = "128-cores";
  private static final NumberFormat WEIGHTS = NumberFormat.signed(8);

  /// Rows and columns of the input.
  private static final int SIDE = 32;

  private static final int KERNEL = 3;

  /// A layer behind the input.
  ///
  /// @param channels of the layer
  /// @param stride of its convolution
  /// @param rate spikes of a neuron in 65536 steps
  private record Layer(int channels, int stride, int rate) {}

  private static final int INPUT_RATE = 640;

  private static final List<Layer> LAYERS =
      List.of(
          new Layer(16, 2, 640),
          new Layer(32, 1, 910),
          new Layer(64, 1, 1520),
          new Layer(11, 1, 1470));

  private static final int CLASSES = 11;

  /// Cores of the input, the layers and the classes.
  private static final List<Integer> CORES_THERE = List.of(1, 8, 8, 22, 9, 1);

  private static final List<Integer> ALL_CORES = List.of(1, 23, 23, 57, 23, 1);

  @Override
  public String letter() {
    return "g";
  }

  @Override
  public String title() {
    return "network on chip, bounds and flit by flit: 18,678 neurons on a chip of 128 cores";
  }

  @Override
  public List<String> variants() {
    return List.of(AS_THERE, ALL);
  }

  @Override
  public Measurement run(String variant, Setting setting) throws IOException {
    var preset = BenchChips.roomy("loihi-1-nahuku");
    var cores = variant.equals(ALL) ? ALL_CORES : CORES_THERE;
    var plan =
        setting.quick() ? new ChipTrial.Plan(2, 2, 2, 1) : new ChipTrial.Plan(20, 2_500, 500, 100);
    var flit = new ChipOptions(ChipTrial.compiled().engine(), 1, NocFidelity.FLIT, false);
    var trial =
        new ChipTrial(
                setting,
                preset,
                () ->
                    Mapper.map(network(cores, setting), preset.spec(), BenchChips.firmware())
                        .image(),
                chip -> chip::run,
                plan)
            .against(FLIT, flit);
    var measurement = new Measurement(this, variant);
    trial.measure(measurement);
    var tally = trial.tally(FLIT);
    return measurement
        .put("flit_synaptic_operations_per_second", tally.perSecond(Lap::operations))
        .put("flit_cpu_synaptic_operations_per_second", tally.perCpuSecond(Lap::operations))
        .put("flit_ratio_to_analytic", tally.ratioTo(trial.tally(ChipTrial.COMPILED), Lap::steps));
  }

  private static Network network(List<Integer> cores, Setting setting) {
    var random = new Random(1);
    int side = setting.size(SIDE, SIDE / 2);
    int channels = 1;
    var builder =
        Network.named("gesture")
            .add(population("layer0", side * side, INPUT_RATE, cores.getFirst()));
    for (int l = 0; l < LAYERS.size(); l++) {
      var layer = LAYERS.get(l);
      int next = setting.size(layer.channels(), 2);
      var grid = new Weights.Grid(side, side, channels, next, KERNEL, layer.stride(), 0);
      int[] kernel = new int[grid.weights()];
      Arrays.setAll(kernel, _ -> random.nextInt(-WEIGHTS.max(), WEIGHTS.max() + 1));
      builder.add(population("layer" + (l + 1), grid.targets(), layer.rate(), cores.get(l + 1)));
      builder.add(projection(l, new Weights.Convolution(grid, kernel)));
      side = grid.outputWidth();
      channels = next;
    }
    return builder
        .add(population("layer" + (LAYERS.size() + 1), CLASSES, INPUT_RATE, cores.getLast()))
        .add(projection(LAYERS.size(), new Weights.Uniform(WEIGHTS.max())))
        .build();
  }

  private static Population population(String name, int neurons, int rate, int cores) {
    return Population.of(name, neurons, ProgramRef.of("bench/noisy").with("RATE", rate))
        .onCores(cores);
  }

  /// From a layer to the next.
  private static Projection projection(int from, Weights weights) {
    return Projection.named("w" + (from + 1))
        .from("layer" + from, "spike")
        .to("layer" + (from + 1), "in")
        .weights(WEIGHTS, weights)
        .build();
  }
}
