package engram.cli.client;

import engram.cli.common.CommandException;
import engram.events.SensorGeometry;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/// The pixels of an event camera, for files that don't say them.
final class SensorOption {
  private static final Pattern SIZES = Pattern.compile("(\\d{1,5})x(\\d{1,5})x(\\d)");

  @Option(
      names = "--sensor",
      paramLabel = "WxHxP",
      description =
          "Width, height and polarities of the camera whose pixels the neurons are. Default: what"
              + " the file says; 34x34x2 in .bin and .bs2.")
  private String sizes;

  Optional<SensorGeometry> sensor() {
    if (sizes == null) {
      return Optional.empty();
    }
    var match = SIZES.matcher(sizes);
    if (!match.matches()) {
      throw CommandException.usage("--sensor: " + sizes + " (expected: as 34x34x2)");
    }
    return Optional.of(
        new SensorGeometry(
            Integer.parseInt(match.group(1)),
            Integer.parseInt(match.group(2)),
            Integer.parseInt(match.group(3))));
  }
}
