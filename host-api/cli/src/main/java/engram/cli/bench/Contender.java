package engram.cli.bench;

import java.io.IOException;

/// Something whose speed is measured, one round after the other.
interface Contender {
  /// Its name in messages.
  String name();

  /// Does its work of a round.
  Lap lap() throws IOException;
}
