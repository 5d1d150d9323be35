package engram.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Words and whole states, read and written.
final class WordsTest {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  @TempDir static Path folder;
  private static ServedChips chips;

  @BeforeAll
  static void startServer() throws IOException {
    chips = new ServedChips(folder, 20);
  }

  @AfterAll
  static void stopServer() {
    chips.close();
  }

  private static String read(String token, Object... words) {
    var all = new ArrayList<Object>(List.of("read"));
    all.addAll(List.of(words));
    all.addAll(List.of("--chip", token));
    return chips.client(all.toArray()).succeeds().out();
  }

  @Test
  void fieldsAreALineANeuron() throws IOException {
    String token = chips.loaded();
    assertThat(read(token, "--field", "mouth.v")).isEqualTo("0\n0\n0\n0\n");
    Path values = chips.write("values.csv", "# two of them\n-5\n 7\n");
    assertThat(
            chips
                .client("write", "--field", "mouth.v", values, "--first", 1, "--chip", token)
                .succeeds()
                .out())
        .isEqualTo("2 words written; step 0 sees them first\n");
    assertThat(read(token, "--field", "mouth.v")).isEqualTo("0\n-5\n7\n0\n");
    assertThat(read(token, "--field", "mouth.v", "--json"))
        .isEqualTo("{\"step\":0,\"values\":[0,-5,7,0]}\n");
    assertThat(chips.client("read", "--field", "mouth.v", "--lease", chips.name(token)).out())
        .isEqualTo("0\n-5\n7\n0\n");
  }

  @Test
  void weightsAreALineASource() throws IOException {
    String token = chips.loaded();
    String one = "64,0,0,0\n0,64,0,0\n0,0,64,0\n0,0,0,64\n";
    assertThat(read(token, "--weights", "nerve")).isEqualTo(one);
    Path file = folder.resolve("weights.csv");
    assertThat(read(token, "--weights", "nerve", "--output", file)).isEmpty();
    assertThat(file).hasContent(one);
    Files.writeString(file, one.replace("64,0,0,0", "-3,0,0,0"));
    chips.client("write", "--weights", "nerve", file, "--chip", token).succeeds();
    assertThat(read(token, "--weights", "nerve", "--json"))
        .isEqualTo("{\"step\":0,\"values\":[[-3,0,0,0],[0,64,0,0],[0,0,64,0],[0,0,0,64]]}\n");
  }

  @Test
  void tagsCanBeRead() {
    String token = chips.loaded();
    chips.client("run", 5, "--chip", token).succeeds();
    assertThat(read(token, "--tag", "nerve.steps"))
        .isEqualTo("5,0,0,0\n0,5,0,0\n0,0,5,0\n0,0,0,5\n");
    chips
        .client("write", "--tag", "nerve.steps", "x", "--chip", token)
        .isRefused(USAGE, "--tag: tags can be read only");
  }

  @Test
  void registersAreOneNumber() {
    String token = chips.loaded();
    assertThat(read(token, "--register", "gain")).isEqualTo("1\n");
    chips.client("write", "--register", "gain", 9, "--chip", token).succeeds();
    assertThat(read(token, "--register", "gain", "--json")).isEqualTo("{\"step\":0,\"value\":9}\n");
  }

  @Test
  void whatIsWrongIsTold() throws IOException {
    String token = chips.loaded();
    chips.client("read", "--chip", token).isRefused(USAGE, "--field");
    chips
        .client("read", "--field", "mouth.v", "--register", "gain", "--chip", token)
        .isRefused(USAGE, "--field");
    chips
        .client("read", "--field", "mouth", "--chip", token)
        .isRefused(USAGE, "--field: mouth (expected: POPULATION.FIELD)");
    chips.client("read", "--field", "nose.v", "--chip", token).isRefused(USAGE, "nose");
    chips.client("read", "--field", "mouth.w", "--chip", token).isRefused(USAGE, "w");
    chips.client("read", "--weights", "bone", "--chip", token).isRefused(USAGE, "bone");
    chips.client("read", "--register", "pain", "--chip", token).isRefused(USAGE, "pain");
    chips
        .client("write", "--register", "gain", "loud", "--chip", token)
        .isRefused(USAGE, "VALUES: loud (expected: an integer of 32 bits)");
    chips.client("write", "--register", "gain", 16, "--chip", token).isRefused(USAGE, "16");
    Path bad = chips.write("bad.csv", "1,2\n3,x\n");
    chips
        .client("write", "--weights", "nerve", bad, "--chip", token)
        .isRefused(FAILED, "bad.csv:2: 'x' (expected: an integer of 32 bits)");
    Path few = chips.write("few.csv", "1,2\n");
    chips.client("write", "--weights", "nerve", few, "--chip", token).isRefused(USAGE, "2", "16");
    Path none = chips.write("none.csv", "# none\n");
    chips
        .client("write", "--field", "mouth.v", none, "--chip", token)
        .isRefused(FAILED, "none.csv: no values");
    chips
        .client("write", "--field", "mouth.v", few, "--first", -1, "--chip", token)
        .isRefused(USAGE, "--first: -1");
    chips
        .client("write", "--weights", "nerve", few, "--first", 1, "--chip", token)
        .isRefused(USAGE, "--first: without --field");
    chips
        .client("read", "--weights", "nerve", "--output", folder, "--chip", token)
        .isRefused(FAILED, "--output " + folder + ": a folder");
  }

  @Test
  void aSnapshotGoesOnElsewhere() throws IOException {
    String first = chips.loaded();
    Path events = chips.write("in.csv", "# unit: timesteps\ntime,address\n0,1\n6,2\n");
    chips.client("inject", "ear", events, "--chip", first).succeeds();
    chips.client("run", 8, "--chip", first).succeeds();
    Path file = folder.resolve("state.snapshot");
    assertThat(
            chips
                .client("snapshot", file, "--note", "after eight", "--chip", first)
                .succeeds()
                .out())
        .startsWith(file + ": step 8, ");
    chips.client("run", 10, "--chip", first).succeeds();
    String second = chips.lease();
    assertThat(chips.client("restore", file, "--chip", second).succeeds().out())
        .isEqualTo("step 8 comes next; note: after eight\n");
    chips.client("run", 10, "--chip", second).succeeds();
    assertThat(digest(second)).isEqualTo(digest(first));
    try (var connection = chips.connect()) {
      assertThat(connection.store().files()).isEmpty();
    }
  }

  private static String digest(String token) {
    return chips
        .client("info", "--digest", "--json", "--chip", token)
        .json()
        .get("state_digest")
        .asText();
  }

  @Test
  void snapshotsThatAreNoneAreTold() throws IOException {
    String token = chips.loaded();
    Path foreign = chips.write("foreign", "hello, this is no snapshot");
    chips
        .client("restore", foreign, "--chip", token)
        .isRefused(FAILED, "foreign: snapshot: it does not start with ENGRAMSN");
    chips.client("restore", folder, "--chip", token).isRefused(FAILED, folder + ": a folder");
    chips
        .client("restore", folder.resolve("absent"), "--chip", token)
        .isRefused(FAILED, "absent: no such file");
    chips
        .client("snapshot", folder.resolve("absent/x"), "--chip", token)
        .isRefused(FAILED, "there is no folder");
    Path kept = chips.write("kept", "mine");
    String empty = chips.lease();
    chips.client("snapshot", kept, "--chip", empty).isRefused(FAILED, "nothing is loaded");
    assertThat(kept).hasContent("mine");
    assertThat(chips.client("info", "--chip", token).out()).contains("network echo, step 0");
    try (var connection = chips.connect()) {
      assertThat(connection.store().files()).isEmpty();
    }
  }
}
