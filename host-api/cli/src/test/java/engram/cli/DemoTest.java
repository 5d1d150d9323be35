package engram.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoTest {
  private static final Pattern ACCURACY =
      Pattern.compile(
          "test accuracy  ([0-9.]+) % \\(10,000 images, 64 steps each, learning off\\)");

  @TempDir Path folder;

  /// The yardstick's lowest of five seeds is 97.85 %; this is what the project promises.
  @Test
  @Tag("long")
  void learnsMnistInTheChip() {
    Path repository =
        Path.of(System.getProperty("basedir", "."), "../..").toAbsolutePath().normalize();
    System.setProperty("engram.home", repository.toString());
    try {
      Path report = folder.resolve("report");
      var outcome = new Cli(folder).run("demo", "--report", report).succeeds();
      assertThat(outcome.out())
          .contains("network        784-128-10, 12-bit weights with 10 fraction bits")
          .contains("report         " + report.resolve("index.html").toUri());
      var accuracy = ACCURACY.matcher(outcome.out());
      assertThat(accuracy.find()).as(outcome.out()).isTrue();
      assertThat(Double.parseDouble(accuracy.group(1))).isGreaterThanOrEqualTo(97.6);
      assertThat(report.resolve("index.html")).isNotEmptyFile();
    } finally {
      System.clearProperty("engram.home");
    }
  }
}
