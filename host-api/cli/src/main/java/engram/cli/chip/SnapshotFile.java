package engram.cli.chip;

import engram.chip.Snapshot;
import engram.chip.SnapshotException;
import engram.cli.common.CommandException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads snapshots from files; what is wrong with one is told with the file's name.
public final class SnapshotFile {
  private SnapshotFile() {}

  public static Snapshot read(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return Snapshot.read(in);
    } catch (SnapshotException e) {
      throw CommandException.failed(
          "%s: %s; take another copy of it, or make a new one with engram train --save"
              .formatted(file, e.getMessage()));
    }
  }
}
