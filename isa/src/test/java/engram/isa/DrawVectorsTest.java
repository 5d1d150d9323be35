package engram.isa;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.testing.DrawOracle;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// One draw function, in Java, in Python, and on the page that defines it.
final class DrawVectorsTest {
  private static final Path PAGE = Path.of("..", "docs", "random.md");

  /// A row of the table of vectors: `| seed | kind | ordinal | clock | site | lane | bits |`.
  private static final Pattern ROW =
      Pattern.compile(
          "\\| (\\S+) \\| (neuron|row|synapse|init|rewire|flip|loss) \\| (\\S+) \\| (\\S+) \\| (\\S+)"
              + " \\| (\\S+) \\| `([0-9a-f]{8})` \\|");

  /// @param lane a number, or `source,target`
  private record Key(
      String seed, String kind, String ordinal, String clock, String site, String lane) {
    String line() {
      return String.join(" ", seed, kind, ordinal, clock, site, lane);
    }

    private Draw.Kind drawKind() {
      return Draw.Kind.valueOf(kind.toUpperCase(Locale.ROOT));
    }

    String java() {
      long base = Draw.base(number(seed), drawKind(), (int) number(ordinal));
      long key = Draw.atSite(Draw.atClock(base, number(clock)), (int) number(site));
      String[] parts = lane.split(",");
      int at =
          parts.length == 1
              ? (int) number(lane)
              : Draw.synapseLane((int) number(parts[0]), (int) number(parts[1]));
      return "%08x".formatted(Draw.bits(key, at));
    }

    String oracle() {
      String[] parts = lane.split(",");
      var at =
          parts.length == 1
              ? BigInteger.valueOf(number(lane))
              : DrawOracle.synapseLane((int) number(parts[0]), (int) number(parts[1]));
      return "%08x"
          .formatted(
              DrawOracle.bits(
                      number(seed),
                      drawKind(),
                      (int) number(ordinal),
                      number(clock),
                      (int) number(site),
                      at)
                  .intValue());
    }

    /// Decimal or 0x; 64 bits, unsigned.
    private static long number(String text) {
      return text.startsWith("0x")
          ? Long.parseUnsignedLong(text.substring(2), 16)
          : Long.parseUnsignedLong(text);
    }
  }

  private record Vector(Key key, String bits) {}

  private static List<Vector> page() throws IOException {
    var vectors = new ArrayList<Vector>();
    for (var line : Files.readAllLines(PAGE)) {
      var match = ROW.matcher(line);
      if (match.matches()) {
        var key =
            new Key(
                match.group(1),
                match.group(2),
                match.group(3),
                match.group(4),
                match.group(5),
                match.group(6));
        vectors.add(new Vector(key, match.group(7)));
      }
    }
    return vectors;
  }

  private static List<Key> random(int count) {
    var random = new Random(1);
    var keys = new ArrayList<Key>();
    for (int i = 0; i < count; i++) {
      var kind = Draw.Kind.values()[random.nextInt(Draw.Kind.values().length)];
      String lane =
          kind == Draw.Kind.SYNAPSE
              ? random.nextInt(1 << 16) + "," + random.nextInt(1 << 16)
              : String.valueOf(random.nextInt(1 << 20));
      keys.add(
          new Key(
              Long.toUnsignedString(random.nextLong() >>> random.nextInt(64)),
              kind.name().toLowerCase(Locale.ROOT),
              String.valueOf(random.nextInt(1 << random.nextInt(31))),
              "0x" + Long.toHexString(random.nextLong() >>> random.nextInt(64)),
              String.valueOf(random.nextInt(64)),
              lane));
    }
    return keys;
  }

  @Test
  void thePageShowsWhatTheFunctionGives() throws IOException {
    var vectors = page();
    assertThat(vectors).hasSizeGreaterThanOrEqualTo(12);
    assertThat(vectors.stream().map(v -> v.key().kind()).distinct())
        .hasSize(Draw.Kind.values().length);
    for (var vector : vectors) {
      assertThat(vector.bits()).as(vector.key().line()).isEqualTo(vector.key().java());
    }
  }

  @Test
  void thePageShowsTheConstantsInUse() throws IOException {
    assertThat(Files.readString(PAGE))
        .contains("0x" + Integer.toHexString(Draw.SOURCE))
        .contains("0x9e3779b97f4a7c15", "0xbf58476d1ce4e5b9", "0x94d049bb133111eb")
        .contains("0x21f0aaad", "0xd35a2d97");
  }

  @Test
  void unboundedIntegersGiveTheSame() {
    for (var key : random(2000)) {
      assertThat(key.java()).as(key.line()).isEqualTo(key.oracle());
    }
  }

  @Test
  void pythonGivesTheSame() throws IOException, InterruptedException {
    var keys = new ArrayList<>(random(2000));
    page().forEach(v -> keys.add(v.key()));
    var input = new StringBuilder();
    keys.forEach(key -> input.append(key.line()).append('\n'));
    var printed = python(input.toString());
    assertThat(printed).isEqualTo(keys.stream().map(Key::java).toList());
  }

  private static List<String> python(String input) throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder("python3", "src/test/python/draw.py")
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      System.out.println("### SKIPPED: python3 is not on this machine, nothing checked draw.py");
      return Assumptions.abort("python3 is not on this machine");
    }
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (!process.waitFor(300, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError(output);
    }
    return output.lines().toList();
  }
}
