package engram.server;

import engram.protocol.FrameDecoder;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;

/// What a server is told when it starts.
///
/// @param name of the server and its version
/// @param listen address for TCP; null: none
/// @param unix path of a Unix socket; null: none
/// @param chips number of chips by preset
/// @param data folder that holds the files of clients
/// @param tls null: plaintext
/// @param tokens file with a token a line; null: everybody may
/// @param insecure may listen beyond loopback without TLS and tokens
/// @param metrics address that Prometheus reads; null: none
/// @param snapshotEverySteps save each chip so often; 0: never
/// @param maxFrameBytes longest frame that is taken
/// @param udpBeyondLoopback clients may take packets from a network, and send them to it
public record ServerOptions(
    String name,
    InetSocketAddress listen,
    Path unix,
    Map<String, Integer> chips,
    Path data,
    Tls tls,
    Path tokens,
    boolean insecure,
    InetSocketAddress metrics,
    long snapshotEverySteps,
    int maxFrameBytes,
    boolean udpBeyondLoopback) {

  /// PEM files.
  ///
  /// @param clientAuthority certificates that sign clients' own; null: clients need none
  public record Tls(Path certificate, Path key, Path clientAuthority) {}

  public ServerOptions {
    chips = Map.copyOf(chips);
  }

  /// A server on loopback with files in a folder.
  ///
  /// @param port 0: any free one
  public static ServerOptions loopback(
      String name, int port, Map<String, Integer> chips, Path data) {
    return new ServerOptions(
        name,
        new InetSocketAddress("127.0.0.1", port),
        null,
        chips,
        data,
        null,
        null,
        false,
        null,
        0,
        FrameDecoder.DEFAULT_LIMIT,
        false);
  }

  public ServerOptions withUnix(Path path) {
    return new ServerOptions(
        name,
        listen,
        path,
        chips,
        data,
        tls,
        tokens,
        insecure,
        metrics,
        snapshotEverySteps,
        maxFrameBytes,
        udpBeyondLoopback);
  }

  public ServerOptions withTls(Tls files) {
    return new ServerOptions(
        name,
        listen,
        unix,
        chips,
        data,
        files,
        tokens,
        insecure,
        metrics,
        snapshotEverySteps,
        maxFrameBytes,
        udpBeyondLoopback);
  }

  public ServerOptions withTokens(Path file) {
    return new ServerOptions(
        name,
        listen,
        unix,
        chips,
        data,
        tls,
        file,
        insecure,
        metrics,
        snapshotEverySteps,
        maxFrameBytes,
        udpBeyondLoopback);
  }

  public ServerOptions withMetrics(InetSocketAddress address) {
    return new ServerOptions(
        name,
        listen,
        unix,
        chips,
        data,
        tls,
        tokens,
        insecure,
        address,
        snapshotEverySteps,
        maxFrameBytes,
        udpBeyondLoopback);
  }

  public ServerOptions withSnapshotEvery(long steps) {
    return new ServerOptions(
        name,
        listen,
        unix,
        chips,
        data,
        tls,
        tokens,
        insecure,
        metrics,
        steps,
        maxFrameBytes,
        udpBeyondLoopback);
  }

  public ServerOptions withUdpBeyondLoopback() {
    return new ServerOptions(
        name,
        listen,
        unix,
        chips,
        data,
        tls,
        tokens,
        insecure,
        metrics,
        snapshotEverySteps,
        maxFrameBytes,
        true);
  }

  /// Throws if the server would be open to a network without TLS and tokens.
  void requireSafe() {
    boolean beyond = listen != null && !listen.getAddress().isLoopbackAddress();
    if (beyond && !insecure && (tls == null || tokens == null)) {
      throw new IllegalArgumentException(
          "listen: %s is beyond loopback (expected: TLS and tokens, or --insecure)"
              .formatted(listen.getAddress().getHostAddress()));
    }
    if (listen == null && unix == null) {
      throw new IllegalArgumentException("listen: nothing (expected: an address, or a socket)");
    }
  }
}
