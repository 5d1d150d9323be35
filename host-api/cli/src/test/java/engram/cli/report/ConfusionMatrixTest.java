package engram.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfusionMatrixTest {
  private static int[][] confusion(int classes) {
    var random = new Random(classes);
    int[][] confusion = new int[classes][classes];
    for (int label = 1; label < classes; label++) {
      for (int i = 0; i < 1_500; i++) {
        confusion[label][random.nextInt(10) > 0 ? label : random.nextInt(classes)]++;
      }
    }
    return confusion;
  }

  private static JsonNode cells(int[][] confusion) {
    return ConfusionMatrix.of(confusion).option().at("/series/0/data");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 26, 27, 47, 62})
  void hasEveryCount(int classes) {
    int[][] confusion = confusion(classes);
    int[][] drawn = new int[classes][classes];
    Arrays.stream(drawn).forEach(row -> Arrays.fill(row, -1));
    for (var cell : cells(confusion)) {
      var value = cell.get("value");
      int answer = value.get(0).asInt();
      int label = value.get(1).asInt();
      int count = value.get(2).asInt();
      int images = Arrays.stream(confusion[label]).sum();
      drawn[label][answer] = count;
      assertThat(value.get(3).asDouble() * images / 100).isCloseTo(count, offset(0.1));
      assertThat(cell.get("name").asText())
          .isEqualTo("label %d, answer %d: %,d of %,d images", label, answer, count, images);
    }
    assertThat(drawn).isDeepEqualTo(confusion);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 26, 27, 62})
  void writesCountsWhereThereIsRoom(int classes) {
    int[][] confusion = confusion(classes);
    var option = ConfusionMatrix.of(confusion).option();
    assertThat(option.at("/series/0/label/show").asBoolean()).isEqualTo(classes <= 26);
    assertThat(option.at("/series/0/label/formatter").asText()).isEqualTo("{@[2]}");
    for (var cell : cells(confusion)) {
      boolean none = cell.at("/value/2").asInt() == 0;
      assertThat(cell.at("/label/show").isMissingNode()).isEqualTo(classes > 26 || !none);
    }
  }

  @Test
  void tellsHowManyOfALabelAreRight() {
    var option = ConfusionMatrix.of(new int[][] {{0, 0, 0}, {1, 2, 0}, {0, 0, 8}}).option();
    assertThat(option.at("/yAxis/1/name").asText()).isEqualTo("right, %");
    assertThat(option.at("/yAxis/1/data").toString())
        .isEqualTo("[\"no image\",\"66.7\",\"100.0\"]");
    assertThat(option.at("/yAxis/0/data").toString()).isEqualTo("[\"0\",\"1\",\"2\"]");
    assertThat(option.at("/xAxis/name").asText()).isEqualTo("answer");
    assertThat(option.at("/yAxis/0/name").asText()).isEqualTo("label");
  }

  @Test
  void oneOfAMillionIsNotNone() {
    var cells = cells(new int[][] {{999_999, 1}, {0, 0}});
    assertThat(cells.at("/1/value/3").asDouble()).isPositive();
    assertThat(cells.at("/2/value/3").asDouble()).isZero();
  }

  /// By the sum of its red, green and blue.
  @Test
  void theMoreTheDarker() {
    int last = 4 * 255;
    for (var piece : ConfusionMatrix.of(new int[1][1]).option().at("/visualMap/pieces")) {
      int colour = Integer.parseInt(piece.get("color").asText().substring(1), 16);
      int brightness = (colour >> 16) + (colour >> 8 & 0xff) + (colour & 0xff);
      assertThat(brightness).isLessThan(last - 30);
      last = brightness;
    }
  }
}
