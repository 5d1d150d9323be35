package engram.cli.common;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads files that people write.
public final class TextFile {
  private TextFile() {}

  public static String read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw CommandException.failed(file + ": a folder (expected: a file)");
    }
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw CommandException.failed(file + ": no text (expected: UTF-8)");
    }
  }
}
