package engram.cli.report;

import java.util.List;

/// Accuracy over epochs.
public final class LearningCurve {
  private LearningCurve() {}

  /// What is known after an epoch, accuracies in 0..1.
  ///
  /// @param test of test images
  /// @param running of training images, while they teach
  public record Point(int epoch, double test, double running) {}

  public static Chart of(List<Point> points) {
    var chart =
        Chart.of(
            "Learning curve",
            Chart.PAGE_WIDTH,
            380,
            """
            {
              "tooltip": {
                "trigger": "axis",
                "formatter": "epoch {b0}<br>{a0}: {c0} %<br>{a1}: {c1} %"
              },
              "legend": {"left": 70, "top": 0},
              "grid": {"left": 75, "right": 20, "top": 40, "bottom": 50},
              "xAxis": {
                "type": "category",
                "name": "epoch", "nameLocation": "middle", "nameGap": 30
              },
              "yAxis": {
                "type": "value", "scale": true,
                "name": "accuracy, %", "nameLocation": "middle", "nameGap": 52
              },
              "series": [
                {
                  "name": "test images, learning off",
                  "type": "line", "symbol": "circle", "symbolSize": 9
                },
                {
                  "name": "training images, while they teach",
                  "type": "line", "symbol": "triangle", "symbolSize": 11,
                  "lineStyle": {"type": "dashed"}
                }
              ]
            }
            """);
    var epochs = chart.at("/xAxis").putArray("data");
    var test = chart.at("/series/0").putArray("data");
    var running = chart.at("/series/1").putArray("data");
    for (var point : points) {
      epochs.add(point.epoch());
      test.add(percent(point.test()));
      running.add(percent(point.running()));
    }
    // Left to itself, the axis of a good network would go beyond 100 %.
    if (points.stream().anyMatch(p -> Math.max(p.test(), p.running()) > 0.75)) {
      chart.at("/yAxis").put("max", 100);
    }
    return chart;
  }

  /// To a ten-thousandth: exact for up to a million images, and short.
  private static double percent(double share) {
    return Math.round(share * 1e6) / 1e4;
  }
}
