package engram.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import engram.cli.report.LearningCurve.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LearningCurveTest {
  /// Percent, from which the images that were right can be told.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 300})
  void hasBothAccuraciesOfEveryEpoch(int epochs) {
    var random = new Random(epochs);
    int images = 60_000;
    var right = new ArrayList<int[]>();
    var points = new ArrayList<Point>();
    for (int i = 0; i < epochs; i++) {
      right.add(new int[] {random.nextInt(images + 1), random.nextInt(images + 1)});
      points.add(
          new Point(
              i + 3, (double) right.getLast()[0] / images, (double) right.getLast()[1] / images));
    }
    var option = LearningCurve.of(points).option();
    assertThat(option.at("/xAxis/data"))
        .extracting(n -> n.asInt())
        .containsExactlyElementsOf(IntStream.range(3, epochs + 3).boxed().toList());
    for (int series = 0; series < 2; series++) {
      int which = series;
      assertThat(option.at("/series/" + series + "/data"))
          .extracting(n -> Math.round(n.asDouble() / 100 * images))
          .containsExactlyElementsOf(right.stream().map(r -> (long) r[which]).toList());
    }
  }

  @Test
  void writesNoMoreDecimalsThanThereAre() {
    var option = LearningCurve.of(List.of(new Point(1, 0.974, 0.9605))).option();
    assertThat(option.at("/series/0/data/0").asText()).isEqualTo("97.4");
    assertThat(option.at("/series/1/data/0").asText()).isEqualTo("96.05");
  }

  @Test
  void namesAxesAndUnits() {
    var option = LearningCurve.of(List.of(new Point(1, 0.5, 0.6))).option();
    assertThat(option.at("/xAxis/name").asText()).isEqualTo("epoch");
    assertThat(option.at("/yAxis/name").asText()).isEqualTo("accuracy, %");
    assertThat(option.at("/series/0/name").asText()).isEqualTo("test images, learning off");
  }

  /// The curves differ in more than colour.
  @Test
  void canBeReadInGrey() {
    var option = LearningCurve.of(List.of(new Point(1, 0.5, 0.6))).option();
    assertThat(option.at("/series/0/symbol")).isNotEqualTo(option.at("/series/1/symbol"));
    assertThat(option.at("/series/1/lineStyle/type").asText()).isEqualTo("dashed");
  }

  @Test
  void theAxisEndsAtAHundredPercentAtMost() {
    var good = List.of(new Point(1, 0.9, 0.7), new Point(2, 0.99, 0.995));
    assertThat(LearningCurve.of(good).option().at("/yAxis/max").asInt()).isEqualTo(100);
    var poor = List.of(new Point(1, 0.1, 0.2));
    assertThat(LearningCurve.of(poor).option().at("/yAxis/max").isMissingNode()).isTrue();
  }
}
