package engram.cli.client;

import java.io.IOException;
import picocli.CommandLine.Option;

/// The chip that a command looks at: one's own, or one that somebody else drives.
final class SeenChip extends DrivenChip {
  @Option(
      names = "--lease",
      paramLabel = "NAME",
      description = "Watch the chip of this lease, which somebody else drives.")
  private String lease;

  boolean isWatched() {
    return lease != null;
  }

  @Override
  HeldChip take() throws IOException {
    return isWatched()
        ? HeldChip.untilClosed(server().connect(), connection -> connection.watch(lease))
        : super.take();
  }
}
