package engram.chip.noc;

import engram.isa.image.Mesh;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// The way of a multicast event over the mesh: along the row first, then along the column, each
/// link once however many cores lie behind it.
public final class RouteTree {
  /// Directions of the links out of a router.
  public static final int EAST = 0;

  public static final int WEST = 1;
  public static final int SOUTH = 2;
  public static final int NORTH = 3;

  private final int source;
  private final int[] links;
  private final int[] cores;

  /// Hops along the row, and along the column, to each of the cores.
  private final int[] across;

  private final int[] down;

  /// @param source router that the event enters the network at
  /// @param cores where it goes
  public RouteTree(Mesh mesh, int source, List<Integer> cores) {
    this.source = source;
    this.cores = cores.stream().mapToInt(Integer::intValue).toArray();
    across = new int[this.cores.length];
    down = new int[this.cores.length];
    var all = new LinkedHashSet<Integer>();
    for (int i = 0; i < this.cores.length; i++) {
      var path = path(mesh, source, mesh.routerOf(this.cores[i]));
      all.addAll(path);
      across[i] = (int) path.stream().filter(RouteTree::isHorizontal).count();
      down[i] = path.size() - across[i];
    }
    links = all.stream().mapToInt(Integer::intValue).toArray();
  }

  /// The link that leaves a router in a direction.
  public static int link(int router, int direction) {
    return 4 * router + direction;
  }

  public static int routerOf(int link) {
    return link / 4;
  }

  public static int direction(int link) {
    return link % 4;
  }

  public static boolean isHorizontal(int link) {
    return direction(link) == EAST || direction(link) == WEST;
  }

  /// True unless a link would leave the mesh.
  public static boolean exists(Mesh mesh, int link) {
    int router = routerOf(link);
    return switch (direction(link)) {
      case EAST -> mesh.column(router) + 1 < mesh.columns();
      case WEST -> mesh.column(router) > 0;
      case SOUTH -> mesh.row(router) + 1 < mesh.rows();
      default -> mesh.row(router) > 0;
    };
  }

  /// The router at the other end of a link.
  public static int farEnd(Mesh mesh, int link) {
    int router = routerOf(link);
    return switch (direction(link)) {
      case EAST -> router + 1;
      case WEST -> router - 1;
      case SOUTH -> router + mesh.columns();
      default -> router - mesh.columns();
    };
  }

  /// Links from a router to another in dimension order.
  public static List<Integer> path(Mesh mesh, int from, int to) {
    var path = new ArrayList<Integer>();
    int at = from;
    while (at != to) {
      int dx = mesh.column(to) - mesh.column(at);
      int dy = mesh.row(to) - mesh.row(at);
      int direction = dx > 0 ? EAST : dx < 0 ? WEST : dy > 0 ? SOUTH : NORTH;
      int link = link(at, direction);
      path.add(link);
      at = farEnd(mesh, link);
    }
    return path;
  }

  public int source() {
    return source;
  }

  public int[] links() {
    return links;
  }

  public int[] cores() {
    return cores;
  }

  /// What the way to the farthest core costs.
  ///
  /// @param horizontal cost of a hop along the row
  /// @param vertical cost of a hop along the column
  public long farthest(int horizontal, int vertical) {
    long farthest = 0;
    for (int i = 0; i < cores.length; i++) {
      farthest = Math.max(farthest, (long) across[i] * horizontal + (long) down[i] * vertical);
    }
    return farthest;
  }
}
