package engram.chip;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Python and a second JVM as witnesses.
final class Digests {
  private Digests() {}

  /// The state digest of a snapshot as the Python script computes it; null without Python.
  static String python(Path snapshot) throws IOException, InterruptedException {
    try {
      return run("python3", "src/test/python/state_digest.py", snapshot.toString());
    } catch (IOException e) {
      System.out.println("### SKIPPED: python3 is not on this machine, nothing checked the digest");
      return null;
    }
  }

  /// Restores a snapshot in a new process, runs it on, and returns the digest there.
  static String otherProcess(Path snapshot, int threads, int steps)
      throws IOException, InterruptedException {
    return run(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        RestoreInNewProcess.class.getName(),
        snapshot.toString(),
        String.valueOf(threads),
        String.valueOf(steps));
  }

  private static String run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (!process.waitFor(300, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError(String.join(" ", command) + ":\n" + output);
    }
    return output.strip();
  }
}
