package engram.isa.testing;

import engram.isa.Reducer;
import java.math.BigInteger;

/// What a barrier should make of the bids of a group.
///
/// @param winner place of the highest bid, or -1
public record Reduction(BigInteger value, int winner) {
  /// @param bids by lane; null where a lane does not bid
  public static Reduction of(Reducer reducer, BigInteger[] bids, int from, int to) {
    var sum = BigInteger.ZERO;
    var highest = BigInteger.valueOf(Integer.MIN_VALUE);
    boolean any = false;
    int winner = -1;
    for (int lane = to - 1; lane >= from; lane--) {
      if (bids[lane] != null) {
        sum = sum.add(bids[lane]);
        any |= bids[lane].signum() != 0;
        if (bids[lane].compareTo(highest) >= 0) {
          highest = bids[lane];
          winner = lane;
        }
      }
    }
    return switch (reducer) {
      case SUM -> new Reduction(sum, -1);
      case MAX -> new Reduction(highest, -1);
      case ANY -> new Reduction(any ? BigInteger.ONE : BigInteger.ZERO, -1);
      case ARGMAX -> new Reduction(highest, winner);
    };
  }
}
