package engram.cli.report;

import java.util.Arrays;
import java.util.Locale;

/// Answers by label; the darker, the larger the share of the label's images.
public final class ConfusionMatrix {
  /// Classes whose counts fit into their cells.
  private static final int MOST_NUMBERED = 26;

  private ConfusionMatrix() {}

  /// @param confusion images by label and answer
  public static Chart of(int[][] confusion) {
    int classes = confusion.length;
    var chart =
        Chart.of(
            "Confusion matrix",
            760,
            Math.clamp(44L * classes, 180, 640) + 125,
            """
            {
              "tooltip": {"formatter": "{b}"},
              "grid": {"left": 70, "right": 80, "top": 75, "bottom": 45},
              "xAxis": {
                "type": "category", "position": "top",
                "name": "answer", "nameLocation": "middle", "nameGap": 28
              },
              "yAxis": [
                {
                  "type": "category", "inverse": true,
                  "name": "label", "nameLocation": "middle", "nameGap": 40
                },
                {
                  "type": "category", "inverse": true, "position": "right",
                  "name": "right, %", "nameLocation": "start", "nameGap": 30,
                  "nameTextStyle": {"align": "left"},
                  "axisLine": {"show": false}, "axisTick": {"show": false}
                }
              ],
              "visualMap": {
                "type": "piecewise", "orient": "horizontal", "left": "center", "bottom": 0,
                "dimension": 3, "itemGap": 14,
                "pieces": [
                  {"value": 0, "label": "none", "color": "#f4f5f7"},
                  {"gt": 0, "lt": 1, "label": "under 1 %", "color": "#cfe0f0"},
                  {"gte": 1, "lt": 5, "label": "1 to 5 %", "color": "#9cc3e6"},
                  {"gte": 5, "lt": 20, "label": "5 to 20 %", "color": "#5f9bd1"},
                  {"gte": 20, "lt": 50, "label": "20 to 50 %", "color": "#2a68aa"},
                  {"gte": 50, "label": "50 % and more", "color": "#0c346b"}
                ]
              },
              "series": [
                {
                  "type": "heatmap",
                  "dimensions": ["answer", "label", "images", "percent"],
                  "itemStyle": {"borderColor": "#e4e6ea", "borderWidth": 1},
                  "label": {"formatter": "{@[2]}"}
                }
              ]
            }
            """);
    boolean numbered = classes <= MOST_NUMBERED;
    chart.at("/series/0/label").put("show", numbered);
    var answers = chart.at("/xAxis").putArray("data");
    var labels = chart.at("/yAxis/0").putArray("data");
    var right = chart.at("/yAxis/1").putArray("data");
    var cells = chart.at("/series/0").putArray("data");
    for (int label = 0; label < classes; label++) {
      int images = Arrays.stream(confusion[label]).sum();
      answers.add(String.valueOf(label));
      labels.add(String.valueOf(label));
      right.add(
          images == 0
              ? "no image"
              : String.format(Locale.ROOT, "%.1f", 100.0 * confusion[label][label] / images));
      for (int answer = 0; answer < classes; answer++) {
        int count = confusion[label][answer];
        double share = images == 0 ? 0 : 100.0 * count / images;
        var cell = cells.addObject();
        cell.put(
            "name",
            "label %d, answer %d: %,d of %,d images".formatted(label, answer, count, images));
        cell.putArray("value").add(answer).add(label).add(count).add(tenThousandths(share));
        if (numbered) {
          var text = cell.putObject("label");
          if (count == 0) {
            text.put("show", false);
          } else {
            text.put("color", share < 20 ? "#222" : "#fff");
          }
        }
      }
    }
    return chart;
  }

  /// Short, and not zero for one of a million.
  private static double tenThousandths(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
