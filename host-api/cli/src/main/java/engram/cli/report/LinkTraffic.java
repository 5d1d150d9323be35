package engram.cli.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import engram.chip.noc.RouteTree;
import engram.isa.image.Mesh;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The traffic of the network, drawn on the mesh: routers in their places, and between two
/// neighbours a link each way, as thick and as dark as it was busy. Only the part of the mesh that
/// is in use is drawn, with one row and column around it.
public final class LinkTraffic {
  /// Pixels from a router to the next, at most.
  private static final double LARGEST_PITCH = 140;

  private static final int LEFT = 70;
  private static final int RIGHT = 20;
  private static final int TOP = 80;
  private static final int BOTTOM = 60;

  /// Pitch from which numbers can be read beside links.
  private static final double READABLE = 80;

  /// Side of a router's square, in pitches.
  private static final double SQUARE = 0.42;

  /// How far a link lies to the right of the line between its routers, in pitches.
  private static final double ASIDE = 0.09;

  private final Mesh mesh;
  private final long[] flits;
  private final Map<Integer, List<Core>> cores = new HashMap<>();
  private final int left;
  private final int top;
  private final int columns;
  private final int rows;
  private final double pitch;
  private final long most;
  private final Chart chart;

  private LinkTraffic(Mesh mesh, List<Core> inUse, long[] flits) {
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
    pitch = Math.min(LARGEST_PITCH, (double) (Chart.PAGE_WIDTH - LEFT - RIGHT) / columns);
    chart =
        Chart.of(
            "Traffic per NoC link",
            (int) Math.max(560, LEFT + RIGHT + pitch * columns),
            (int) (TOP + BOTTOM + pitch * rows),
            """
            {
              "tooltip": {"formatter": "{b}"},
              "xAxis": {
                "type": "value", "position": "top", "minInterval": 1,
                "name": "column of routers", "nameLocation": "middle", "nameGap": 28,
                "axisLabel": {"showMinLabel": false, "showMaxLabel": false},
                "axisLine": {"show": false}, "axisTick": {"show": false},
                "splitLine": {"show": false}
              },
              "yAxis": {
                "type": "value", "inverse": true, "minInterval": 1,
                "name": "row of routers", "nameLocation": "middle", "nameGap": 40,
                "axisLabel": {"showMinLabel": false, "showMaxLabel": false},
                "axisLine": {"show": false}, "axisTick": {"show": false},
                "splitLine": {"show": false}
              },
              "series": [
                {
                  "name": "idle links", "type": "lines", "coordinateSystem": "cartesian2d",
                  "symbol": ["none", "arrow"], "symbolSize": 5,
                  "lineStyle": {"width": 1, "opacity": 1}
                },
                {
                  "name": "busy links", "type": "lines", "coordinateSystem": "cartesian2d",
                  "symbol": ["none", "arrow"],
                  "lineStyle": {"opacity": 1}
                },
                {
                  "name": "routers", "type": "scatter", "symbol": "rect",
                  "itemStyle": {"opacity": 1},
                  "label": {"color": "#fff"}
                }
              ]
            }
            """);
  }

  /// @param inUse cores that hold something
  /// @param flits by link
  public static Chart of(Mesh mesh, List<Core> inUse, long[] flits) {
    return new LinkTraffic(mesh, inUse, flits).draw();
  }

  private boolean isBusy(int router) {
    for (int direction = 0; direction < 4; direction++) {
      if (flits[RouteTree.link(router, direction)] > 0) {
        return true;
      }
    }
    return false;
  }

  private Chart draw() {
    chart
        .option()
        .putObject("grid")
        .put("left", LEFT)
        .put("right", RIGHT)
        .put("top", TOP)
        .put("bottom", BOTTOM);
    chart.at("/xAxis").put("min", left - 0.5).put("max", left + columns - 0.5);
    chart.at("/xAxis").put("splitNumber", numbers(columns));
    chart.at("/yAxis").put("min", top - 0.5).put("max", top + rows - 0.5);
    chart.at("/yAxis").put("splitNumber", numbers(rows));
    chart.at("/series/0/lineStyle").put("color", Chart.IDLE);
    chart.at("/series/1").put("symbolSize", Math.min(12, pitch / 5));
    chart.at("/series/2").put("symbolSize", SQUARE * pitch);
    var idle = chart.at("/series/0").putArray("data");
    var busy = chart.at("/series/1").putArray("data");
    var routers = chart.at("/series/2").putArray("data");
    for (int row = top; row < top + rows; row++) {
      for (int column = left; column < left + columns; column++) {
        int router = row * mesh.columns() + column;
        routers.add(router(router));
        for (int direction = 0; direction < 4; direction++) {
          int link = RouteTree.link(router, direction);
          if (RouteTree.exists(mesh, link) && isDrawn(RouteTree.farEnd(mesh, link))) {
            (flits[link] == 0 ? idle : busy).add(link(link));
          }
        }
      }
    }
    if (most > 0) {
      legend();
    }
    return chart;
  }

  /// As many of an axis as there is room for.
  private static int numbers(int routers) {
    return Math.min(routers, 24);
  }

  private boolean isDrawn(int router) {
    int column = mesh.column(router);
    int row = mesh.row(router);
    return column >= left && column < left + columns && row >= top && row < top + rows;
  }

  /// An arrow on the right-hand side of the way, as in traffic.
  private ObjectNode link(int link) {
    int from = RouteTree.routerOf(link);
    int to = RouteTree.farEnd(mesh, link);
    int dx = mesh.column(to) - mesh.column(from);
    int dy = mesh.row(to) - mesh.row(from);
    var line = Chart.node("{}");
    line.put(
        "name",
        "(%d,%d) to (%d,%d): %,d flits"
            .formatted(
                mesh.column(from), mesh.row(from), mesh.column(to), mesh.row(to), flits[link]));
    line.put("value", flits[link]);
    var coordinates = line.putArray("coords");
    for (double along : new double[] {SQUARE / 2, 1 - SQUARE / 2}) {
      coordinates
          .addArray()
          .add(thousandths(mesh.column(from) + along * dx - ASIDE * dy))
          .add(thousandths(mesh.row(from) + along * dy + ASIDE * dx));
    }
    if (flits[link] > 0) {
      double width = Math.max(1, Math.min(7, pitch / 12) * flits[link] / most);
      line.putObject("lineStyle").put("width", thousandths(width));
      if (pitch >= READABLE) {
        line.putObject("label")
            .put("show", true)
            // Away from the link that comes back. Above and below are a reader's, who turns the
            // page for an upright link.
            .put("position", dx < 0 ? "insideMiddleTop" : "insideMiddleBottom")
            .put("distance", thousandths(width / 2 + 8))
            .put("verticalAlign", "middle")
            .put("fontSize", 11)
            .put("formatter", Amount.of(flits[link]));
      }
    }
    return line;
  }

  private ObjectNode router(int router) {
    var here = cores.getOrDefault(router, List.of());
    var name = new StringBuilder("router (%d,%d)".formatted(mesh.column(router), mesh.row(router)));
    here.forEach(
        core -> name.append("; core ").append(core.number()).append(": ").append(core.content()));
    var point = Chart.node("{}");
    point.put("name", name.toString());
    point.putArray("value").add(mesh.column(router)).add(mesh.row(router));
    point.putObject("itemStyle").put("color", here.isEmpty() ? Chart.IDLE : "#1f5f99");
    if (!here.isEmpty() && pitch >= READABLE / 2) {
      String numbers =
          here.size() == 1
              ? String.valueOf(here.getFirst().number())
              : here.getFirst().number() + "-" + here.getLast().number();
      double letter = SQUARE * pitch / numbers.length();
      point
          .putObject("label")
          .put("show", true)
          .put("fontSize", Math.clamp((long) (1.45 * letter), 8, 12))
          .put("formatter", numbers);
    }
    return point;
  }

  /// What a colour means.
  private void legend() {
    var legend =
        Chart.node(
            """
            {
              "type": "continuous", "seriesIndex": 1, "min": 0,
              "orient": "horizontal", "left": "center", "bottom": 0,
              "itemWidth": 14, "itemHeight": 200,
              "inRange": {"color": ["#ecb469", "#d9822b", "#7a2a00"]}
            }
            """);
    legend.put("max", most);
    legend.putArray("text").add("%,d flits".formatted(most)).add("0");
    chart.option().set("visualMap", legend);
  }

  private static double thousandths(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
