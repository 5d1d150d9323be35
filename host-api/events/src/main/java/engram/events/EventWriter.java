package engram.events;

import java.io.Flushable;
import java.io.IOException;

/// Writes events one after the other. A file is whole when its writer is closed; that closes the
/// stream below it too.
public interface EventWriter extends AutoCloseable, Flushable {
  /// @param from first event to write
  /// @param to end, exclusive
  /// @throws EventFormatException if the format can't hold one of them
  void write(EventBatch events, int from, int to) throws IOException;

  /// Writes all events of a batch.
  default void write(EventBatch events) throws IOException {
    write(events, 0, events.size());
  }

  @Override
  void close() throws IOException;
}
