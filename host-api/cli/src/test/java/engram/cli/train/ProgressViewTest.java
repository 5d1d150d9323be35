package engram.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import engram.firmware.recipe.Recipe;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProgressViewTest {
  private static final long SECOND = 1_000_000_000;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long now;

  private ProgressView view(int columns, int epochs) {
    return new ProgressView(
        new PrintStream(bytes, true, StandardCharsets.UTF_8), columns, () -> now, epochs, 1000);
  }

  private static TrainingState at(int epoch, int sample) {
    return new TrainingState("mnist", Recipe.named("mnist"), 1, 60_000, epoch, sample);
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /// What stands on the screen after all has been written.
  private String screen(int columns) {
    var line = new StringBuilder(" ".repeat(columns));
    int column = 0;
    for (char c : text().toCharArray()) {
      if (c == '\r') {
        column = 0;
      } else {
        line.setCharAt(column++, c);
      }
    }
    return line.toString().stripTrailing();
  }

  @Test
  void tellsSpeedErrorSpikesAndTimeLeftOfAllEpochs() {
    var view = view(80, 10);
    now = SECOND;
    view.trained(at(1, 30_000), 60_000, 2000, 0.0568, 812.4);
    assertThat(screen(80))
        .isEqualTo(
            "epoch 2/10 [####.....] 2000 samples/s, error 5.68 %, 812 spikes/step, 4:15 left");
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 60, 80, 81, 200})
  void neverReachesTheLastColumn(int columns) {
    var view = view(columns, 100);
    for (int sample = 0; sample <= 60_000; sample += 10_000) {
      now += SECOND;
      view.trained(at(99, sample), 60_000, 0.5, 1, 123_456);
      assertThat(screen(columns)).hasSizeLessThan(Math.min(columns, 80)).startsWith("epoch 100/10");
    }
  }

  @Test
  void eachDrawingIsOneLineOverTheOneBefore() {
    var view = view(80, 10);
    now = SECOND;
    view.trained(at(0, 1), 60_000, 10, 1, 812);
    now += SECOND;
    view.trained(at(0, 59_999), 60_000, 1000, 0.1, 5);
    assertThat(text()).startsWith("\r").doesNotContain("\n", "\033");
    assertThat(screen(80)).contains("1000 samples/s").doesNotContain("10 samples/s,  ");
    view.close();
    assertThat(screen(80)).isEmpty();
  }

  @Test
  void drawsAFewTimesASecondHoweverFastSamplesAre() {
    var view = view(80, 10);
    for (int sample = 1; sample <= 1000; sample++) {
      now += SECOND / 1000;
      view.trained(at(0, sample), 60_000, 1000, 0.1, 5);
    }
    assertThat(text().chars().filter(c -> c == '\r').count()).isEqualTo(5);
  }

  @Test
  void elsewhereThanOnATerminalALineAnEpochIsAll() {
    var view = view(0, 10);
    now = SECOND;
    view.trained(at(0, 1), 60_000, 10, 1, 812);
    view.evaluated(5, 10);
    view.looked(1, 0.9, 0.85);
    view.close();
    assertThat(text())
        .isEqualTo("epoch 1/10: running accuracy 85.00 %, 1000 test images 90.00 %\n");
  }

  @Test
  void theFinalEvaluationHasItsOwnLine() {
    var view = view(80, 10);
    now = SECOND;
    view.evaluated(500, 1000);
    assertThat(screen(80)).isEqualTo("test [############............] 500 of 1000 images");
  }

  @Test
  void longRunsAreToldInHours() {
    var view = view(80, 10);
    now = SECOND;
    view.trained(at(0, 30_000), 60_000, 100, 0.05, 812);
    assertThat(screen(80)).endsWith("1:35:00 left");
  }
}
