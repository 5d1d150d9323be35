package engram.server;

import java.nio.file.Path;
import java.util.Map;

/// A server in a process of its own, for tests that kill it. Prints its port.
final class ServerMain {
  private ServerMain() {}

  /// @param arguments folder of files, steps between snapshots
  public static void main(String[] arguments) throws Exception {
    var options =
        ServerOptions.loopback("engram test", 0, Map.of("engram-1", 1), Path.of(arguments[0]))
            .withSnapshotEvery(Long.parseLong(arguments[1]));
    var server = EngramServer.start(options);
    System.out.println(server.address().getPort());
    System.out.flush();
    Thread.currentThread().join();
  }
}
