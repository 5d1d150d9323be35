package engram.isa.exec;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.Reducer;
import engram.isa.testing.Edges;
import engram.isa.testing.Reduction;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a barrier makes of bids.
final class ReductionTest {
  private static NeuronBench bench(String reducer, int lanes) {
    return new NeuronBench(
        """
        .program neuron n
        .field  bids : s32
        .field  bidding : u1
        .field  result : s32
        .field  high : s32
        .field  won : s32 = 77
        .group  pool
                ld     r0, bids
                ld     r1, bidding
                cmpne  p1, r1, 0
          (p1)  bid    r0
                reduce REDUCER, pool
                ld     r0, reduced
                st     result, r0
                ldacc  reduced
                nar    r0, 32
                st     high, r0
        """
                .replace("REDUCER", reducer)
            + (reducer.equals("argmax") ? "ld r0, winner\nst won, r0\n" : ""),
        lanes);
  }

  @Test
  void aSumIs64BitsWide() {
    var bench = bench("sum", 600).set("bidding", 1).set("bids", Integer.MAX_VALUE);
    bench.run();
    long exact = 600L * Integer.MAX_VALUE;
    assertThat(bench.get("high")).containsOnly((int) (exact >> 32));
    assertThat(bench.get("result")).as("saturated to a register").containsOnly(Integer.MAX_VALUE);
    bench.set("bids", Integer.MIN_VALUE).run();
    assertThat(bench.get("high")).containsOnly(-300);
    assertThat(bench.get("result")).containsOnly(Integer.MIN_VALUE);
  }

  @Test
  void aSumOfLargeBidsThatCancelIsExact() {
    var bench = bench("sum", 4).set("bidding", 1);
    bench.set("bids", Integer.MAX_VALUE, Integer.MAX_VALUE, -Integer.MAX_VALUE, -Integer.MAX_VALUE);
    assertThat(bench.run().get("result")).containsOnly(0);
  }

  @Test
  void everyLaneOfAGroupReadsTheResultOfItsOwn() {
    var bench = bench("max", 6).set("bidding", 1).set("bids", 3, 9, -4, -2, 0, 1);
    bench.groupSize = 2;
    assertThat(bench.run().get("result")).containsExactly(9, 9, -2, -2, 1, 1);
  }

  @Test
  void aTieGoesToTheLowestIndex() {
    var bench = bench("argmax", 5).set("bidding", 1).set("bids", 1, 8, 3, 8, 8);
    bench.firstIndex = 40;
    bench.run();
    assertThat(bench.get("won")).containsOnly(41);
    assertThat(bench.get("result")).containsOnly(8);
    bench.set("bidding", 1, 0, 1, 1, 1).run();
    assertThat(bench.get("won")).containsOnly(43);
  }

  @Test
  void theLowestBidOfAllCanWin() {
    var bench = bench("argmax", 3).set("bidding", 0, 1, 1).set("bids", Integer.MIN_VALUE);
    assertThat(bench.run().get("won")).containsOnly(1);
  }

  @Test
  void withoutABidderThereIsNoWinner() {
    var bench = bench("argmax", 70);
    bench.firstIndex = 9;
    bench.run();
    assertThat(bench.get("won")).containsOnly(-1);
    assertThat(bench.get("result")).containsOnly(Integer.MIN_VALUE);
  }

  @Test
  void withoutABidderASumIsZeroAndAMaximumTheSmallestInteger() {
    assertThat(bench("sum", 3).run().get("result")).containsOnly(0);
    assertThat(bench("any", 3).run().get("result")).containsOnly(0);
    assertThat(bench("max", 3).run().get("result")).containsOnly(Integer.MIN_VALUE);
  }

  @Test
  void aBidOfZeroIsNoneForAny() {
    var bench = bench("any", 4).set("bidding", 1);
    assertThat(bench.run().get("result")).containsOnly(0);
    assertThat(bench.set("bids", 0, 0, -5, 0).run().get("result")).containsOnly(1);
  }

  @Test
  void aLaneThatBidsTwiceBidsWhatItBidLast() {
    var bench =
        new NeuronBench(
            """
            .program neuron n
            .field  out : s32
            .group  pool
                    bid    5
                    bid    3
                    reduce sum, pool
                    ld     r0, reduced
                    st     out, r0
            """,
            4);
    assertThat(bench.run().get("out")).containsOnly(12);
  }

  @Test
  void bidsAreForgottenAtTheBarrier() {
    var bench =
        new NeuronBench(
            """
            .program neuron n
            .field  first : s32
            .field  second : s32
            .group  pool
                    bid    5
                    reduce sum, pool
                    ld     r0, reduced
                    st     first, r0
                    ld     r1, index
                    cmpeq  p1, r1, 2
              (p1)  bid    r0
                    reduce sum, pool
                    ld     r0, reduced
                    st     second, r0
            """,
            4);
    bench.run();
    assertThat(bench.get("first")).containsOnly(20);
    assertThat(bench.get("second")).containsOnly(20);
  }

  @Test
  void inactiveLanesNeitherBidNorRead() {
    var bench = bench("sum", 4).set("bidding", 1).set("bids", 10);
    bench.run(new long[] {0b0101});
    assertThat(bench.get("result")).containsExactly(20, 0, 20, 0);
  }

  @ParameterizedTest
  @EnumSource(Reducer.class)
  void agreesWithAPlainOracle(Reducer reducer) {
    var random = new Random(reducer.ordinal());
    for (int i = 0; i < 300; i++) {
      int lanes = 1 + random.nextInt(200);
      int size = 1 + random.nextInt(lanes);
      int first = random.nextInt(100);
      var groups = new Groups(lanes, first);
      var bids = new BigInteger[lanes];
      for (int lane = 0; lane < lanes; lane++) {
        if (random.nextInt(3) > 0) {
          int bid = random.nextBoolean() ? Edges.mixed(random) : random.nextInt(4);
          bids[lane] = BigInteger.valueOf(bid);
          groups.bids()[lane] = bid;
          groups.bidders()[lane / 64] |= 1L << lane;
        }
      }
      groups.reduce(reducer, size);
      for (int lane = 0; lane < lanes; lane++) {
        int from = lane / size * size;
        var expected = Reduction.of(reducer, bids, from, Math.min(from + size, lanes));
        assertThat(groups.sums()[lane]).isEqualTo(expected.value().longValueExact());
        int winner = expected.winner() < 0 ? -1 : first + expected.winner();
        assertThat(groups.winners()[lane]).isEqualTo(winner);
      }
      assertThat(Arrays.stream(groups.bidders())).containsOnly(0L);
    }
  }
}
