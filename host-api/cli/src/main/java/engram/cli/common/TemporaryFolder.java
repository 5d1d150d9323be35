package engram.cli.common;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// A folder that is gone when it is closed.
public final class TemporaryFolder implements AutoCloseable {
  private final Path path;

  /// @param name start of its name
  public TemporaryFolder(String name) throws IOException {
    path = Files.createTempDirectory(name);
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
