package engram.cli.client;

import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.client.Code;
import engram.client.EngramException;
import engram.protocol.v1.RestoreResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `engram client restore`: the state of a chip, from a file.
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description =
        "Put the chip into the state that a snapshot holds; its network comes with it. What is"
            + " refused leaves the chip as it was.")
final class RestoreCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILE",
      description = "Snapshot, by engram client snapshot or engram train --save.")
  private Path file;

  @Mixin private DrivenChip chip = new DrivenChip();

  @Override
  public Integer call() throws IOException {
    if (Files.isDirectory(file)) {
      throw CommandException.failed(file + ": a folder (expected: a file)");
    }
    try (var in = Files.newInputStream(file);
        var held = chip.take();
        var copy = new StoreCopy(held.chip().store())) {
      copy.store().upload(copy.name(), in);
      RestoreResponse restored;
      try {
        restored = held.chip().restore(copy.name());
      } catch (EngramException e) {
        if (e.code() == Code.DATA_LOSS || e.code() == Code.INVALID_ARGUMENT) {
          throw CommandException.failed(file + ": " + e.getMessage());
        }
        throw e;
      }
      System.out.printf(
          "step %d comes next%s%n",
          restored.getStep(), restored.getNote().isEmpty() ? "" : "; note: " + restored.getNote());
    }
    return ExitCode.DONE;
  }
}
