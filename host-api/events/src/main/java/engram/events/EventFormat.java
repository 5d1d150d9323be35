package engram.events;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/// A format of event files. `EventFormats` knows them all.
public interface EventFormat {
  String name();

  /// Of file names, without the dot.
  List<String> extensions();

  /// Begins to read a file.
  ///
  /// @param in need not be buffered
  /// @param file what messages call it
  /// @param sensor for formats that don't say whose pixels they hold. A file that does say it must
  ///   say the same
  /// @throws EventFormatException if its header is damaged
  EventReader reader(InputStream in, String file, Optional<SensorGeometry> sensor)
      throws IOException;

  /// Begins to read a file that says all of itself.
  default EventReader reader(InputStream in, String file) throws IOException {
    return reader(in, file, Optional.empty());
  }

  /// Begins to write a file.
  ///
  /// @param out need not be buffered
  /// @throws EventFormatException if the format can't say that of its events, or can be read only
  default EventWriter writer(OutputStream out, EventHeader header) throws IOException {
    throw new EventFormatException(name() + ": it can be read only");
  }
}
