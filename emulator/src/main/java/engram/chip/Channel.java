package engram.chip;

import java.util.Arrays;

/// Events on their way from one origin to one core: written in a step, read in the next. Two
/// buffers by parity of the step, so that both ends may work at once; the step's barrier lies
/// between writing and reading one of them.
final class Channel {
  private static final int ROOM = 16;

  private final int[][] axons = {new int[ROOM], new int[ROOM]};
  private final long[][] payloads = {new long[ROOM], new long[ROOM]};
  private final int[] counts = new int[2];

  private static int buffer(long step) {
    return (int) (step & 1);
  }

  /// Forgets what was written two steps ago: to be called before the first write of a step.
  void open(long step) {
    counts[buffer(step)] = 0;
  }

  void put(long step, int axon, long payload) {
    int b = buffer(step);
    int n = counts[b];
    if (n == axons[b].length) {
      axons[b] = Arrays.copyOf(axons[b], 2 * n);
      payloads[b] = Arrays.copyOf(payloads[b], 2 * n);
    }
    axons[b][n] = axon;
    payloads[b][n] = payload;
    counts[b] = n + 1;
  }

  /// Number of events written in a step.
  int count(long step) {
    return counts[buffer(step)];
  }

  int[] axons(long step) {
    return axons[buffer(step)];
  }

  long[] payloads(long step) {
    return payloads[buffer(step)];
  }

  void clear() {
    Arrays.fill(counts, 0);
  }
}
