package engram.cli.report;

import engram.chip.ChipCost;
import engram.chip.Phase;
import java.util.List;
import java.util.Locale;

/// Cycles of each core, by phase.
public final class CoreCycles {
  private CoreCycles() {}

  /// @param cores in use
  public static Chart of(List<Core> cores, ChipCost cost) {
    var shown = Core.shown(cores, cost);
    var chart =
        Chart.of(
            "Cycles per core",
            Chart.PAGE_WIDTH,
            120 + 24 * shown.size(),
            """
            {
              "aria": {"enabled": true, "label": {"enabled": false}, "decal": {"show": true}},
              "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
              "legend": {"left": 230, "top": 0},
              "grid": {"right": 70, "top": 60, "bottom": 50},
              "xAxis": {
                "type": "value", "splitNumber": 4, "minInterval": 1,
                "name": "cycles", "nameLocation": "middle", "nameGap": 30,
                "axisLabel": {"hideOverlap": true}
              },
              "yAxis": [],
              "series": []
            }
            """);
    chart.at("/grid").put("left", Core.NAMES_WIDTH);
    chart.option().withArray("/yAxis").add(Core.axis(shown));
    var right =
        Chart.node(
            """
            {
              "type": "category", "inverse": true, "position": "right",
              "name": "total", "nameLocation": "start", "nameTextStyle": {"align": "left"},
              "axisLabel": {"interval": 0},
              "axisLine": {"show": false}, "axisTick": {"show": false}
            }
            """);
    var totals = right.putArray("data");
    shown.forEach(core -> totals.add(Amount.of(core.cycles(cost))));
    chart.option().withArray("/yAxis").add(right);
    for (var phase : Phase.values()) {
      var series = Chart.node("{\"type\": \"bar\", \"stack\": \"cycles\", \"barWidth\": 16}");
      series.put("name", phase.name().toLowerCase(Locale.ROOT));
      var cycles = series.putArray("data");
      shown.forEach(core -> cycles.add(cost.coreCycles()[core.index()][phase.ordinal()]));
      chart.option().withArray("/series").add(series);
    }
    return chart;
  }
}
