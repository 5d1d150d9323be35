package engram.firmware.network;

import java.util.List;

/// An engine of fixed function that a register starts.
public sealed interface SequencerRef {
  String register();

  /// Sums a word over equal-shaped projections.
  record Reduce(String register, String word, List<String> projections) implements SequencerRef {
    public Reduce {
      projections = List.copyOf(projections);
    }
  }

  /// Rewires a masked projection.
  record Rewire(String register, String projection) implements SequencerRef {}
}
