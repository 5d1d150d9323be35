package engram.cli.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import engram.chip.ChipCost;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// A core in use.
///
/// @param index in costs and reports
/// @param content the populations that it holds
public record Core(int index, int number, String content) {
  /// Cores that a picture shows at most.
  public static final int MOST_SHOWN = 48;

  /// Pixels that the names of cores take beside a picture.
  static final int NAMES_WIDTH = 235;

  /// An axis with a row for each core, the first on top.
  static ObjectNode axis(List<Core> cores) {
    var axis =
        Chart.node(
            """
            {
              "type": "category", "inverse": true, "axisTick": {"show": false},
              "axisLabel": {"interval": 0, "width": 215, "overflow": "truncate"}
            }
            """);
    var names = axis.putArray("data");
    cores.forEach(core -> names.add("core " + core.number() + ": " + core.content()));
    return axis;
  }

  /// The cores to show: all in order, or the busiest first if there are too many.
  static List<Core> shown(List<Core> cores, ChipCost cost) {
    return cores.size() <= MOST_SHOWN
        ? cores
        : cores.stream()
            .sorted(Comparator.comparingLong(core -> -core.cycles(cost)))
            .limit(MOST_SHOWN)
            .toList();
  }

  long cycles(ChipCost cost) {
    return Arrays.stream(cost.coreCycles()[index]).sum();
  }
}
