package engram.isa.compile;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Looks for lanes that are not zero, a vector at a time.
final class VectorScan {
  private VectorScan() {}

  /// As `LaneScan.orNonZero`. What lies behind the last lane is left out.
  static void orNonZero(int[] values, int at, int lanes, long[] bits) {
    int width = Species.INTS.length();
    for (int lane = 0; lane < lanes; lane += width) {
      long here =
          IntVector.fromArray(Species.INTS, values, at + lane)
              .compare(VectorOperators.NE, 0)
              .toLong();
      if (here != 0) {
        int left = lanes - lane;
        long within = left < width ? here & (1L << left) - 1 : here;
        bits[lane >> 6] |= within << lane;
      }
    }
  }
}
