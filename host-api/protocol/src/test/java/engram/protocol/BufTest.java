package engram.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The `.proto` files keep the rules of `buf lint`, and clients that speak what was released last
/// are still understood. At a release the file of the last one is written anew:
/// `target/buf/node_modules/.bin/buf build --exclude-source-info -o released/engram-v1.binpb`.
final class BufTest {
  private static final Path MODULE = Path.of("").toAbsolutePath();
  private static final Path RELEASED = MODULE.resolve("released/engram-v1.binpb");
  private static final Path TARGET = MODULE.resolve("target/buf");
  private static final Path BUF = TARGET.resolve("node_modules/.bin/buf");
  private static final String LOCK = "package-lock.json";
  private static final String SESSION = "src/main/proto/engram/v1/session.proto";
  private static final String SKIP = "buf.skip";
  private static final long MOST_MINUTES = 15;

  /// A registry may be away for a moment.
  private static final int TRIES = 3;

  /// What buf exits with when it has found something.
  private static final int FOUND = 100;

  private record Outcome(int code, String output) {}

  @TempDir private Path copy;

  @BeforeAll
  static void install() throws IOException, InterruptedException {
    assumeTrue(System.getProperty(SKIP) == null, "left out by -D" + SKIP);
    var installed = TARGET.resolve(LOCK);
    if (Files.exists(BUF) && Files.mismatch(MODULE.resolve(LOCK), installed) == -1) {
      return;
    }
    Files.createDirectories(TARGET);
    Files.deleteIfExists(installed);
    install("npm");
  }

  private static void install(String npm) throws IOException, InterruptedException {
    for (String file : List.of("package.json", LOCK)) {
      Files.copy(MODULE.resolve(file), TARGET.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Outcome outcome;
    int tries = 0;
    do {
      outcome =
          run(TARGET, npm, "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund");
    } while (outcome.code() != 0 && ++tries < TRIES);
    assertThat(outcome.code()).as("npm ci\n%s", outcome.output()).isZero();
  }

  private static Outcome run(Path folder, String... command)
      throws IOException, InterruptedException {
    var output = Files.createTempFile(TARGET, "output", ".txt");
    try {
      var builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().put("BUF_CACHE_DIR", TARGET.resolve("cache").toString());
      Process process;
      try {
        process = builder.start();
      } catch (IOException e) {
        throw new AssertionError(
            "%s: not found (expected: Node.js with npm, which fetches buf; .ci/run installs it, -D%s does without)"
                .formatted(command[0], SKIP),
            e);
      }
      boolean ended = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
      process.destroyForcibly();
      assertThat(ended).as("%s ends", String.join(" ", command)).isTrue();
      return new Outcome(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }

  private static Outcome buf(Path folder, String... words)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(BUF.toString()));
    command.addAll(List.of(words));
    return run(folder, command.toArray(String[]::new));
  }

  /// The same files with other words in one of them.
  private void copyWith(String old, String changed) throws IOException {
    for (String part : List.of("buf.yaml", "src/main/proto")) {
      try (var files = Files.walk(MODULE.resolve(part))) {
        for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
          var copied = copy.resolve(MODULE.relativize(file));
          Files.createDirectories(copied.getParent());
          Files.copy(file, copied);
        }
      }
    }
    String source = Files.readString(copy.resolve(SESSION));
    assertThat(source).contains(old);
    Files.writeString(copy.resolve(SESSION), source.replace(old, changed));
  }

  @Test
  void theProtocolKeepsTheRulesOfBuf() throws IOException, InterruptedException {
    assertThat(buf(MODULE, "lint")).isEqualTo(new Outcome(0, ""));
  }

  @Test
  void clientsOfTheLastReleaseAreUnderstood() throws IOException, InterruptedException {
    assertThat(buf(MODULE, "breaking", "--against", RELEASED.toString()))
        .isEqualTo(new Outcome(0, ""));
  }

  @Test
  void aFieldThatIsRemovedIsFound() throws IOException, InterruptedException {
    copyWith("  repeated string features = 5;\n", "");
    var outcome = buf(copy, "breaking", "--against", RELEASED.toString());
    assertThat(outcome.code()).isEqualTo(FOUND);
    assertThat(outcome.output()).contains("field \"5\" with name \"features\"");
  }

  @Test
  void aFieldWithoutAnExplanationIsFound() throws IOException, InterruptedException {
    copyWith("  // Longest frame that the server takes, in bytes.\n", "");
    var outcome = buf(copy, "lint");
    assertThat(outcome.code()).isEqualTo(FOUND);
    assertThat(outcome.output()).contains("max_frame_bytes");
  }

  @Test
  void whereNpmIsMissingTheTestSaysWhatToInstall() {
    assertThatThrownBy(() -> install("npm-that-is-not-there"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("expected: Node.js with npm, which fetches buf; .ci/run");
  }
}
