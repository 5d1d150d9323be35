package engram.cli.common;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Writes files whole or not at all: beside the target first, then renamed onto it.
public final class AtomicFile {
  private AtomicFile() {}

  /// Fills a file.
  @FunctionalInterface
  public interface Content {
    void write(OutputStream out) throws IOException;
  }

  /// Writes a file; an older one of the name stays until the new one is complete.
  public static void write(Path file, Content content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path part = Files.createTempFile(folder, file.getFileName().toString(), ".part");
    try {
      try (var out = new BufferedOutputStream(Files.newOutputStream(part))) {
        content.write(out);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
