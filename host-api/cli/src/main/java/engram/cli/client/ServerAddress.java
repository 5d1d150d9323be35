package engram.cli.client;

import engram.cli.common.CommandException;
import engram.cli.common.TextFile;
import engram.cli.common.Version;
import engram.client.ConnectOptions;
import engram.client.Connection;
import engram.client.Engram;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Where the server is, and who asks. Tokens are never words of a command, where others could read
/// them.
final class ServerAddress {
  private static final String DEFAULT = "engram://127.0.0.1:7711";
  private static final String TLS = "engrams:";

  @Option(
      names = "--server",
      paramLabel = "URI",
      description =
          "engram://HOST[:PORT], engrams://HOST[:PORT] for TLS, or engram+unix:///PATH. Default:"
              + " ENGRAM_SERVER, else engram://127.0.0.1:7711.")
  private String uri;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File that holds the server's token for you, else ENGRAM_TOKEN does.")
  private Path tokenFile;

  @Option(
      names = "--ca",
      paramLabel = "PEM",
      description = "Certificates that may sign the server's. Default: those that Java trusts.")
  private Path authority;

  @Option(names = "--cert", paramLabel = "PEM", description = "Your own certificate for TLS.")
  private Path certificate;

  @Option(names = "--key", paramLabel = "PEM", description = "The key of --cert.")
  private Path key;

  Connection connect() throws IOException {
    String address = uri == null ? environment("ENGRAM_SERVER", DEFAULT) : uri;
    if (uri != null && uri.indexOf('?') >= 0) {
      throw CommandException.usage(
          "--server: '?' in the address (expected: none; a token comes from --token-file or"
              + " ENGRAM_TOKEN)");
    }
    if ((certificate == null) != (key == null)) {
      throw CommandException.usage(
          certificate == null
              ? "--key without --cert (expected: both or none)"
              : "--cert without --key (expected: both or none)");
    }
    if ((authority != null || key != null) && !address.startsWith(TLS)) {
      throw CommandException.usage(
          "--ca, --cert, --key: with %s (expected: an address that starts with engrams://)"
              .formatted(uri == null ? "a server without TLS" : uri));
    }
    var options =
        ConnectOptions.DEFAULT.withClient("engram client " + Version.number()).withToken(token());
    if (authority != null) {
      options = options.withTrust(authority);
    }
    if (key != null) {
      options = options.withCertificate(certificate, key);
    }
    return Engram.connect(address, options);
  }

  private String token() throws IOException {
    if (tokenFile == null) {
      return environment("ENGRAM_TOKEN", "");
    }
    String token = TextFile.read(tokenFile).strip();
    if (token.isEmpty() || token.chars().anyMatch(Character::isWhitespace)) {
      throw CommandException.failed(tokenFile + ": no token (expected: one, and nothing else)");
    }
    return token;
  }

  static String environment(String variable, String otherwise) {
    String value = System.getenv(variable);
    return value == null || value.isBlank() ? otherwise : value.strip();
  }
}
