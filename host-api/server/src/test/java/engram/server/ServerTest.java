package engram.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/// A test with a server of its own.
abstract class ServerTest {
  @TempDir Path data;
  private EngramServer server;

  /// Starts the server that `server()` gives.
  final EngramServer start(ServerOptions options) throws IOException {
    server = EngramServer.start(options);
    return server;
  }

  ServerOptions options() {
    return options(4);
  }

  final ServerOptions options(int chips) {
    return ServerOptions.loopback("engram test", 0, Map.of("engram-1", chips), data);
  }

  final EngramServer server() {
    return server;
  }

  /// Starts the server if it is not there yet.
  final EngramServer started() {
    try {
      return server == null ? start(options()) : server;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  final RawClient client() {
    return RawClient.connect(started());
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
      server = null;
    }
  }
}
