package engram.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/// How to connect.
///
/// @param client who calls, for the server's log: a program's name and version
/// @param token bearer token; empty: the one in the address, if any
/// @param trust PEM file of the certificates that may sign the server's; absent: those that Java
///   trusts
/// @param certificate PEM file with the client's own certificate and its chain
/// @param key PEM file with the key of that certificate, PKCS #8, not encrypted
/// @param connectTimeout time until the server must have said hello
/// @param callTimeout deadline of every call but leases that wait, runs, plays and streams; zero:
///   none
public record ConnectOptions(
    String client,
    String token,
    Optional<Path> trust,
    Optional<Path> certificate,
    Optional<Path> key,
    Duration connectTimeout,
    Duration callTimeout) {
  /// No token, Java's own certificates, 10 seconds to connect, 60 seconds a call.
  public static final ConnectOptions DEFAULT =
      new ConnectOptions(
          "engram-client-java",
          "",
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60));

  public ConnectOptions {
    Objects.requireNonNull(client);
    Objects.requireNonNull(token);
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException(
          "client certificate: %s without %s"
              .formatted(
                  certificate.isPresent() ? "a certificate" : "a key",
                  certificate.isPresent() ? "a key" : "a certificate"));
    }
    if (connectTimeout.toMillis() < 1 || connectTimeout.toMillis() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "connect timeout: %s (expected: 1 ms to 24 days)".formatted(connectTimeout));
    }
    if (callTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "call timeout: %s (expected: 0 or more)".formatted(callTimeout));
    }
  }

  public ConnectOptions withClient(String client) {
    return new ConnectOptions(client, token, trust, certificate, key, connectTimeout, callTimeout);
  }

  public ConnectOptions withToken(String token) {
    return new ConnectOptions(client, token, trust, certificate, key, connectTimeout, callTimeout);
  }

  public ConnectOptions withTrust(Path trust) {
    return new ConnectOptions(
        client, token, Optional.of(trust), certificate, key, connectTimeout, callTimeout);
  }

  public ConnectOptions withCertificate(Path certificate, Path key) {
    return new ConnectOptions(
        client,
        token,
        trust,
        Optional.of(certificate),
        Optional.of(key),
        connectTimeout,
        callTimeout);
  }

  public ConnectOptions withConnectTimeout(Duration connectTimeout) {
    return new ConnectOptions(client, token, trust, certificate, key, connectTimeout, callTimeout);
  }

  public ConnectOptions withCallTimeout(Duration callTimeout) {
    return new ConnectOptions(client, token, trust, certificate, key, connectTimeout, callTimeout);
  }

  /// Says whether there is a token, not which.
  @Override
  public String toString() {
    return "ConnectOptions[client=%s, token=%s, trust=%s, certificate=%s, connect=%s, call=%s]"
        .formatted(
            client,
            token.isEmpty() ? "none" : "given",
            trust,
            certificate,
            connectTimeout,
            callTimeout);
  }
}
