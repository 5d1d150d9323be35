package engram.chip;

import java.util.Arrays;

/// Events that one core holds for later steps: one list a step, as far ahead as an axon's delay can
/// reach.
final class EventQueue {
  /// Steps ahead, this one included; delays are at most 63.
  static final int STEPS = 64;

  private final int[][] blocks = new int[STEPS][4];
  private final int[][] rows = new int[STEPS][4];
  private final long[][] payloads = new long[STEPS][4];
  private final int[] counts = new int[STEPS];
  private int waiting;

  private static int slot(long step) {
    return (int) (step & (STEPS - 1));
  }

  /// @param payload with the axon's sign applied
  void add(long due, int block, int row, long payload) {
    int s = slot(due);
    int n = counts[s];
    if (n == rows[s].length) {
      blocks[s] = Arrays.copyOf(blocks[s], 2 * n);
      rows[s] = Arrays.copyOf(rows[s], 2 * n);
      payloads[s] = Arrays.copyOf(payloads[s], 2 * n);
    }
    blocks[s][n] = block;
    rows[s][n] = row;
    payloads[s][n] = payload;
    counts[s] = n + 1;
    waiting++;
  }

  int count(long due) {
    return counts[slot(due)];
  }

  int block(long due, int i) {
    return blocks[slot(due)][i];
  }

  int row(long due, int i) {
    return rows[slot(due)][i];
  }

  long payload(long due, int i) {
    return payloads[slot(due)][i];
  }

  /// Forgets the events of a step.
  void remove(long due) {
    waiting -= counts[slot(due)];
    counts[slot(due)] = 0;
  }

  /// Forgets the events of a block.
  void forget(int block) {
    for (int s = 0; s < STEPS; s++) {
      int kept = 0;
      for (int i = 0; i < counts[s]; i++) {
        if (blocks[s][i] != block) {
          blocks[s][kept] = blocks[s][i];
          rows[s][kept] = rows[s][i];
          payloads[s][kept] = payloads[s][i];
          kept++;
        }
      }
      waiting -= counts[s] - kept;
      counts[s] = kept;
    }
  }

  /// Events of all steps.
  int waiting() {
    return waiting;
  }

  void clear() {
    Arrays.fill(counts, 0);
    waiting = 0;
  }
}
