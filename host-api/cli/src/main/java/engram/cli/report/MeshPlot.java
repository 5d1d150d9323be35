package engram.cli.report;

import engram.chip.noc.RouteTree;
import engram.cli.report.Plots.CoreRow;
import engram.cli.report.Svg.Anchor;
import engram.isa.image.Mesh;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The traffic of the network, drawn on the mesh: routers in their places, and between two
/// neighbours a link each way, as thick and as dark as it was busy. Only the part of the mesh that
/// is in use is drawn, with one row and column around it.
public final class MeshPlot {
  private static final double LARGEST_PITCH = 140;
  private static final double MARGIN = 40;

  /// Pitch from which there is room for what a core holds, too.
  private static final double ROOMY = 120;

  /// Width of a small letter of a wide font.
  private static final double LETTER = 6.3;

  /// Pitch from which numbers can be read beside links.
  private static final double READABLE = 70;

  private final Mesh mesh;
  private final long[] flits;
  private final Map<Integer, List<CoreRow>> cores = new HashMap<>();
  private final long most;
  private final int left;
  private final int top;
  private final int columns;
  private final int rows;
  private final double pitch;
  private final double square;
  private final Svg svg;

  private MeshPlot(Mesh mesh, List<CoreRow> inUse, long[] flits) {
    this.mesh = mesh;
    this.flits = flits;
    most = Arrays.stream(flits).max().orElse(0);
    inUse.forEach(core ->
        cores.computeIfAbsent(mesh.routerOf(core.number()), _ -> new ArrayList<>()).add(core));
    int west = mesh.columns();
    int north = mesh.rows();
    int east = 0;
    int south = 0;
    for (int router = 0; router < mesh.routers(); router++) {
      if (cores.containsKey(router) || isBusy(router)) {
        west = Math.min(west, mesh.column(router));
        east = Math.max(east, mesh.column(router));
        north = Math.min(north, mesh.row(router));
        south = Math.max(south, mesh.row(router));
      }
    }
    left = Math.max(0, west - 1);
    top = Math.max(0, north - 1);
    columns = Math.min(mesh.columns() - 1, east + 1) - left + 1;
    rows = Math.min(mesh.rows() - 1, south + 1) - top + 1;
    pitch = Math.min(LARGEST_PITCH, (Plots.WIDTH - 2 * MARGIN) / columns);
    square = pitch * 0.4;
    svg = new Svg("Traffic per NoC link", Plots.WIDTH, pitch * rows + MARGIN);
  }

  /// @param inUse cores that hold something
  /// @param flits by link
  public static Svg of(Mesh mesh, List<CoreRow> inUse, long[] flits) {
    return new MeshPlot(mesh, inUse, flits).draw();
  }

  private boolean isBusy(int router) {
    for (int direction = 0; direction < 4; direction++) {
      if (flits[RouteTree.link(router, direction)] > 0) {
        return true;
      }
    }
    return false;
  }

  private Svg draw() {
    int every = (int) Math.ceil(24 / pitch);
    for (int row = top; row < top + rows; row++) {
      if (row % every == 0) {
        svg.text(MARGIN - 16, y(row) + 4, Anchor.MIDDLE, Plots.PALE, "", String.valueOf(row));
      }
      for (int column = left; column < left + columns; column++) {
        int router = row * mesh.columns() + column;
        for (int direction = 0; direction < 4; direction++) {
          link(router, direction);
        }
      }
    }
    for (int column = left; column < left + columns; column++) {
      if (column % every == 0) {
        svg.text(x(column), 14, Anchor.MIDDLE, Plots.PALE, "", String.valueOf(column));
      }
      for (int row = top; row < top + rows; row++) {
        router(row * mesh.columns() + column);
      }
    }
    return svg;
  }

  private double x(int column) {
    return MARGIN + (column - left + 0.5) * pitch;
  }

  private double y(int row) {
    return MARGIN - 20 + (row - top + 0.5) * pitch;
  }

  private boolean isDrawn(int column, int row) {
    return column >= left && column < left + columns && row >= top && row < top + rows;
  }

  /// An arrow on the right-hand side of the way, as in traffic.
  private void link(int router, int direction) {
    int link = RouteTree.link(router, direction);
    int column = mesh.column(router);
    int row = mesh.row(router);
    int dx = direction == RouteTree.EAST ? 1 : direction == RouteTree.WEST ? -1 : 0;
    int dy = direction == RouteTree.SOUTH ? 1 : direction == RouteTree.NORTH ? -1 : 0;
    if (!isDrawn(column + dx, row + dy)) {
      return;
    }
    double share = most == 0 ? 0 : (double) flits[link] / most;
    double thickness = flits[link] == 0 ? 1 : 2 + 5 * share;
    double aside = pitch * 0.09;
    double startX = x(column) + dx * square / 2 - dy * aside;
    double startY = y(row) + dy * square / 2 + dx * aside;
    double length = pitch - square;
    double head = flits[link] == 0 ? 4 : Math.min(length / 3, 5 + thickness);
    double half = thickness / 2;
    double wing = flits[link] == 0 ? 2.5 : half + 3;
    double neck = length - head;
    var arrow = new StringBuilder();
    point(arrow, 'M', startX, startY, dx, dy, 0, -half);
    point(arrow, 'L', startX, startY, dx, dy, neck, -half);
    point(arrow, 'L', startX, startY, dx, dy, neck, -wing);
    point(arrow, 'L', startX, startY, dx, dy, length, 0);
    point(arrow, 'L', startX, startY, dx, dy, neck, wing);
    point(arrow, 'L', startX, startY, dx, dy, neck, half);
    point(arrow, 'L', startX, startY, dx, dy, 0, half);
    arrow.append('Z');
    svg.shape(
        arrow,
        colour(flits[link], share),
        "(%d,%d) to (%d,%d): %,d flits".formatted(column, row, column + dx, row + dy, flits[link]));
    if (flits[link] > 0 && pitch >= READABLE) {
      double away = aside + half + 6;
      double middleX = x(column) + dx * pitch / 2 - dy * away;
      double middleY = y(row) + dy * pitch / 2 + dx * away;
      Anchor anchor = dx != 0 ? Anchor.MIDDLE : dy > 0 ? Anchor.END : Anchor.START;
      // Numbers of neighbours that face each other stand at different heights.
      double lower = dx > 0 ? 9 : dx < 0 ? -1 : 4 - 8 * dy;
      svg.text(
          middleX, middleY + lower, anchor, Svg.INK, "font-size:11px", Scale.amount(flits[link]));
    }
  }

  /// A point along and beside a way, turned with it.
  private static void point(
      StringBuilder path,
      char command,
      double x,
      double y,
      int dx,
      int dy,
      double along,
      double beside) {
    path.append(command)
        .append(Svg.number(x + dx * along - dy * beside))
        .append(' ')
        .append(Svg.number(y + dy * along + dx * beside));
  }

  private static String colour(long flits, double share) {
    if (flits == 0) {
      return "#d4d7dd";
    }
    int[] light = {0xe8, 0xb8, 0x7c};
    int[] dark = {0xb0, 0x31, 0x2e};
    int[] mixed = new int[3];
    Arrays.setAll(mixed, i -> (int) Math.round(light[i] + (dark[i] - light[i]) * share));
    return "#%02x%02x%02x".formatted(mixed[0], mixed[1], mixed[2]);
  }

  private void router(int router) {
    int column = mesh.column(router);
    int row = mesh.row(router);
    var here = cores.getOrDefault(router, List.of());
    double corner = square / 2;
    var hint = new StringBuilder("router (%d,%d)".formatted(column, row));
    here.forEach(
        core -> hint.append("; core ").append(core.number()).append(": ").append(core.content()));
    svg.rectangle(
        x(column) - corner,
        y(row) - corner,
        square,
        square,
        here.isEmpty() ? "#f0f1f4" : "#3b6ea8",
        hint.toString());
    if (pitch >= READABLE / 2 && !here.isEmpty()) {
      String label =
          here.size() == 1
              ? String.valueOf(here.getFirst().number())
              : here.getFirst().number() + "-" + here.getLast().number();
      svg.text(x(column), y(row) + 4, Anchor.MIDDLE, "#fff", "", label);
    }
    if (pitch >= ROOMY && !here.isEmpty()) {
      // Below the numbers of the links, which stand beside the squares.
      String content = here.getFirst().content();
      int most = (int) (pitch / LETTER) - 1;
      svg.text(
          x(column),
          y(row) + corner + 26,
          Anchor.MIDDLE,
          Plots.PALE,
          "font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:4px",
          content.length() <= most ? content : content.substring(0, most - 1) + "…");
    }
  }
}
