package engram.cli.bench.host;

import engram.cli.common.CommandException;
import engram.cli.common.OwnJava;
import engram.cli.common.TemporaryFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// `engram serve` in a process of its own, on a free port of loopback.
final class ServerProcess implements AutoCloseable {
  private static final String READY = "listening on ";

  private final TemporaryFolder files = new TemporaryFolder("engram-bench");
  private final Process process;
  private final Thread orphan;
  private final String uri;

  ServerProcess() throws IOException {
    var command =
        OwnJava.command("serve", "--listen", "127.0.0.1:0", "--data", files.path().toString());
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    orphan = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(orphan);
    uri = address(process.inputReader());
  }

  private static String address(BufferedReader out) throws IOException {
    String line = out.readLine();
    if (line == null || !line.startsWith(READY)) {
      throw CommandException.failed("the server did not start: " + line);
    }
    return line.substring(READY.length());
  }

  String uri() {
    return uri;
  }

  /// Bytes of memory that the process has, as the system counts; 0 where it does not tell.
  long residentBytes() throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElse(0);
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    Runtime.getRuntime().removeShutdownHook(orphan);
    files.close();
  }
}
