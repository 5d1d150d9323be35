package engram.chip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/// Which thread runs which cores.
final class CoreDealTest {
  private static List<List<Integer>> hands(CoreDeal deal, int hands) {
    var all = new ArrayList<List<Integer>>();
    for (int h = 0; h < hands; h++) {
      all.add(Arrays.stream(deal.cores(h)).limit(deal.count(h)).boxed().toList());
    }
    return all;
  }

  private static CoreDeal deal(int hands, int... nanos) {
    var deal = new CoreDeal(nanos.length, hands);
    took(deal, nanos);
    return deal;
  }

  private static void took(CoreDeal deal, int... nanos) {
    for (int core = 0; core < nanos.length; core++) {
      deal.took(core, nanos[core]);
    }
  }

  private static long busiest(CoreDeal deal, int hands, List<Integer> nanos) {
    return hands(deal, hands).stream()
        .mapToLong(hand -> hand.stream().mapToLong(nanos::get).sum())
        .max()
        .orElseThrow();
  }

  @Property(tries = 300)
  void everyCoreIsInOneHandAndNoneIsFarBehind(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 10_000) Integer> nanos,
      @ForAll @IntRange(min = 1, max = 5) int hands) {
    var deal = deal(hands, nanos.stream().mapToInt(n -> n).toArray());
    long before = busiest(deal, hands, nanos);
    deal.improve();
    assertThat(hands(deal, hands).stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, nanos.size()).boxed().toList());
    // Longest first is at most 4/3 of the best deal (Graham 1969), which is at least the mean and
    // the longest; and a deal within 5 % of that may stay.
    long all = nanos.stream().mapToLong(n -> n).sum();
    long longest = nanos.stream().mapToLong(n -> n).max().orElseThrow();
    double best = Math.max((double) all / hands, longest);
    if (nanos.size() > 2 * hands) {
      assertThat(busiest(deal, hands, nanos))
          .isLessThanOrEqualTo((long) (best + longest) * 20 / 19);
    }
    assertThat(busiest(deal, hands, nanos)).isLessThanOrEqualTo(before);
  }

  @Test
  void theLongestCoresAreApart() {
    var deal = deal(2, 1, 1_000, 1, 1_000);
    deal.improve();
    assertThat(hands(deal, 2)).allSatisfy(hand -> assertThat(hand).containsAnyOf(1, 3));
  }

  @Test
  void coresStayWhereLittleWouldBeWon() {
    var deal = deal(2, 1_000, 1_010, 1_020, 1_000);
    var before = hands(deal, 2);
    deal.improve();
    assertThat(hands(deal, 2)).isEqualTo(before);
  }

  @Test
  void aCoreThatHasMoreToDoNowMovesOthersAway() {
    var deal = deal(2, 100, 100, 100, 100);
    for (int i = 0; i < 50; i++) {
      took(deal, 300, 100, 100, 100);
    }
    deal.improve();
    assertThat(hands(deal, 2)).contains(List.of(0));
  }

  @Test
  void theCallerGetsLessIfItHasOtherWork() {
    var deal = deal(2, 100, 100, 100, 100);
    deal.tookBeside(250);
    deal.improve();
    assertThat(deal.count(0)).isEqualTo(1);
  }

  /// Of two threads one is half as fast as the other: so it gets a third of the work.
  @Test
  void aSlowThreadGetsLess() {
    var deal = deal(2, 100, 100, 100, 100, 100, 100);
    deal.improve();
    for (int i = 0; i < 50; i++) {
      deal.handTook(0, 300);
      deal.handTook(1, 600);
    }
    deal.improve();
    assertThat(deal.count(0)).isEqualTo(4);
    for (int i = 0; i < 50; i++) {
      deal.handTook(0, 800);
      deal.handTook(1, 200);
    }
    deal.improve();
    assertThat(deal.count(0)).isEqualTo(2);
  }

  @Test
  void aThreadThatWasInterruptedIsNotThoughtSlow() {
    var deal = deal(2, 100, 100, 100, 100, 100, 100);
    deal.improve();
    var before = hands(deal, 2);
    deal.handTook(1, 30_000_000);
    for (int i = 0; i < 20; i++) {
      deal.handTook(0, 300);
      deal.handTook(1, 300);
    }
    deal.improve();
    assertThat(hands(deal, 2)).isEqualTo(before);
  }

  @Test
  void aTurnMovesEveryCore() {
    var deal = deal(3, 1, 1, 1, 1);
    deal.turn();
    assertThat(hands(deal, 3)).containsExactly(List.of(2), List.of(0, 3), List.of(1));
  }
}
