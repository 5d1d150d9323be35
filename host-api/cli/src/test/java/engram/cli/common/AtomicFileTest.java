package engram.cli.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFileTest {
  @TempDir Path folder;

  private static AtomicFile.Content text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void replacesAFileWhole() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old and long");
    AtomicFile.write(file, text("new"));
    assertThat(file).hasContent("new");
    assertThat(folder).isDirectoryContaining(f -> f.equals(file));
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    assertThatThrownBy(() ->
            AtomicFile.write(
                file,
                out -> {
                  out.write(new byte[100_000]);
                  throw new IOException("full");
                }))
        .hasMessage("full");
    assertThat(file).hasContent("old");
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void writesTheFileThatALinkLeadsTo() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
    AtomicFile.write(link, text("new"));
    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("new");
  }

  @Test
  void aDeviceStaysADevice() throws IOException {
    Path device = Path.of("/dev/null");
    AtomicFile.requireWritable("--save", device);
    AtomicFile.write(device, text("gone"));
    assertThat(Files.isRegularFile(device)).isFalse();
  }

  @Test
  void hasThePermissionsOfAnyOtherFile() throws IOException {
    Path other = Files.writeString(folder.resolve("other"), "");
    AtomicFile.write(folder.resolve("file"), text("new"));
    assertThat(Files.getPosixFilePermissions(folder.resolve("file")))
        .isEqualTo(Files.getPosixFilePermissions(other));
  }

  @Test
  void looksAheadWithoutLeavingATrace() throws IOException {
    AtomicFile.requireWritable("--save", folder.resolve("file"));
    assertThat(folder).isEmptyDirectory();
    assertThatThrownBy(() -> AtomicFile.requireWritable("--save", folder))
        .hasMessage("--save " + folder + ": a folder (expected: a file)");
    assertThatThrownBy(() -> AtomicFile.requireWritable("-o", folder.resolve("a/b")))
        .hasMessageContaining("there is no folder " + folder.resolve("a"));
  }
}
