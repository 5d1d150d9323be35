package engram.chip;

import engram.chip.preset.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Run by a test as a process of its own: restores a snapshot, runs it on, prints the digest.
public final class RestoreInNewProcess {
  private RestoreInNewProcess() {}

  public static void main(String[] arguments) throws IOException {
    try (var in = Files.newInputStream(Path.of(arguments[0]))) {
      var options =
          ChipOptions.reference().withThreads(Integer.parseInt(arguments[1])).alwaysShared();
      try (var chip = Snapshot.read(in).restore(Presets.named("engram-1"), options)) {
        chip.run(Long.parseLong(arguments[2]));
        System.out.println(chip.stateDigest());
      }
    }
  }
}
