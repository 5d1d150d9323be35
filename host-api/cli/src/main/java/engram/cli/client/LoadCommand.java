package engram.cli.client;

import engram.cli.common.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `engram client load`: a network or an image.
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description =
        "Load a network description, with the programs beside it that it names as ./NAME, or a chip"
            + " image; print where everything went. What is refused leaves the chip as it was.")
final class LoadCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "Network description in YAML, or chip image.")
  private Path file;

  @Option(names = "--verify", description = "Check only; the chip stays as it is.")
  private boolean verify;

  @Option(
      names = "--preset",
      paramLabel = "PRESET",
      description =
          "With --verify and no chip: the kind to lease for the check. Default: engram-1.")
  private String preset = "engram-1";

  @Mixin private DrivenChip chip = new DrivenChip();

  @Override
  public Integer call() throws IOException {
    var firmware = FirmwareFile.read(file);
    try (var held = verify ? chip.takeOrLease(preset) : chip.take()) {
      var loaded = firmware.load(held.chip(), verify);
      FirmwareFile.remark(loaded);
      System.out.print(loaded.getReport());
    }
    return ExitCode.DONE;
  }
}
