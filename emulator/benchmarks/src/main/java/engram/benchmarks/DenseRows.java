package engram.benchmarks;

import engram.isa.NumberFormat;
import engram.isa.exec.Integrator;
import engram.isa.exec.Padding;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import java.util.Random;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// Integration of dense rows; the time is that of one synapse.
public class DenseRows extends KernelBenchmark {
  private static final int ROWS = 2000;
  private static final int ACTIVE = 200;
  private static final int LANES = 1024;

  @Param({"1", "2", "4", "8", "16"})
  public int bits;

  @Param({"INTERPRETER", "VECTORS"})
  public Kernels kernels;

  private final int[] rows = IntStream.range(0, ACTIVE).map(i -> 10 * i).toArray();
  private final long[] payloads = new long[ROWS];
  private final int[] sums = new int[Padding.lanes(LANES)];
  private Integrator integrator;

  @Setup
  public void bind() {
    var random = new Random(1);
    var format = bits == 1 ? NumberFormat.BIT : NumberFormat.signed(bits);
    var layout = new SynapseLayout.Dense(ROWS, LANES, null);
    var weights = SynapseColumn.fixed(format, layout);
    for (int place = 0; place < layout.places(); place++) {
      weights.set(place, random.nextInt(format.signed() ? -format.max() : 0, format.max() + 1));
    }
    for (int row = 0; row < ROWS; row++) {
      payloads[row] = 1L + row % 3;
    }
    integrator = kernels.engine().integrator(layout, weights, format.max());
  }

  /// Plain events.
  @Benchmark
  @OperationsPerInvocation(ACTIVE * LANES)
  public int[] ones() {
    integrator.addOnes(rows, ACTIVE, sums, 0);
    return sums;
  }

  /// Events with payloads.
  @Benchmark
  @OperationsPerInvocation(ACTIVE * LANES)
  public int[] payloads() {
    integrator.add(rows, ACTIVE, payloads, 0, sums, 0);
    return sums;
  }
}
