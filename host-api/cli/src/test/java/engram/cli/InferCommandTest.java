package engram.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InferCommandTest {
  private static final MiniSet SET = MiniSet.STANDARD;

  @TempDir static Path folder;
  private static Cli cli;
  private static Path snapshot;
  private static JsonNode trained;

  @BeforeAll
  static void train() throws IOException {
    cli = new Cli(folder);
    Path mini = SET.write(folder.resolve("mini"));
    snapshot = folder.resolve("mini.snapshot");
    trained =
        cli.run(
                "train",
                mini,
                "--hidden",
                16,
                "--epochs",
                1,
                "--json",
                "--quiet",
                "--save",
                snapshot)
            .json();
  }

  private static List<JsonNode> infer(Object... arguments) throws IOException {
    var all = new ArrayList<Object>(List.of("infer", snapshot, "--json"));
    all.addAll(List.of(arguments));
    var outcome = cli.run(all.toArray()).succeeds();
    assertThat(outcome.err()).isEmpty();
    var answers = new ArrayList<JsonNode>();
    for (String line : outcome.out().lines().toList()) {
      answers.add(new ObjectMapper().readTree(line));
    }
    return answers;
  }

  private static Path png(String name, int type, byte[] pixels) throws IOException {
    var image = new BufferedImage(SET.side(), SET.side(), type);
    for (int i = 0; i < pixels.length; i++) {
      int x = i % SET.side();
      int y = i / SET.side();
      int value = pixels[i] & 0xff;
      if (image.getRaster().getNumBands() == 1) {
        int full = image.getColorModel().getComponentSize(0) == 16 ? 257 : 1;
        image.getRaster().setSample(x, y, 0, value * full);
      } else {
        image.setRGB(x, y, 0xff000000 | value * 0x010101);
      }
    }
    Path file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  @Test
  void tellsClassVotesSpikesAndCycles() throws IOException {
    var answer = infer("3").get(0);
    assertThat(answer.get("image").asText()).isEqualTo("3");
    assertThat(answer.get("class").asInt()).isEqualTo(3);
    assertThat(answer.get("label").asInt()).isEqualTo(3);
    assertThat(answer.get("votes")).hasSize(10);
    int votes = 0;
    for (var vote : answer.get("votes")) {
      votes += vote.asInt();
    }
    assertThat(votes).isEqualTo(64);
    assertThat(answer.get("spikes").asLong()).isPositive();
    assertThat(answer.get("cycles").asLong()).isPositive();
  }

  @Test
  void tellsPeopleTheSame() {
    var outcome = cli.run("infer", snapshot, "3").succeeds();
    assertThat(outcome.out())
        .matches(
            "3: class 3 \\(label 3\\), votes \\[[0-9, ]+\\], [0-9,]+ spikes, [0-9,]+ cycles"
                + " \\([0-9.]+ us on engram-1\\)\n");
  }

  @Test
  void testImagesGetTheAnswersOfTheFinalEvaluation() throws IOException {
    var numbers = new ArrayList<Object>();
    for (int image = 0; image < SET.test(); image++) {
      numbers.add(image);
    }
    double right =
        infer(numbers.toArray()).stream()
            .filter(a -> a.get("class").equals(a.get("label")))
            .count();
    assertThat(right / SET.test()).isEqualTo(trained.get("test_accuracy").asDouble());
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_BYTE_GRAY,
        BufferedImage.TYPE_USHORT_GRAY,
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB
      })
  void aPictureCountsAsTheTestImageThatItShows(int type) throws IOException {
    // The first picture of a command draws with the chance of test image 0.
    Path file = png("picture" + type + ".png", type, SET.image(0, 200_000));
    var picture = infer(file).get(0);
    var test = infer("0").get(0);
    assertThat(picture.get("votes")).isEqualTo(test.get("votes"));
    assertThat(picture.get("spikes")).isEqualTo(test.get("spikes"));
    assertThat(picture.has("label")).isFalse();
  }

  @Test
  void whatIsTransparentIsDark() throws IOException {
    var clear = new BufferedImage(SET.side(), SET.side(), BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < SET.side() * SET.side(); i++) {
      clear.setRGB(i % SET.side(), i / SET.side(), 0x00ffffff);
    }
    Path file = folder.resolve("clear.png");
    ImageIO.write(clear, "png", file.toFile());
    Path dark = png("dark.png", BufferedImage.TYPE_BYTE_GRAY, new byte[64]);
    assertThat(infer(file).get(0).get("votes")).isEqualTo(infer(dark).get(0).get("votes"));
  }

  @Test
  void stepsAndThreadsAreTheirs() throws IOException {
    var few = infer("0", "--steps", 8).get(0);
    int votes = 0;
    for (var vote : few.get("votes")) {
      votes += vote.asInt();
    }
    assertThat(votes).isEqualTo(8);
    assertThat(infer("0", "--threads", 2)).isEqualTo(infer("0"));
  }

  @Test
  void refusesAPictureOfAnOtherSize() throws IOException {
    Path file = folder.resolve("large.png");
    ImageIO.write(new BufferedImage(16, 4, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
    cli.run("infer", snapshot, file).isRefused(1, "large.png: 16 x 4 pixels (expected: 8 x 8)");
  }

  @Test
  void refusesWhatIsNoPicture() throws IOException {
    cli.run("infer", snapshot, folder.resolve("mini/SHA256SUMS"))
        .isRefused(1, "SHA256SUMS: no picture that can be read (expected: PNG)");
    cli.run("infer", snapshot, folder.resolve("absent.png"))
        .isRefused(1, "absent.png: no such file");
    Path cut = folder.resolve("cut.png");
    byte[] whole =
        Files.readAllBytes(png("whole.png", BufferedImage.TYPE_BYTE_GRAY, SET.image(1, 1)));
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    cli.run("infer", snapshot, cut).isRefused(1, "cut.png: damaged picture: ", "(expected: PNG)");
  }

  @Test
  void answersNothingIfOneImageIsWrong() {
    cli.run("infer", snapshot, "1", "60").isRefused(2, "test image: 60 (expected: 0 to 59)");
    cli.run("infer", snapshot, "99999999999").isRefused(2, "99999999999 (expected: 0 to 59)");
  }

  @Test
  void refusesStepsOutOfRange() {
    cli.run("infer", snapshot, "1", "--steps", 0).isRefused(2, "--steps: 0 (expected: 1 to 65536)");
  }
}
