package engram.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import engram.chip.preset.Presets;
import engram.docs.Page.Block;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.NetworkFile;
import engram.firmware.recipe.Recipe;
import engram.isa.assembler.Assembler;
import engram.isa.verify.Verifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// What a page shows works. The blocks of a page run from top to bottom in a folder of their own:
///
/// | fence       | what is done with the block                                                     |
/// |-------------|---------------------------------------------------------------------------------|
/// | `sh`        | runs as a script that must succeed; `./engram` is the command                   |
/// | `sh slow`   | nothing: it takes too long here                                                 |
/// | `java`      | runs as a source file                                                           |
/// | `asm`       | must assemble and pass the verifier                                             |
/// | `yaml`      | must load: a network (and fit engram-1) or a recipe                             |
/// | `csv`       | nothing more                                                                    |
/// | `text`      | what the block before it prints; `...` stands for any text, alone for any lines |
/// | no language | nothing: a picture                                                              |
///
/// A block whose first line is a comment with a file's name, such as `; blink.s`, is written to
/// that file first.
final class DocExamplesTest {
  private static final List<String> LANGUAGES = List.of("sh", "java", "asm", "yaml", "csv", "text");
  private static final Pattern FILE = Pattern.compile("(?:;|#|//) (\\w[\\w.-]*\\.\\w+)(?:: .*)?");
  private static final int SECONDS = 600;

  @TempDir private static Path folders;

  @TestFactory
  Stream<DynamicContainer> everyExampleDoesWhatItsPageSays() {
    return Page.manuals().stream().map(DocExamplesTest::examples);
  }

  private static DynamicContainer examples(Page page) {
    var session = new Session(page.toString());
    var tests = new ArrayList<DynamicTest>();
    for (int i = 0; i < page.blocks().size(); i++) {
      var block = page.blocks().get(i);
      var next = i + 1 < page.blocks().size() ? page.blocks().get(i + 1) : null;
      String printed = next != null && next.language().equals("text") ? next.text() : null;
      if (!block.language().isEmpty() && !block.language().equals("text") && !slow(block)) {
        tests.add(
            DynamicTest.dynamicTest(
                page + ":" + block.line() + " " + block.language(),
                () -> session.run(block, printed)));
      }
    }
    return DynamicContainer.dynamicContainer(page.toString(), tests);
  }

  private static boolean slow(Block block) {
    return block.mark().equals("slow");
  }

  /// Whoever adds one sees here that it is not run.
  @Test
  void theseExamplesAreNotRun() {
    assertThat(
            Page.manuals().stream()
                .flatMap(page ->
                    page.blocks().stream()
                        .filter(DocExamplesTest::slow)
                        .map(block -> page + ": " + block.text().lines().findFirst().orElse("")))
                .toList())
        .containsExactly(
            "README.md: ./engram demo",
            "docs/host-api.md: ./engram serve --listen 127.0.0.1:7711 --chips engram-1*4,loihi-2",
            "docs/host-api.md: export ENGRAM_SERVER=engram://127.0.0.1:7711",
            "docs/host-api.md: ./engram client fault inject --weights wire --index 0 --bit 7",
            "docs/host-api.md: ./engram serve --listen 0.0.0.0:7711 --tls-cert cert.pem --tls-key key.pem --token-file tokens",
            "docs/speed.md: ./engram bench",
            "docs/speed.md: ./engram bench host",
            "docs/speed.md: java -jar emulator/benchmarks/target/benchmarks.jar DenseRows -p bits=8",
            "docs/ssnn-bp.md: ./engram train mnist --seed 1 --save mnist.snapshot");
  }

  @Test
  void everyBlockIsOfAKnownKind() {
    for (var page : Page.manuals()) {
      Block before = null;
      for (var block : page.blocks()) {
        String where = page + ":" + block.line();
        if (!block.language().isEmpty()) {
          assertThat(block.language()).as(where).isIn(LANGUAGES);
        }
        assertThat(block.mark()).as(where).isIn("", "slow");
        if (block.language().equals("text")) {
          assertThat(before).as(where + ": nothing prints this").isNotNull();
          assertThat(before.language()).as(where + ": nothing prints this").isIn("sh", "java");
        }
        before = block;
      }
    }
  }

  @Test
  void anExampleThatPrintsSomethingElseFails() {
    assertThat("a\nb\nc 12\n").matches(output("a\n...\nc ...\n")).matches(output("...\nc 12\n"));
    assertThat("a\nb\nc 12\n")
        .doesNotMatch(output("a\nc 12\n"))
        .doesNotMatch(output("a\nb\n"))
        .doesNotMatch(output("a\nb\nc.12\n"));
  }

  /// A pattern for what a page says that is printed.
  private static Pattern output(String shown) {
    String pattern =
        shown
            .lines()
            .map(line ->
                line.strip().equals("...")
                    ? "(?:.*\n)*"
                    : Stream.of(line.stripTrailing().split(Pattern.quote("..."), -1))
                            .map(Pattern::quote)
                            .collect(Collectors.joining(".*"))
                        + "[ ]*\n")
            .collect(Collectors.joining());
    return Pattern.compile(pattern);
  }

  /// The folder in which the examples of a page run.
  private static final class Session {
    private final String name;
    private Path folder;

    Session(String name) {
      this.name = name;
    }

    void run(Block block, String printed) throws IOException, InterruptedException {
      if (folder == null) {
        folder = Files.createDirectory(folders.resolve(name.replace('/', '-')));
        command();
      }
      String first = block.text().lines().findFirst().orElse("");
      var named = FILE.matcher(first);
      String file = named.matches() ? named.group(1) : "example." + block.language();
      Files.writeString(folder.resolve(file), block.text());
      switch (block.language()) {
        case "sh" -> prints(execute("sh", "-eu", file), printed);
        case "java" -> prints(execute(java(file).toArray(String[]::new)), printed);
        case "asm" -> Verifier.verify(Assembler.assemble(file, block.text(), Map.of()).program());
        case "yaml" -> load(file, block.text());
        default -> {}
      }
    }

    /// Writes `./engram`: the launcher's last line, over the classes of this build.
    private void command() throws IOException {
      var script = folder.resolve("engram");
      String words =
          Stream.concat(java("engram.cli.Main").stream(), Stream.of("\"$@\""))
              .map(word -> word.startsWith("\"") ? word : "'" + word + "'")
              .collect(Collectors.joining(" "));
      Files.writeString(script, "#!/bin/sh\nexec " + words + "\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static List<String> java(String main) {
      return List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "--add-modules=jdk.incubator.vector",
          // The class path of this test has a logging API that nobody uses, and that says so.
          "-Dslf4j.internal.verbosity=ERROR",
          "-XX:+UseSerialGC",
          "-Dengram.home=" + Page.ROOT,
          "-cp",
          System.getProperty("java.class.path"),
          main);
    }

    private String execute(String... command) throws IOException, InterruptedException {
      var process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      String output =
          new String(process.getInputStream().readAllBytes(), UTF_8)
              .replaceAll("(?m)^(WARNING: Using|warning: using) incubator.*\n|^1 warning\n", "");
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        fail(String.join(" ", command) + ": it does not end");
      }
      assertThat(process.exitValue()).as(output).isZero();
      return output;
    }

    private static void prints(String output, String shown) {
      if (shown != null && !output(shown).matcher(output).matches()) {
        fail("it prints:\n" + output + "\nbut the page says:\n" + shown);
      }
    }

    private void load(String file, String yaml) {
      if (yaml.contains("network:")) {
        Mapper.map(NetworkFile.read(file, yaml), Presets.named("engram-1").spec(), this::firmware);
      } else {
        assertThat(Recipe.parse(yaml).epochs()).isNotNegative();
      }
    }

    private String firmware(String program) {
      if (!program.startsWith("./")) {
        return Firmware.library().source(program);
      }
      try {
        return Files.readString(folder.resolve(program.substring(2) + ".s"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
