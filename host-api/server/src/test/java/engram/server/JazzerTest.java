package engram.server;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The fuzz targets for Jazzer. A build runs them with the inputs that were found to do harm once,
/// which lie beside the other resources; `JAZZER_FUZZ=1` looks for new ones, one target at a time:
///
/// ```sh
/// JAZZER_FUZZ=1 mvn verify -pl host-api/server -am -Dtest='JazzerTest#image'
/// ```
class JazzerTest {
  private static final FuzzTargets.Sessions SESSIONS = new FuzzTargets.Sessions(folder());

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("engram-fuzz");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @FuzzTest(maxDuration = "10m")
  void frames(byte[] bytes) {
    FuzzTargets.frames(bytes);
  }

  @FuzzTest(maxDuration = "10m")
  void image(byte[] content) {
    FuzzTargets.image(content);
  }

  @FuzzTest(maxDuration = "10m")
  void snapshot(byte[] bytes) {
    FuzzTargets.snapshot(bytes);
  }

  @FuzzTest(maxDuration = "10m")
  void requests(byte[] bytes) {
    SESSIONS.requests(bytes);
  }
}
