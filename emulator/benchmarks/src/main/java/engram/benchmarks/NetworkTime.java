package engram.benchmarks;

import engram.chip.noc.AnalyticNoc;
import engram.chip.noc.FlitNoc;
import engram.chip.noc.Noc;
import engram.chip.noc.NocFidelity;
import engram.chip.noc.RouteTree;
import engram.chip.preset.Presets;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// A step of the network between the cores; the time is that of one packet, which goes to one to
/// four random cores.
public class NetworkTime extends KernelBenchmark {
  private static final int WAYS = 500;
  private static final int PACKETS = 2_000;
  private static final int MOST_TARGETS = 4;

  @Param public NocFidelity fidelity;

  private Noc noc;

  @Setup
  public void announceWays() {
    var random = new Random(1);
    var preset = Presets.named("loihi-1-nahuku");
    var mesh = preset.spec().mesh();
    noc =
        switch (fidelity) {
          case ANALYTIC -> new AnalyticNoc(mesh, preset.timing());
          case FLIT -> new FlitNoc(mesh, preset.timing());
        };
    for (int way = 0; way < WAYS; way++) {
      int source = random.nextInt(mesh.cores());
      var targets =
          IntStream.range(0, 1 + random.nextInt(MOST_TARGETS))
              .map(_ -> random.nextInt(mesh.cores()))
              .distinct()
              .boxed()
              .collect(Collectors.toList());
      noc.way(source, new RouteTree(mesh, mesh.routerOf(source), targets), 1);
    }
  }

  @Benchmark
  @OperationsPerInvocation(PACKETS)
  public long step() {
    for (int way = 0; way < WAYS; way++) {
      noc.send(way, PACKETS / WAYS);
    }
    return noc.finish();
  }
}
