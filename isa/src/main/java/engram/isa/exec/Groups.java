package engram.isa.exec;

import engram.isa.Fixed;
import engram.isa.Reducer;
import java.util.Arrays;

/// What the barriers of a neuron program reduce: the bids of the lanes, and the results that each
/// lane of a group reads.
public final class Groups {
  private final int[] bids;
  private final long[] bidders;
  private final long[] sums;
  private final int[] reduced;
  private final int[] winners;
  private final int firstIndex;
  private final int lanes;

  /// @param firstIndex logical index of lane 0
  public Groups(int lanes, int firstIndex) {
    this.firstIndex = firstIndex;
    this.lanes = lanes;
    int room = Padding.lanes(lanes);
    bids = new int[room];
    bidders = new long[StreamColumn.words(lanes)];
    sums = new long[room];
    reduced = new int[room];
    winners = new int[room];
  }

  public int[] bids() {
    return bids;
  }

  /// One bit for each lane that bid since the last barrier.
  public long[] bidders() {
    return bidders;
  }

  /// Result a lane reads, exact.
  public long[] sums() {
    return sums;
  }

  /// Result a lane reads, saturated to 32 bits.
  public int[] reduced() {
    return reduced;
  }

  /// Index of the winner that a lane reads.
  public int[] winners() {
    return winners;
  }

  /// Reduces the bids over groups of `size` lanes each, and forgets them.
  public void reduce(Reducer reducer, int size) {
    for (int from = 0; from < lanes; from += size) {
      int to = Math.min(from + size, lanes);
      long value = reducer == Reducer.MAX || reducer == Reducer.ARGMAX ? Integer.MIN_VALUE : 0;
      int winner = -1;
      for (int lane = from; lane < to; lane++) {
        if ((bidders[lane >> 6] >>> lane & 1) == 0) {
          continue;
        }
        int bid = bids[lane];
        switch (reducer) {
          case SUM -> value += bid;
          case ANY -> value |= bid == 0 ? 0 : 1;
          case MAX -> value = Math.max(value, bid);
          case ARGMAX -> {
            if (winner < 0 || bid > value) {
              value = bid;
              winner = firstIndex + lane;
            }
          }
        }
      }
      int saturated = Fixed.saturate(value);
      for (int lane = from; lane < to; lane++) {
        sums[lane] = value;
        reduced[lane] = saturated;
        winners[lane] = winner;
      }
    }
    Arrays.fill(bidders, 0);
  }
}
