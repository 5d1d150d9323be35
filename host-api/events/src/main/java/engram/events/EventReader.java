package engram.events;

import java.io.IOException;

/// Reads events one after the other; holds one block of them at most. Closing it closes the stream
/// below it.
public interface EventReader extends AutoCloseable {
  /// What the file says of its events.
  EventHeader header();

  /// Appends the next events to a batch. If it fails, the events before the fault are in the batch.
  ///
  /// @param max how many at most, at least 1
  /// @return how many; 0 at the end of the file and only there
  /// @throws EventFormatException if the file is damaged or truncated
  int read(EventBatch into, int max) throws IOException;

  @Override
  void close() throws IOException;
}
