package engram.cli.client;

import engram.cli.common.CommandException;
import engram.client.LeaseOptions;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The chip that a command works on, by its token.
class DrivenChip {
  /// A chip that is leased for one command is soon free again if the command is killed.
  private static final Duration SHORT_LIFE = Duration.ofSeconds(10);

  @Mixin private ServerAddress server = new ServerAddress();

  @Option(
      names = "--chip",
      paramLabel = "TOKEN",
      description = "Token of the chip, as engram client lease prints it. Default: ENGRAM_CHIP.")
  private String token;

  final ServerAddress server() {
    return server;
  }

  final boolean isGiven() {
    return !token().isEmpty();
  }

  private String token() {
    return token == null ? ServerAddress.environment("ENGRAM_CHIP", "") : token.strip();
  }

  /// Takes up the chip, which lives on afterwards.
  HeldChip take() throws IOException {
    String of = token();
    if (of.isEmpty()) {
      throw CommandException.usage(
          "chip: none (expected: --chip TOKEN or ENGRAM_CHIP, as engram client lease prints it)");
    }
    return HeldChip.livingOn(server.connect(), connection -> connection.reattach(of));
  }

  /// Takes up the chip, or leases one for the time of the command.
  final HeldChip takeOrLease(String preset) throws IOException {
    if (isGiven()) {
      return take();
    }
    var lease = LeaseOptions.of(preset).withTimeToLive(SHORT_LIFE);
    return HeldChip.untilClosed(server.connect(), connection -> connection.lease(lease));
  }
}
