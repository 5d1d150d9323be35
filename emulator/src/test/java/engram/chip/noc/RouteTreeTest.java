package engram.chip.noc;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.image.Mesh;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RouteTreeTest {
  /// Routers 0 to 11 in three rows of four, one core each.
  private static final Mesh MESH = new Mesh(4, 3, 1);

  private static int east(int router) {
    return RouteTree.link(router, RouteTree.EAST);
  }

  private static int south(int router) {
    return RouteTree.link(router, RouteTree.SOUTH);
  }

  @Test
  void goesAlongTheRowFirstAndTakesEachLinkOnce() {
    var tree = new RouteTree(MESH, 0, List.of(2, 6, 10, 9));
    assertThat(tree.links())
        .containsExactlyInAnyOrder(east(0), east(1), south(2), south(6), south(1), south(5));
  }

  @Test
  void theFarthestCoreIsTheEndOfOnePath() {
    // Three hops along the row to one, two down the column to the other: no core is five hops away.
    var tree = new RouteTree(MESH, 0, List.of(3, 8));
    assertThat(tree.farthest(10, 1)).isEqualTo(30);
    assertThat(tree.farthest(1, 10)).isEqualTo(20);
    assertThat(tree.farthest(2, 2)).isEqualTo(6);
  }

  @Test
  void aCoreOfTheSameRouterIsNoHopAway() {
    var tree = new RouteTree(new Mesh(2, 2, 4), 1, List.of(5, 7));
    assertThat(tree.links()).isEmpty();
    assertThat(tree.farthest(5, 7)).isZero();
  }
}
