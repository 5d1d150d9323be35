package engram.benchmarks;

import engram.isa.Draw;
import engram.isa.NumberFormat;
import engram.isa.exec.Firing;
import engram.isa.exec.LongColumn;
import engram.isa.exec.SynapseBinding;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseKernel;
import engram.isa.exec.SynapseLayout;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import engram.isa.verify.Linkage;
import engram.isa.verify.VerifiedProgram;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// Learning over dense rows; the time is that of one synapse of a row that an event has reached.
/// For `ssnn/coincidence` one target neuron in eight has a gradient spike of either sign, and only
/// its synapses run; the other rules run over all synapses.
public class SynapsePrograms extends KernelBenchmark {
  private static final int ROWS = 800;
  private static final int TRIGGERED = 100;
  private static final int LANES = 512;
  private static final NumberFormat WEIGHTS = NumberFormat.signed(12);

  /// What there is beside a learning program: the programs of target neurons and of rows.
  private record Around(String neuron, Optional<String> row) {}

  @Param({"ssnn/coincidence", "stdp/reward", "eprop/alif_synapse"})
  public String program;

  @Param public Kernels kernels;

  private final int[] rows = IntStream.range(0, TRIGGERED).map(i -> 8 * i).toArray();
  private SynapseKernel kernel;
  private Firing firing;

  private Around around() {
    return switch (program) {
      case "ssnn/coincidence" -> new Around("ssnn/hidden", Optional.empty());
      case "stdp/reward" -> new Around("stdp/neuron", Optional.of("stdp/trace"));
      default -> new Around("eprop/alif", Optional.of("eprop/trace"));
    };
  }

  @Setup
  public void bind() {
    var random = new Random(1);
    var verified = Programs.library(program);
    var neuron = Programs.library(around().neuron());
    Optional<VerifiedProgram> row = around().row().map(Programs::library);
    var layout = new SynapseLayout.Dense(ROWS, LANES, null);
    var weights = SynapseColumn.of(WEIGHTS, layout.places());
    for (int place = 0; place < layout.places(); place++) {
      weights.set(place, random.nextInt(-WEIGHTS.max(), WEIGHTS.max() + 1));
    }
    var payloads = new LongColumn(ROWS, verified.oldestArrival() + 2);
    Arrays.fill(payloads.values(), 1);
    kernel =
        kernels
            .engine()
            .synapse(
                new SynapseBinding(
                    verified,
                    Linkage.of(verified, row, neuron),
                    layout,
                    weights,
                    WEIGHTS,
                    tags(verified.program(), layout),
                    row.map(r -> Programs.memory(r.program(), ROWS, random)).orElse(null),
                    Programs.memory(neuron.program(), LANES, random),
                    payloads,
                    0,
                    false,
                    null,
                    Programs.surroundings(verified.program(), Draw.Kind.SYNAPSE)));
    firing = firing(verified.program(), random);
  }

  private static SynapseColumn[] tags(Program program, SynapseLayout layout) {
    var tags = new SynapseColumn[program.symbols().size()];
    for (int slot = 0; slot < tags.length; slot++) {
      if (program.symbol(slot).role() == SymbolRole.TAG) {
        tags[slot] = SynapseColumn.of(program.symbol(slot).format(), layout.places());
      }
    }
    return tags;
  }

  /// All triggers of the rows; of the neurons' terms each holds for one neuron in eight.
  private static Firing firing(Program program, Random random) {
    long[][] post = new long[program.triggers().size()][];
    for (int t = 0; t < post.length; t++) {
      if (program.triggers().get(t).hasPost()) {
        post[t] = new long[LANES / Long.SIZE];
        for (int lane = 0; lane < LANES; lane++) {
          post[t][lane >> 6] |= random.nextInt(8) == 0 ? 1L << lane : 0;
        }
      }
    }
    return new Firing(LANES, post);
  }

  @Benchmark
  @OperationsPerInvocation(TRIGGERED * LANES)
  public long learn() {
    firing.fire(-1);
    return kernel.run(rows, 0, rows.length, firing, Programs.STEP);
  }
}
