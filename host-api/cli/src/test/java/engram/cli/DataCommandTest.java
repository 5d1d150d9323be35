package engram.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataCommandTest {
  private static final MiniSet SET = new MiniSet(4, 3, 6, 3);

  @TempDir Path folder;
  private Path home;
  private Path source;
  private Cli cli;

  /// A mirror on the loopback interface that serves a folder.
  private HttpServer mirror;

  private final Set<String> asked = ConcurrentHashMap.newKeySet();

  @BeforeEach
  void writeSource() throws IOException {
    home = Files.createDirectories(folder.resolve("home"));
    source = SET.writeGzipped(folder.resolve("source/mini"));
    cli = new Cli(home);
    mirror = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    mirror.createContext(
        "/",
        exchange -> {
          String name = exchange.getRequestURI().getPath().substring(1);
          asked.add(name);
          Path file = source.getParent().resolve(name);
          if (Files.isRegularFile(file)) {
            byte[] bytes = Files.readAllBytes(file);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
          } else {
            exchange.sendResponseHeaders(name.startsWith("broken") ? 500 : 404, -1);
          }
          exchange.close();
        });
    mirror.start();
  }

  @AfterEach
  void stopMirror() {
    mirror.stop(0);
  }

  private String address() {
    return "http://127.0.0.1:" + mirror.getAddress().getPort() + "/";
  }

  private Path fetched(String name) {
    return home.resolve(".engram/data").resolve(name);
  }

  private void isComplete(Path set) {
    assertThat(set)
        .isDirectoryContaining("glob:**/SHA256SUMS")
        .isDirectoryContaining("glob:**/train-images-idx3-ubyte*")
        .isDirectoryContaining("glob:**/train-labels-idx1-ubyte*")
        .isDirectoryContaining("glob:**/t10k-images-idx3-ubyte*")
        .isDirectoryContaining("glob:**/t10k-labels-idx1-ubyte*");
    assertThat(set.getParent().toFile().list()).containsExactly(set.getFileName().toString());
  }

  @Test
  void listTellsWhatThereIsAndHowToGetTheRest() {
    var outcome = cli.run("data", "list").succeeds();
    assertThat(outcome.out())
        .contains("mnist ", "fashion-mnist ", "emnist-letters ", "terms: CC BY-SA 3.0")
        .contains("not here; install Debian's package dataset-fashion-mnist, then: ./engram data");
  }

  @Test
  void fetchesFromAFolder() {
    var outcome = cli.run("data", "fetch", "mini", "--from", source).succeeds();
    assertThat(outcome.out()).isEqualTo("mini is in " + fetched("mini") + "\n");
    isComplete(fetched("mini"));
    assertThat(cli.run("data", "list").out()).contains("in " + fetched("mini"));
    cli.run("train", "mini", "--hidden", 2, "--epochs", 0, "--json").json();
  }

  @Test
  void fetchesFromAMirror() {
    cli.run("data", "fetch", "mini", "--from", address() + "mini").succeeds();
    isComplete(fetched("mini"));
  }

  @Test
  void fetchesFromTheMirrorThatTheEnvironmentNames() throws Exception {
    var command = cli.command("data", "fetch", "mini");
    command.environment().put("ENGRAM_MIRROR", address());
    command.environment().put("ENGRAM_DATA", folder.resolve("mine").toString());
    Cli.outcome(command).succeeds();
    isComplete(folder.resolve("mine/mini"));
    assertThat(asked).contains("mini/SHA256SUMS");
  }

  @Test
  void fetchesAgainOverWhatIsThere() throws IOException {
    cli.run("data", "fetch", "mini", "--from", source).succeeds();
    Files.createDirectories(fetched("mini").resolve("of mine"));
    Files.writeString(fetched("mini").resolve("of mine/note"), "gone with the old set");
    new MiniSet(4, 2, 4, 2).write(folder.resolve("other"));
    cli.run("data", "fetch", "mini", "--from", folder.resolve("other")).succeeds();
    isComplete(fetched("mini"));
    assertThat(Files.readAllLines(fetched("mini/SHA256SUMS")))
        .containsExactlyInAnyOrderElementsOf(
            Files.readAllLines(folder.resolve("other/SHA256SUMS")));
    assertThat(fetched("mini/of mine")).doesNotExist();
  }

  private void isRefusedAndNothingWritten(int code, String from, String... says) {
    var before = Cli.tree(folder);
    cli.run("data", "fetch", "mini", "--from", from).isRefused(code, says);
    assertThat(Cli.tree(folder)).isEqualTo(before);
  }

  @Test
  void refusesAWrongHashAndWritesNothing() throws IOException {
    Path sums = source.resolve("SHA256SUMS");
    String list = Files.readString(sums);
    String right = list.substring(0, 64);
    Files.writeString(sums, list.replace(right, "0".repeat(64)));
    String[] says = {
      "train-images-idx3-ubyte.gz: SHA-256: " + right, "(expected: " + "0".repeat(64) + ")"
    };
    isRefusedAndNothingWritten(1, source.toString(), says);
    isRefusedAndNothingWritten(1, address() + "mini", says);
  }

  @Test
  void aFailureLeavesTheOldSetInPlace() throws IOException {
    cli.run("data", "fetch", "mini", "--from", source).succeeds();
    Files.write(source.resolve("t10k-labels-idx1-ubyte.gz"), new byte[] {1, 2, 3});
    isRefusedAndNothingWritten(1, source.toString(), "t10k-labels-idx1-ubyte.gz: SHA-256: ");
    isComplete(fetched("mini"));
    cli.run("train", "mini", "--hidden", 2, "--epochs", 0, "--json").json();
  }

  @Test
  void refusesACutDownload() throws IOException {
    mirror.createContext(
        "/cut/",
        exchange -> {
          exchange.sendResponseHeaders(200, 1_000);
          exchange.getResponseBody().write(new byte[10]);
          exchange.getResponseBody().flush();
          exchange.getHttpContext().getServer().stop(0);
        });
    isRefusedAndNothingWritten(1, address() + "cut", "SHA256SUMS: ", "nothing was written");
  }

  @Test
  void refusesADamagedGzip() throws IOException {
    Path file = source.resolve("train-labels-idx1-ubyte.gz");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 9));
    isRefusedAndNothingWritten(1, source.toString(), "train-labels-idx1-ubyte.gz: damaged gzip");
  }

  @Test
  void saysWhatASourceLacks() throws IOException {
    Files.delete(source.resolve("t10k-images-idx3-ubyte.gz"));
    isRefusedAndNothingWritten(
        1,
        source.toString(),
        "neither t10k-images-idx3-ubyte.gz nor t10k-images-idx3-ubyte is there");
    Files.delete(source.resolve("SHA256SUMS"));
    isRefusedAndNothingWritten(1, address() + "mini", "there is no SHA256SUMS");
    isRefusedAndNothingWritten(1, folder.resolve("absent").toString(), "absent: no such folder");
    isRefusedAndNothingWritten(1, address() + "broken", "status: 500 (expected: 200)");
    isRefusedAndNothingWritten(1, "http://127.0.0.1:1/", "SHA256SUMS: no connection");
  }

  @Test
  void knownSetsAreTakenWithTheirOwnHashesOnly() {
    cli.run("data", "fetch", "fashion-mnist", "--from", source)
        .isRefused(
            1,
            "train-images-idx3-ubyte.gz: SHA-256: ",
            "(expected: c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888)");
    assertThat(home).isEmptyDirectory();
  }

  @Test
  void anArchiveIsTakenWithItsOwnHashOnly() throws IOException {
    Files.write(source.resolve("gzip.zip"), new byte[] {'P', 'K', 3, 4});
    cli.run("data", "fetch", "emnist-letters", "--from", source).isRefused(1, "gzip.zip: ");
    Files.write(source.resolve("gzip.zip"), new byte[100]);
    cli.run("data", "fetch", "emnist-letters", "--from", source)
        .isRefused(
            1, "gzip.zip: MD5: ", "(expected: 58c8d27c78d21e728a6bc7b3cc06412e): damaged, or");
    assertThat(home).isEmptyDirectory();
  }

  @Test
  void aMissingSetSaysHowToGetIt() {
    cli.run("train", "fashion-mnist")
        .isRefused(
            1,
            "data set fashion-mnist is not on this machine; to get it: install Debian's package"
                + " dataset-fashion-mnist, then: ./engram data fetch fashion-mnist --from"
                + " /usr/share/datasets/fashion-mnist");
    cli.run("data", "fetch", "fashion-mnist")
        .isRefused(2, "no source for fashion-mnist: give --from FOLDER|URL or set ENGRAM_MIRROR");
  }

  @Test
  void refusesANameThatLeadsElsewhere() {
    cli.run("data", "fetch", "../up", "--from", source)
        .isRefused(2, "data set: ../up (expected: a name of letters, digits, dots, dashes)");
    assertThat(home).isEmptyDirectory();
  }
}
