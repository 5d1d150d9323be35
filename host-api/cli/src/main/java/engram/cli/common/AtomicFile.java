package engram.cli.common;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Writes files whole or not at all: beside the target first, then renamed onto it.
public final class AtomicFile {
  private AtomicFile() {}

  /// Fills a file.
  @FunctionalInterface
  public interface Content {
    void write(OutputStream out) throws IOException;
  }

  /// Writes a file; an older one of the name stays until the new one is complete. Through a link
  /// the file that it leads to is written; a device or a pipe is written as it is.
  public static void write(Path file, Content content) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      try (var out = new BufferedOutputStream(Files.newOutputStream(target))) {
        content.write(out);
      }
      return;
    }
    Path part = part(target.getParent(), target.getFileName());
    try {
      try (var channel =
              FileChannel.open(
                  part,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING);
          var out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
        content.write(out);
        out.flush();
        channel.force(true);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /// Sees that a file can be written, before hours of work end in a refusal.
  ///
  /// @param what option that named it, for the message
  public static void requireWritable(String what, Path file) {
    if (Files.isDirectory(file)) {
      throw CommandException.failed(what + " " + file + ": a folder (expected: a file)");
    }
    if (!Files.exists(file) || Files.isRegularFile(file)) {
      requireWritableFolder(what + " " + file, file.toAbsolutePath().getParent());
    }
  }

  /// Sees that files can be made in a folder.
  ///
  /// @param what it is for, at the head of the message
  public static void requireWritableFolder(String what, Path folder) {
    if (!Files.isDirectory(folder)) {
      throw CommandException.failed(what + ": there is no folder " + folder + ": make it first");
    }
    Path part = part(folder, Path.of("probe"));
    try {
      Files.deleteIfExists(part);
      Files.createFile(part);
      Files.delete(part);
    } catch (IOException e) {
      throw CommandException.failed(
          "%s: can't write into %s: %s; choose another or change its permissions"
              .formatted(what, folder, ErrorText.of(e)));
    }
  }

  private static Path part(Path folder, Path name) {
    return folder.resolve("." + name + "." + ProcessHandle.current().pid() + ".part");
  }
}
