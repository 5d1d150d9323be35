package engram.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import engram.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// docs/speed.md tells of every case and every figure.
final class SpeedManualTest {
  /// What a measurement is called, and no figure of it.
  private static final Set<String> NAMES = Set.of("case", "variant", "title");

  private static String bench(String... arguments) {
    var out = new ByteArrayOutputStream();
    var before = System.out;
    String home = System.getProperty("engram.home");
    System.setProperty("engram.home", Page.ROOT.toString());
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      assertThat(Main.run(arguments)).isZero();
    } finally {
      System.setOut(before);
      if (home == null) {
        System.clearProperty("engram.home");
      } else {
        System.setProperty("engram.home", home);
      }
    }
    return out.toString(UTF_8);
  }

  private static String page() throws IOException {
    return Files.readString(Page.ROOT.resolve("docs/speed.md"));
  }

  @Test
  void everyCaseIsThere() throws IOException {
    var letters =
        bench("bench", "--list")
            .lines()
            .filter(line -> !line.startsWith(" "))
            .map(line -> line.substring(0, 1))
            .toList();
    assertThat(letters).isNotEmpty();
    String page = page();
    assertThat(letters).allSatisfy(letter -> assertThat(page).contains("\n| " + letter + " | "));
  }

  @Test
  void everyFigureIsExplained() throws IOException {
    var report =
        new ObjectMapper()
            .readTree(
                bench(
                    "bench",
                    "--quick",
                    "--in-process",
                    "--json",
                    "--rounds",
                    "1",
                    "--threads",
                    "2",
                    "--case",
                    "a:784-128-10,c:16-bit,g:49-cores,h:by-size"));
    var keys = new TreeSet<String>();
    for (JsonNode result : report.get("results")) {
      result.fieldNames().forEachRemaining(keys::add);
    }
    keys.removeAll(NAMES);
    assertThat(keys).contains("ratio_to_interpreter", "thread_speedup", "exponent");
    var explained =
        Pattern.compile("`([a-z_]+)`")
            .matcher(page())
            .results()
            .map(m -> m.group(1))
            .collect(Collectors.toSet());
    assertThat(explained).containsAll(keys);
  }
}
