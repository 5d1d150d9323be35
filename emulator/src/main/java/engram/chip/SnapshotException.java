package engram.chip;

/// A snapshot is damaged, foreign, or of another version.
public final class SnapshotException extends RuntimeException {
  SnapshotException(String message) {
    super("snapshot: " + message);
  }
}
