package engram.cli.bench;

import engram.chip.Chip;
import engram.chip.preset.Preset;
import engram.cli.common.TemporaryFolder;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.Network;
import engram.firmware.network.Population;
import engram.firmware.network.ProgramRef;
import engram.firmware.network.Projection;
import engram.firmware.network.Weights;
import engram.isa.NumberFormat;
import engram.isa.compile.CompiledEngine;
import engram.isa.exec.Interpreter;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import engram.isa.image.BlockImage;
import engram.isa.image.ChipImage;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Dense rows of weights, added to the sums of a core's neurons: by a chip of one core, by the
/// integrator alone, and by a plain loop in C over the same rows of 16-bit weights.
final class DenseRowsCase implements BenchCase {
  private static final List<Integer> WIDTHS = List.of(1, 2, 4, 8, 16);

  /// A tenth of the sources spike in a step.
  private static final int TENTH = 26;

  /// Steps of a pass.
  private static final int STEPS = 64;

  private static final String KERNEL = "integrator";
  private static final String LOOP = "C";

  @Override
  public String letter() {
    return "c";
  }

  @Override
  public String title() {
    return "integration of dense rows: a tenth of 2,048 sources, 1,024 targets";
  }

  @Override
  public List<String> variants() {
    return WIDTHS.stream().map(bits -> bits + "-bit").toList();
  }

  @Override
  public Measurement run(String variant, Setting setting) throws IOException {
    int bits = Integer.parseInt(variant.replace("-bit", ""));
    var format = bits == 1 ? NumberFormat.BIT : NumberFormat.signed(bits);
    var preset = BenchChips.roomy("engram-1", 1);
    Supplier<ChipImage> network =
        () -> Mapper.map(network(format, setting), preset.spec(), BenchChips.firmware()).image();
    var plan =
        setting.quick()
            ? new ChipTrial.Plan(3, 3, 3, 3)
            : new ChipTrial.Plan(20, 100_000, 20_000, 50);
    var trial = new ChipTrial(setting, preset, network, chip -> chip::run, plan);
    var rows = rows(network.get(), preset, format);
    int passes = setting.size(150, 2);
    var kernel = rows.kernel(KERNEL, new CompiledEngine(), passes);
    RowSet.requireEqual(kernel, rows.kernel("interpreter's integrator", new Interpreter(), 1));
    trial.beside(kernel);
    var compiler = CProgram.compiler();
    var measurement = new Measurement(this, variant);
    try (var folder = new TemporaryFolder("engram-bench")) {
      if (compiler.isPresent()) {
        var loop = rows.loop(compiler.get(), folder.path(), passes);
        RowSet.requireEqual(kernel, loop);
        trial.beside(loop);
      }
      trial.measure(measurement);
    }
    report(trial, compiler.isPresent(), measurement);
    return measurement;
  }

  private static Network network(NumberFormat format, Setting setting) {
    return Network.named("dense")
        .add(
            Population.of("source", setting.size(2_048, 64), ProgramRef.of("encoders/bernoulli"))
                .withValues("x", TENTH))
        .add(Population.of("target", setting.size(1_024, 40), ProgramRef.of("neurons/lif")))
        .add(
            Projection.named("w")
                .from("source", "spike")
                .to("target", "in")
                .weights(format, new Weights.Uniform(format.max())))
        .build();
  }

  /// What the chip will integrate in its first steps.
  private static RowSet rows(ChipImage image, Preset preset, NumberFormat format) {
    BlockImage block =
        image.cores().stream().flatMap(c -> c.blocks().stream()).findFirst().orElseThrow();
    var layout = (SynapseLayout.Dense) block.layout();
    var weights = SynapseColumn.fixed(format, layout);
    for (int place = 0; place < layout.places(); place++) {
      weights.set(place, block.weights().get(place));
    }
    int[][] active = new int[STEPS][];
    try (var chip = Chip.load(preset, image, ChipTrial.compiled())) {
      var spikes = chip.stream("source", "spike");
      for (int step = 0; step < STEPS; step++) {
        chip.step();
        var rows = IntStream.builder();
        spikes.forEach(rows::add);
        active[step] = rows.build().toArray();
      }
    }
    return new RowSet(layout, weights, format.max(), active);
  }

  private static void report(ChipTrial trial, boolean inC, Measurement measurement) {
    var chip = trial.tally(ChipTrial.COMPILED);
    var kernel = trial.tally(KERNEL);
    measurement
        .put("kernel_operations_per_second", kernel.perSecond(Lap::operations))
        .put("kernel_cpu_operations_per_second", kernel.perCpuSecond(Lap::operations));
    if (inC) {
      var loop = trial.tally(LOOP);
      measurement
          .put("c_operations_per_second", loop.perSecond(Lap::operations))
          .put("c_cpu_operations_per_second", loop.perCpuSecond(Lap::operations))
          .put("ratio_to_c", chip.ratioTo(loop, Lap::operations))
          .put("kernel_ratio_to_c", kernel.ratioTo(loop, Lap::operations));
    }
  }
}
