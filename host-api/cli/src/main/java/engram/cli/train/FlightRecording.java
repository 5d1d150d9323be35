package engram.cli.train;

import engram.cli.common.AtomicFile;
import engram.cli.common.CommandException;
import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/// A recording of the Java virtual machine at work, as JDK Mission Control and `jfr` read it: what
/// ran when, method by method, a hundred times a second; collections, allocations, threads.
final class FlightRecording implements AutoCloseable {
  static final String OPTION = "--profile-recording";

  /// The settings of the JDK that look closest.
  private static final String SETTINGS = "profile";

  private final Path file;
  private final Recording recording;

  private FlightRecording(Path file, Recording recording) {
    this.file = file;
    this.recording = recording;
  }

  /// Begins to record.
  ///
  /// @param file that is written in the end
  static FlightRecording start(Path file) throws IOException {
    try {
      var recording = new Recording(Configuration.getConfiguration(SETTINGS));
      recording.setName("engram train");
      recording.start();
      return new FlightRecording(file, recording);
    } catch (ParseException | IllegalStateException e) {
      throw CommandException.failed(
          "%s: this Java virtual machine can't record: %s".formatted(OPTION, e.getMessage()));
    }
  }

  /// Ends the recording and writes it. After Ctrl-C there is none: the recorder drops it as soon as
  /// the process begins to end.
  void write() throws IOException {
    try {
      recording.stop();
    } catch (IllegalStateException e) {
      // Ctrl-C came just now.
      return;
    }
    try (var content = recording.getStream(null, null)) {
      if (content != null) {
        AtomicFile.write(file, content::transferTo);
      }
    }
  }

  /// Drops what has not been written.
  @Override
  public void close() {
    recording.close();
  }
}
