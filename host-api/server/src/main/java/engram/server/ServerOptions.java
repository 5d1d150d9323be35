package engram.server;

import engram.protocol.FrameDecoder;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;

/// What a server is told when it starts.
///
/// @param name of the server and its version
/// @param chips number of chips by preset
/// @param data folder that holds the files of clients
/// @param snapshotEverySteps save each chip so often; 0: never
/// @param maxFrameBytes longest frame that is taken
public record ServerOptions(
    String name,
    Map<String, Integer> chips,
    Path data,
    Listening listening,
    Security security,
    long snapshotEverySteps,
    int maxFrameBytes) {

  /// Where a server is to be found.
  ///
  /// @param tcp address; null: none
  /// @param unix path of a Unix socket; null: none
  /// @param metrics address that Prometheus reads; null: none
  public record Listening(InetSocketAddress tcp, Path unix, InetSocketAddress metrics) {}

  /// Who may use a server.
  ///
  /// @param tls null: plaintext
  /// @param tokens file with a token a line; null: everybody may
  /// @param insecure may listen beyond loopback without TLS and tokens
  /// @param udpBeyondLoopback clients may take packets from a network, and send them to it
  public record Security(Tls tls, Path tokens, boolean insecure, boolean udpBeyondLoopback) {}

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
        chips,
        data,
        new Listening(new InetSocketAddress("127.0.0.1", port), null, null),
        new Security(null, null, false, false),
        0,
        FrameDecoder.DEFAULT_LIMIT);
  }

  public ServerOptions with(Listening other) {
    return new ServerOptions(name, chips, data, other, security, snapshotEverySteps, maxFrameBytes);
  }

  public ServerOptions with(Security other) {
    return new ServerOptions(
        name, chips, data, listening, other, snapshotEverySteps, maxFrameBytes);
  }

  public ServerOptions withSnapshotEvery(long steps) {
    return new ServerOptions(name, chips, data, listening, security, steps, maxFrameBytes);
  }

  public ServerOptions withMaxFrame(int bytes) {
    return new ServerOptions(name, chips, data, listening, security, snapshotEverySteps, bytes);
  }

  public ServerOptions withUnix(Path path) {
    return with(new Listening(listening.tcp, path, listening.metrics));
  }

  public ServerOptions withMetrics(InetSocketAddress address) {
    return with(new Listening(listening.tcp, listening.unix, address));
  }

  public ServerOptions withTls(Tls files) {
    return with(
        new Security(files, security.tokens, security.insecure, security.udpBeyondLoopback));
  }

  public ServerOptions withTokens(Path file) {
    return with(new Security(security.tls, file, security.insecure, security.udpBeyondLoopback));
  }

  public ServerOptions withUdpBeyondLoopback() {
    return with(new Security(security.tls, security.tokens, security.insecure, true));
  }

  /// Throws if the server would be open to a network without TLS and tokens.
  void requireSafe() {
    var tcp = listening.tcp;
    boolean beyond = tcp != null && !tcp.getAddress().isLoopbackAddress();
    if (beyond && !security.insecure && (security.tls == null || security.tokens == null)) {
      throw new IllegalArgumentException(
          "listen: %s is beyond loopback (expected: TLS and tokens, or --insecure)"
              .formatted(tcp.getAddress().getHostAddress()));
    }
    if (tcp == null && listening.unix == null) {
      throw new IllegalArgumentException("listen: nothing (expected: an address, or a socket)");
    }
  }
}
