package engram.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Runs commands as a person would, in this process or in one of their own.
public final class Cli {
  private final Path home;

  /// @param home folder of the user; data sets that are fetched end there
  public Cli(Path home) {
    this.home = home;
  }

  /// What a command left.
  public record Outcome(int code, String out, String err) {
    /// Sees that all went well.
    public Outcome succeeds() {
      assertThat(code).as("exit code, with standard error:%n%s", err).isZero();
      return this;
    }

    /// The line of JSON that is all of standard output.
    public JsonNode json() {
      succeeds();
      assertThat(out).endsWith("\n").hasLineCount(1);
      try {
        return new ObjectMapper().readTree(out);
      } catch (JsonProcessingException e) {
        throw new AssertionError("no JSON: " + out, e);
      }
    }

    /// Sees that the command ended with one clear message, and said nothing else.
    public Outcome isRefused(int code, String... says) {
      assertThat(code()).as("exit code, with standard error:%n%s", err).isEqualTo(code);
      assertThat(out).isEmpty();
      assertThat(err).startsWith("engram: ");
      for (String part : says) {
        assertThat(err).contains(part);
      }
      assertThat(err.lines().filter(l -> l.startsWith("engram: "))).hasSize(1);
      assertThat(err).doesNotContain("\tat ", "Exception", "internal error", "null");
      return this;
    }
  }

  /// Runs a command in this process.
  public Outcome run(Object... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var oldOut = System.out;
    var oldErr = System.err;
    String oldHome = System.getProperty("user.home");
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    System.setProperty("user.home", home.toString());
    Locale.setDefault(Locale.ROOT);
    try {
      int code = Main.run(words(arguments));
      return new Outcome(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setProperty("user.home", oldHome);
      System.setOut(oldOut);
      System.setErr(oldErr);
    }
  }

  private static String[] words(Object... arguments) {
    return Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new);
  }

  /// A command in a process of its own.
  public ProcessBuilder command(Object... arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-Duser.home=" + home,
            "-cp",
            System.getProperty("java.class.path"),
            "engram.cli.Main"));
    command.addAll(List.of(words(arguments)));
    var builder = new ProcessBuilder(command);
    // Java would say which options it takes from its own variables.
    builder
        .environment()
        .keySet()
        .removeIf(name ->
            name.startsWith("ENGRAM_") || name.matches("_?JAVA(_TOOL)?_OPTIONS|JDK_JAVA_OPTIONS"));
    return builder;
  }

  /// Runs a command in a process of its own.
  public Outcome process(Object... arguments) throws IOException, InterruptedException {
    return outcome(command(arguments));
  }

  /// Runs a prepared command to its end.
  public static Outcome outcome(ProcessBuilder builder) throws IOException, InterruptedException {
    Path out = Files.createTempFile("engram", ".out");
    Path err = Files.createTempFile("engram", ".err");
    try {
      int code = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
      return new Outcome(code, Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /// Everything below a folder: what it is, and how long. Two of them are equal if nothing was
  /// written between.
  public static Map<String, Long> tree(Path folder) {
    try (var files = Files.walk(folder)) {
      var tree = new TreeMap<String, Long>();
      for (Path file : files.toList()) {
        tree.put(
            folder.relativize(file).toString(), Files.isRegularFile(file) ? Files.size(file) : -1L);
      }
      return tree;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
