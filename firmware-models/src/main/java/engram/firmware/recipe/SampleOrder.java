package engram.firmware.recipe;

import java.util.Random;

/// The order in which an epoch presents its samples: a shuffle that depends on seed and epoch
/// alone, so that a run can be taken up in the middle.
public final class SampleOrder {
  private SampleOrder() {}

  /// A permutation of 0..count-1.
  public static int[] of(long seed, int epoch, int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    // java.util.Random's generator is part of Java's specification, so the order never changes.
    var random = new Random(seed * 1_000_003 + epoch);
    for (int i = count - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }
}
