package engram.isa.compile;

import engram.isa.exec.LaneScan;
import engram.isa.exec.PlainScan;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// A scan that looks at a vector of lanes at a time.
final class VectorScan implements LaneScan {
  private static final int WIDTH = Species.INTS.length();

  /// Machines with vectors of 512 bits have an instruction that moves the lanes of a mask together;
  /// on others Java may do it by hand.
  private static final boolean COMPRESSES = WIDTH * Integer.SIZE >= 512;

  private final PlainScan plain = new PlainScan();

  /// What lies behind the last lane is left out.
  @Override
  public void orNonZero(int[] values, int at, int lanes, long[] bits) {
    for (int from = 0; from < lanes; from += 64) {
      int end = Math.min(64, lanes - from);
      long word = 0;
      for (int lane = 0; lane < end; lane += WIDTH) {
        word |=
            IntVector.fromArray(Species.INTS, values, at + from + lane)
                    .compare(VectorOperators.NE, 0)
                    .toLong()
                << lane;
      }
      bits[from >> 6] |= end == 64 ? word : word & (1L << end) - 1;
    }
  }

  @Override
  public int list(long[] bits, int at, int first, int end, int shift, int[] list, int from) {
    if (!COMPRESSES) {
      return plain.list(bits, at, first, end, shift, list, from);
    }
    var count = IntVector.zero(Species.INTS).addIndex(1);
    int to = from;
    for (int index = first >> 6; index <= (end - 1) >> 6; index++) {
      long word = LaneScan.word(bits, at, index, first, end);
      if (word == 0) {
        continue;
      }
      for (int lane = 0; lane < 64; lane += WIDTH) {
        long some = word >>> lane & (1L << WIDTH) - 1;
        count
            .add((index << 6) + lane + shift)
            .compress(VectorMask.fromLong(Species.INTS, some))
            .intoArray(list, to);
        to += Long.bitCount(some);
      }
    }
    return to;
  }
}
