package engram.isa.compile;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Looks for lanes that are not zero, a vector at a time.
final class VectorScan {
  private VectorScan() {}

  /// As `LaneScan.orNonZero`. What lies behind the last lane is left out.
  static void orNonZero(int[] values, int at, int lanes, long[] bits) {
    int width = Species.INTS.length();
    for (int from = 0; from < lanes; from += 64) {
      int end = Math.min(64, lanes - from);
      long word = 0;
      for (int lane = 0; lane < end; lane += width) {
        word |=
            IntVector.fromArray(Species.INTS, values, at + from + lane)
                    .compare(VectorOperators.NE, 0)
                    .toLong()
                << lane;
      }
      bits[from >> 6] |= end == 64 ? word : word & (1L << end) - 1;
    }
  }
}
