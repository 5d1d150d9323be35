package engram.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Python client's own tests, with the CPython of this machine, against a server here.
final class PythonClientTest {
  private static final Path SOURCE = Path.of("../python");
  private static final Path TARGET = Path.of("target/python").toAbsolutePath();
  private static final Path VENV = TARGET.resolve("venv");
  private static final long MOST_MINUTES = 15;
  private static final int TRIES = 3;

  @TempDir private Path data;

  @Test
  void passesItsTestsAgainstThisServer() throws IOException, InterruptedException {
    boolean python =
        succeeds(
            "python3", "-c", "import venv, ensurepip, sys; assert sys.version_info >= (3, 10)");
    if (!python) {
      System.err.println("NOT TESTED: the Python client (no Python 3.10 or newer with venv here)");
    }
    assumeTrue(python, "no Python");
    var copy = TARGET.resolve("client");
    copy(SOURCE, copy);
    if (!Files.exists(VENV.resolve("bin/pip"))) {
      run(Map.of(), TARGET, "python3", "-m", "venv", VENV.toString());
    }
    String pip = VENV.resolve("bin/pip").toString();
    install(pip, "-r", copy.resolve("requirements-test.txt").toString());
    install(pip, "--no-deps", "--force-reinstall", copy.toString());
    try (var server =
        EngramServer.start(ServerOptions.loopback("engram test", 0, Map.of("engram-1", 4), data))) {
      String uri = "engram://127.0.0.1:" + server.address().getPort();
      String output =
          run(
              Map.of("ENGRAM_TEST_SERVER", uri),
              copy,
              VENV.resolve("bin/python").toString(),
              "-m",
              "pytest",
              "-q",
              "-p",
              "no:cacheprovider");
      assertThat(output).contains(" passed").doesNotContain("skipped");
    }
  }

  /// Tries again what fails: a registry may be away for a moment.
  private static void install(String pip, String... what) throws IOException, InterruptedException {
    String[] command =
        Stream.concat(Stream.of(pip, "install", "-q", "--retries", "10"), Stream.of(what))
            .toArray(String[]::new);
    for (int tried = 1; tried < TRIES; tried++) {
      if (succeeds(command)) {
        return;
      }
    }
    run(Map.of(), TARGET, command);
  }

  /// Only what a checkout has, so that nothing is built into the sources.
  private static void copy(Path from, Path to) throws IOException {
    delete(to);
    for (String part :
        List.of("README.md", "pyproject.toml", "requirements-test.txt", "src", "tests")) {
      try (var files = Files.walk(from.resolve(part))) {
        for (Path file : (Iterable<Path>) files::iterator) {
          String path = from.relativize(file).toString();
          if (Files.isRegularFile(file)
              && !path.contains("__pycache__")
              && !path.contains(".egg-info")) {
            var copied = to.resolve(path);
            Files.createDirectories(copied.getParent());
            Files.copy(file, copied, StandardCopyOption.REPLACE_EXISTING);
          }
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.walk(folder)) {
        files.sorted((a, b) -> b.compareTo(a)).forEach(PythonClientTest::remove);
      }
    }
  }

  private static void remove(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static String run(Map<String, String> environment, Path folder, String... command)
      throws IOException, InterruptedException {
    var out = Files.createTempFile(TARGET, "output", ".txt");
    try {
      var builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile());
      builder.environment().putAll(environment);
      var process = builder.start();
      boolean ended = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
      process.destroyForcibly();
      String output = Files.readString(out);
      assertThat(ended).as(() -> String.join(" ", command) + ": goes on\n" + output).isTrue();
      assertThat(process.exitValue()).as(() -> String.join(" ", command) + "\n" + output).isZero();
      return output;
    } finally {
      Files.delete(out);
    }
  }
}
