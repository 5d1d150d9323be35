package engram.isa.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SparseRowsTest {
  /// Lists of lanes, some apart by more than a step can say.
  private static List<List<Integer>> lists(SplittableRandom random, int rows, int lanes) {
    var lists = new ArrayList<List<Integer>>();
    for (int row = 0; row < rows; row++) {
      int apart = 1 << random.nextInt(17);
      var list = new ArrayList<Integer>();
      for (int lane = random.nextInt(apart); lane < lanes; lane += 1 + random.nextInt(apart)) {
        list.add(lane);
      }
      lists.add(list);
    }
    return lists;
  }

  private static SparseRows rows(List<List<Integer>> lists, int lanes) {
    int[] starts = new int[lists.size() + 1];
    for (int row = 0; row < lists.size(); row++) {
      starts[row + 1] = starts[row] + lists.get(row).size();
    }
    int[] targets = lists.stream().flatMap(List::stream).mapToInt(t -> t).toArray();
    return SparseRows.of(lists.size(), lanes, starts, targets);
  }

  @Test
  void holdTheListsThatTheyAreMadeOf() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new SplittableRandom(seed);
      int lanes = 1 + random.nextInt(random.nextBoolean() ? 300 : 200_000);
      var lists = lists(random, 1 + random.nextInt(6), lanes);
      var sparse = rows(lists, lanes);
      String as = "seed " + seed;
      assertThat(sparse.isSound()).as(as).isTrue();
      int places = 0;
      for (int row = 0; row < lists.size(); row++) {
        var found = new ArrayList<Integer>();
        var at = new ArrayList<Integer>();
        sparse.forEach(
            row,
            (lane, place) -> {
              found.add(lane);
              at.add(place);
            });
        assertThat(found).as(as).isEqualTo(lists.get(row));
        assertThat(at).as(as).isSorted().doesNotHaveDuplicates();
        assertThat(sparse.live(row)).as(as).isEqualTo(found.size());
        if (!found.isEmpty()) {
          int some = random.nextInt(found.size());
          assertThat(sparse.place(row, found.get(some))).as(as).isEqualTo(at.get(some));
        }
        int end = sparse.starts()[row + 1];
        assertThat(IntStream.range(sparse.starts()[row], end).filter(p -> !sparse.isGap(p)))
            .as(as)
            .containsExactlyElementsOf(at);
        places += end - sparse.starts()[row];
      }
      assertThat(sparse.places()).as(as).isEqualTo(places);
    }
  }

  @Test
  void takeStepsOfTheWidthThatTakesLess() {
    var near = IntStream.range(0, 100).mapToObj(i -> i * 200).toList();
    assertThat(rows(List.of(near), 20_000).narrowSteps()).hasSize(100);
    var far = IntStream.range(0, 100).mapToObj(i -> i * 600).toList();
    assertThat(rows(List.of(far), 60_000).wideSteps()).hasSize(100);
    // One gap among many steps is cheaper than wide steps for all.
    var mostlyNear = new ArrayList<>(near);
    mostlyNear.add(near.getLast() + 255);
    assertThat(rows(List.of(mostlyNear), 30_000).narrowSteps()).hasSize(102);
  }

  @Test
  void refuseTargetsThatAreNotAscendingWithinTheLanes() {
    refused(new int[] {1, 1}, "row 0, target: 1 (expected: 2 to 599)");
    refused(new int[] {2, 1}, "row 0, target: 1 (expected: 3 to 599)");
    refused(new int[] {0, 600}, "row 0, target: 600 (expected: 1 to 599)");
    refused(new int[] {-1, 2}, "row 0, target: -1 (expected: 0 to 599)");
  }

  private static void refused(int[] targets, String message) {
    assertThatThrownBy(() -> SparseRows.of(1, 600, new int[] {0, 2}, targets))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aGapMustLeadToASynapse() {
    byte gap = (byte) 255;
    int[] starts = {0, 2};
    assertThat(SparseRows.narrow(1, 600, starts, new byte[] {gap, 0}).isSound()).isTrue();
    assertThat(SparseRows.narrow(1, 600, starts, new byte[] {0, gap}).isSound()).isFalse();
    assertThat(SparseRows.narrow(1, 255, starts, new byte[] {gap, 0}).isSound()).isFalse();
    assertThat(SparseRows.narrow(1, 256, starts, new byte[] {gap, 0}).isSound()).isTrue();
  }
}
