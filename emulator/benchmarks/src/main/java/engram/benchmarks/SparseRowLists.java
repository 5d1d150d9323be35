package engram.benchmarks;

import engram.isa.NumberFormat;
import engram.isa.exec.Integrator;
import engram.isa.exec.Padding;
import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// Integration of rows that list their synapses; the time is that of one synapse.
public class SparseRowLists extends KernelBenchmark {
  private static final NumberFormat WEIGHTS = NumberFormat.signed(8);
  private static final int ACTIVE = 200;
  private static final int SYNAPSES = 100;

  /// Lanes from a synapse to the next, in the mean.
  private static final int DISTANCE = 10;

  /// Columns of the target image, and channels of a convolution with a kernel of three by three.
  private static final int SIDE = 11;

  private static final int CHANNELS = 12;
  private static final int KERNEL = 3;

  /// Sparse rows, of a size that the second level of a cache holds, and of one that none does; rows
  /// of a convolution that share 108 weights.
  public enum Kind {
    SPARSE_IN_CACHE(2_000),
    SPARSE_IN_MEMORY(500_000),
    SHARED(2_000);

    private final int rows;

    Kind(int rows) {
      this.rows = rows;
    }
  }

  @Param public Kind kind;

  @Param({"INTERPRETER", "VECTORS"})
  public Kernels kernels;

  private int[] rows;
  private int[] sums;
  private Integrator integrator;

  @Setup
  public void bind() {
    var random = new Random(1);
    var layout = kind == Kind.SHARED ? shared() : sparse(random);
    var weights = SynapseColumn.of(WEIGHTS, layout.places());
    for (int place = 0; place < layout.places(); place++) {
      weights.set(place, random.nextInt(-WEIGHTS.max(), WEIGHTS.max() + 1));
    }
    int apart = kind.rows / ACTIVE;
    rows = IntStream.range(0, ACTIVE).map(i -> apart * i + random.nextInt(apart)).toArray();
    sums = new int[Padding.lanes(layout.lanes())];
    integrator = kernels.engine().integrator(layout, weights, WEIGHTS.max());
  }

  private SparseRows sparse(Random random) {
    int[] starts = new int[kind.rows + 1];
    Arrays.setAll(starts, row -> row * SYNAPSES);
    int[] targets = new int[kind.rows * SYNAPSES];
    Arrays.setAll(targets, s -> s % SYNAPSES * DISTANCE + random.nextInt(DISTANCE));
    return SparseRows.of(kind.rows, SYNAPSES * DISTANCE, starts, targets);
  }

  /// Each row is the same pattern, moved.
  private SynapseLayout.Shared shared() {
    int entries = CHANNELS * KERNEL * KERNEL;
    int[] offsets = new int[entries];
    for (int entry = 0; entry < entries; entry++) {
      int channel = entry / (KERNEL * KERNEL);
      int place = entry % (KERNEL * KERNEL);
      offsets[entry] = channel * SIDE * SIDE + place / KERNEL * SIDE + place % KERNEL;
    }
    int moves = SIDE * SIDE - offsets[KERNEL * KERNEL - 1];
    int[] base = new int[kind.rows];
    Arrays.setAll(base, row -> row % moves);
    return new SynapseLayout.Shared(
        kind.rows,
        CHANNELS * SIDE * SIDE,
        entries,
        base,
        new int[kind.rows],
        new int[] {0, entries},
        offsets,
        IntStream.range(0, entries).toArray());
  }

  @Benchmark
  @OperationsPerInvocation(ACTIVE * SYNAPSES)
  public int[] ones() {
    integrator.addOnes(rows, ACTIVE, sums, 0);
    return sums;
  }
}
