package engram.client;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Where a server is.
///
/// | address                            | means                              |
/// |------------------------------------|------------------------------------|
/// | `engram://host[:port][?token=...]` | TCP                                |
/// | `engrams://host[:port]`            | TLS                                |
/// | `engram+unix:///path/to/socket`    | Unix socket                        |
///
/// @param socket to connect to
/// @param host for TLS, which checks the certificate against it; empty for Unix sockets
/// @param token bearer token; empty: none
record Address(SocketAddress socket, String host, int port, boolean tls, String token) {
  static final int DEFAULT_PORT = 7711;

  static Address parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw wrong(withoutQuery(text), e.getReason());
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    String token = token(uri);
    return switch (scheme) {
      case "engram" -> inet(uri, false, token);
      case "engrams" -> inet(uri, true, token);
      case "engram+unix" -> {
        if (uri.getHost() != null || uri.getPath() == null || uri.getPath().length() < 2) {
          throw wrong(withoutQuery(text), "no path");
        }
        yield new Address(UnixDomainSocketAddress.of(Path.of(uri.getPath())), "", 0, false, token);
      }
      default -> throw wrong(withoutQuery(text), "scheme: '" + scheme + "'");
    };
  }

  private static Address inet(URI uri, boolean tls, String token) {
    String host = uri.getHost();
    if (host == null) {
      throw wrong(withoutQuery(uri.toString()), "no host");
    }
    if (uri.getPath().length() > 1) {
      throw wrong(withoutQuery(uri.toString()), "path: '" + uri.getPath() + "'");
    }
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    if (port < 1 || port > 65535) {
      throw wrong(withoutQuery(uri.toString()), "port: %d".formatted(port));
    }
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new Address(InetSocketAddress.createUnresolved(bare, port), bare, port, tls, token);
  }

  private static String token(URI uri) {
    String query = uri.getRawQuery();
    if (query == null) {
      return "";
    }
    if (!query.startsWith("token=") || query.indexOf('&') >= 0) {
      throw wrong(withoutQuery(uri.toString()), "after '?' only token=... is known");
    }
    return URLDecoder.decode(query.substring("token=".length()), StandardCharsets.UTF_8);
  }

  /// What a message may show: a token is a secret.
  private static String withoutQuery(String text) {
    int query = text.indexOf('?');
    return query < 0 ? text : text.substring(0, query);
  }

  private static IllegalArgumentException wrong(String text, String why) {
    return new IllegalArgumentException(
        "address: '%s': %s (expected: engram://HOST[:PORT], engrams://HOST[:PORT], engram+unix:///PATH)"
            .formatted(text, why));
  }

  boolean unix() {
    return socket instanceof UnixDomainSocketAddress;
  }

  /// For messages; without the token.
  @Override
  public String toString() {
    if (socket instanceof UnixDomainSocketAddress unix) {
      return unix.getPath().toString();
    }
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
