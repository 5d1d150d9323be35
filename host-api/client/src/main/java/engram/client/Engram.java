package engram.client;

import java.util.concurrent.CompletableFuture;

/// Where everything begins.
public final class Engram {
  private Engram() {}

  /// Connects to a server: `engram://localhost:7711`, `engrams://host` for TLS,
  /// `engram+unix:///path/to/socket`. A token may follow as `?token=...`.
  public static Connection connect(String uri) {
    return connect(uri, ConnectOptions.DEFAULT);
  }

  public static Connection connect(String uri, ConnectOptions options) {
    return Connection.open(Address.parse(uri), options);
  }

  public static CompletableFuture<Connection> connectAsync(String uri, ConnectOptions options) {
    return Connection.openAsync(Address.parse(uri), options);
  }
}
