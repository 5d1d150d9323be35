package engram.cli.report;

import engram.chip.ChipCost;
import engram.isa.image.LoadReport;
import engram.isa.image.Memory;
import java.util.List;
import java.util.Locale;

/// How full the memories of each core are: a column of bars for each memory.
public final class CoreMemory {
  private static final int TOP = 35;
  private static final int ROW = 24;

  /// Percent from which a bar is pointed out.
  private static final int NEARLY_FULL = 90;

  private CoreMemory() {}

  /// @param cores in use
  /// @param cost says which are the busiest
  public static Chart of(List<Core> cores, ChipCost cost, LoadReport report) {
    var shown = Core.shown(cores, cost);
    var chart =
        Chart.of(
            "Memory per core",
            Chart.PAGE_WIDTH,
            TOP + ROW * shown.size() + 45,
            """
            {
              "tooltip": {"formatter": "{b}"},
              "grid": [], "xAxis": [], "yAxis": [], "series": []
            }
            """);
    for (var memory : Memory.values()) {
      column(chart, memory, shown, report);
    }
    return chart;
  }

  private static void column(Chart chart, Memory memory, List<Core> cores, LoadReport report) {
    int index = memory.ordinal();
    int pitch = (Chart.PAGE_WIDTH - Core.NAMES_WIDTH) / Memory.values().length;
    var option = chart.option();
    option
        .withArray("/grid")
        .addObject()
        .put("left", Core.NAMES_WIDTH + index * pitch)
        .put("width", 0.85 * pitch)
        .put("top", TOP)
        .put("height", ROW * cores.size());
    var share =
        Chart.node(
            """
            {
              "type": "value", "min": 0, "max": 100, "interval": 100,
              "nameLocation": "middle", "nameGap": 26,
              "axisLabel": {"alignMinLabel": "left", "alignMaxLabel": "right"}
            }
            """);
    share.put("gridIndex", index).put("name", memory.name().toLowerCase(Locale.ROOT) + ", %");
    option.withArray("/xAxis").add(share);
    var names = Core.axis(cores);
    names.put("gridIndex", index);
    names.withObject("/axisLabel").put("show", index == 0);
    option.withArray("/yAxis").add(names);
    var series =
        Chart.node(
            """
            {
              "type": "bar", "barWidth": 18, "showBackground": true,
              "itemStyle": {"color": "#8db6dd"},
              "label": {
                "show": true, "position": "insideLeft", "formatter": "{c} %",
                "color": "#222", "fontSize": 11
              }
            }
            """);
    series.put("name", memory.label()).put("xAxisIndex", index).put("yAxisIndex", index);
    var bars = series.putArray("data");
    int limit = memory.limit(report.spec().core());
    for (var core : cores) {
      long used = report.cores().get(core.index()).used(memory);
      double percent = limit == 0 ? 0 : 100.0 * used / limit;
      var bar = bars.addObject();
      bar.put("value", Math.round(percent * 10) / 10.0)
          .put(
              "name",
              "%s of core %d: %,d of %,d %s"
                  .formatted(memory.label(), core.number(), used, limit, memory.unit()));
      if (percent > NEARLY_FULL) {
        bar.putObject("itemStyle").put("color", "#f0a868");
      }
    }
    option.withArray("/series").add(series);
  }
}
