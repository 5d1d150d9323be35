package engram.cli.bench.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import engram.cli.common.Median;
import engram.client.Engram;
import engram.client.LatePolicy;
import engram.client.RunOptions;
import java.io.IOException;
import java.util.Arrays;

/// Events in batches into a running chip, each at its step, until the chip has taken all.
final class InjectionCase implements HostCase {
  private static final int NEURONS = 8192;
  private static final short[] PLAIN = {};

  @Override
  public String name() {
    return "injection";
  }

  @Override
  public void measure(int rounds, boolean quick, ObjectNode result) throws IOException {
    int batches = quick ? 4 : 2000;
    int[] neurons = new int[NEURONS];
    Arrays.setAll(neurons, i -> i);
    long[] steps = new long[NEURONS];
    double[] speeds = new double[rounds];
    try (var server = new ServerProcess();
        var connection = Engram.connect(server.uri());
        var chip = connection.lease("engram-1")) {
      chip.load(Networks.echo(NEURONS));
      for (int round = -1; round < rounds; round++) {
        long first = chip.describe().getStep() + 10;
        long start = System.nanoTime();
        try (var injector = chip.injector(Networks.IN, LatePolicy.REJECT)) {
          // The chip waits for events: it runs when enough are there.
          for (int batch = 0; batch < batches; batch++) {
            Arrays.fill(steps, first + batch);
            injector.inject(neurons, NEURONS, PLAIN, steps);
            if (batch % 64 == 63) {
              injector.flush();
              chip.run(RunOptions.untilStep(first + batch));
            }
          }
        }
        chip.run(RunOptions.untilStep(first + batches));
        if (round >= 0) {
          speeds[round] = (double) batches * NEURONS / ((System.nanoTime() - start) * 1e-9);
        }
      }
    }
    result.put("events_per_second", Median.of(speeds));
  }
}
