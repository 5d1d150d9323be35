package engram.cli.client;

import engram.cli.common.AtomicFile;
import engram.cli.common.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `engram client snapshot`: the whole state of a chip, into a file.
@Command(
    name = "snapshot",
    mixinStandardHelpOptions = true,
    description =
        "Write the chip's whole state, network and all, to a file, whole or not at all. Events that"
            + " wait for steps to come are not part of it.")
final class SnapshotCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "File to write.")
  private Path file;

  @Option(names = "--note", paramLabel = "TEXT", description = "Text to find beside the state.")
  private String note = "";

  @Mixin private DrivenChip chip = new DrivenChip();

  @Override
  public Integer call() throws IOException {
    AtomicFile.requireWritable("FILE", file);
    try (var held = chip.take();
        var copy = new StoreCopy(held.chip().store())) {
      var saved = held.chip().save(copy.name(), note);
      AtomicFile.write(file, out -> copy.store().download(copy.name(), out));
      System.out.printf("%s: step %d, %d bytes%n", file, saved.getStep(), saved.getBytes());
    }
    return ExitCode.DONE;
  }
}
