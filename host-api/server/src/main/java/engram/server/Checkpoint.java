package engram.server;

import engram.chip.Chip;

/// Saves a chip from time to time, where it rests.
@FunctionalInterface
interface Checkpoint {
  /// Saves nothing.
  Checkpoint NONE = (_, _) -> {};

  /// The chip stands between two steps, or between two samples.
  ///
  /// @param samples number of the sample that comes next in a play; 0 in a run
  void rest(Chip chip, long samples);
}
