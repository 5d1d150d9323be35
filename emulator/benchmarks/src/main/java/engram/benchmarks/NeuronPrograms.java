package engram.benchmarks;

import engram.isa.Draw;
import engram.isa.exec.Groups;
import engram.isa.exec.NeuronBinding;
import engram.isa.exec.NeuronKernel;
import java.util.Arrays;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// Neuron programs over all neurons of a core; the time is that of one neuron.
public class NeuronPrograms extends KernelBenchmark {
  private static final int LANES = 1024;

  /// Two draws, and nothing else that takes time.
  private static final String DRAWS =
      """
      .program neuron draws
      .field v : s32
              draw r0, 16
              draw r1, 16
              add  r0, r0, r1
              st   v, r0
      """;

  @Param({"ssnn/hidden", "eprop/alif", "neurons/lif", "draws"})
  public String program;

  @Param public Kernels kernels;

  private NeuronKernel kernel;
  private final long[] active = new long[LANES / Long.SIZE];

  @Setup
  public void bind() {
    var verified =
        program.equals("draws") ? Programs.verified("draws.s", DRAWS) : Programs.library(program);
    Arrays.fill(active, -1);
    kernel =
        kernels
            .engine()
            .neuron(
                new NeuronBinding(
                    verified,
                    Programs.memory(verified.program(), LANES, new Random(1)),
                    0,
                    new Groups(LANES, 0),
                    new int[verified.program().symbols().size()],
                    Programs.surroundings(verified.program(), Draw.Kind.NEURON)));
  }

  @Benchmark
  @OperationsPerInvocation(LANES)
  public void update() {
    kernel.run(0, active, Programs.STEP);
  }
}
