package engram.cli.client;

import engram.client.Connection;
import engram.client.RemoteChip;

/// A chip for the time of a command: afterwards it lives on, or is given back.
final class HeldChip implements AutoCloseable {
  private final Connection connection;
  private final RemoteChip chip;
  private final boolean livesOn;

  private HeldChip(Connection connection, RemoteChip chip, boolean livesOn) {
    this.connection = connection;
    this.chip = chip;
    this.livesOn = livesOn;
  }

  /// How a connection comes by a chip.
  @FunctionalInterface
  interface Way {
    RemoteChip take(Connection connection);
  }

  /// A chip that stays with whoever has its token.
  static HeldChip livingOn(Connection connection, Way way) {
    return hold(connection, way, true);
  }

  /// A chip that is given back, or was somebody else's all the time.
  static HeldChip untilClosed(Connection connection, Way way) {
    return hold(connection, way, false);
  }

  private static HeldChip hold(Connection connection, Way way, boolean livesOn) {
    try {
      return new HeldChip(connection, way.take(connection), livesOn);
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  RemoteChip chip() {
    return chip;
  }

  Connection connection() {
    return connection;
  }

  @Override
  public void close() {
    try (connection) {
      if (livesOn) {
        chip.detach();
      }
    }
  }
}
