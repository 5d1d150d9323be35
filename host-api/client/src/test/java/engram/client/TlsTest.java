package engram.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TlsTest {
  private static final String PASSWORD = "password";

  @TempDir private static Path folder;

  private static Path certificate;
  private static Path key;
  private static SSLContext context;

  /// A certificate for `localhost` that signs itself, made by the JDK's own tool.
  @BeforeAll
  static void makeCertificate() throws Exception {
    var file = folder.resolve("keys.p12");
    var tool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=DNS:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    var said = new String(tool.getInputStream().readAllBytes(), UTF_8);
    assertThat(tool.waitFor()).as(said).isZero();
    var store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    certificate = pem("CERTIFICATE", store.getCertificate("a").getEncoded());
    key = pem("PRIVATE KEY", store.getKey("a", PASSWORD.toCharArray()).getEncoded());
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("a", store.getCertificate("a"));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
  }

  private static Path pem(String kind, byte[] der) throws IOException {
    var text =
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(kind, Base64.getMimeEncoder().encodeToString(der), kind);
    return Files.writeString(folder.resolve(kind.replace(' ', '-') + ".pem"), text);
  }

  private static SSLServerSocket listen(boolean mutual) throws IOException {
    var listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    listener.setNeedClientAuth(mutual);
    return listener;
  }

  private static String uri(SSLServerSocket listener, String host) {
    return "engrams://" + host + ":" + listener.getLocalPort();
  }

  @Test
  void talksToAServerWhoseCertificateItTrusts() throws IOException {
    var listener = listen(false);
    try (var peer = new FakePeer(listener);
        var connection =
            Engram.connect(
                uri(listener, "localhost"), ConnectOptions.DEFAULT.withTrust(certificate))) {
      assertThat(connection.server().getServer()).isEqualTo("fake");
      assertThat(peer.greeting().hasHello()).isTrue();
    }
  }

  @Test
  void refusesACertificateThatNobodyItTrustsHasSigned() throws IOException {
    var listener = listen(false);
    try (var peer = new FakePeer(listener)) {
      assertThat(Failures.of(() -> Engram.connect(uri(listener, "localhost"))))
          .hasMessageContaining("TLS: ")
          .hasMessageContaining("certification path")
          .hasMessageNotContaining("Exception")
          .returns(Code.UNAVAILABLE, EngramException::code);
      assertThat(peer.greeting()).isNull();
    }
  }

  @Test
  void refusesTheCertificateOfAnotherHost() throws IOException {
    var listener = listen(false);
    try (var peer = new FakePeer(listener)) {
      var options = ConnectOptions.DEFAULT.withTrust(certificate);
      assertThat(Failures.of(() -> Engram.connect(uri(listener, "127.0.0.1"), options)))
          .hasMessageContaining("127.0.0.1")
          .returns(Code.UNAVAILABLE, EngramException::code);
      assertThat(peer.greeting()).isNull();
    }
  }

  @Test
  void showsItsOwnCertificateToAServerThatAsks() throws IOException {
    var listener = listen(true);
    var options = ConnectOptions.DEFAULT.withTrust(certificate);
    try (var peer = new FakePeer(listener)) {
      try (var connection =
          Engram.connect(uri(listener, "localhost"), options.withCertificate(certificate, key))) {
        assertThat(connection.server().getServer()).isEqualTo("fake");
      }
      assertThat(peer.greeting().hasHello()).isTrue();
    }
  }

  @Test
  void isRefusedWithoutACertificateByAServerThatAsks() throws IOException {
    var listener = listen(true);
    var options = ConnectOptions.DEFAULT.withTrust(certificate);
    try (var peer = new FakePeer(listener)) {
      assertThat(Failures.of(() -> Engram.connect(uri(listener, "localhost"), options)).code())
          .isEqualTo(Code.UNAVAILABLE);
      assertThat(peer.greeting()).isNull();
    }
  }

  @Test
  void aFileThatIsNoCertificateIsNamed() {
    var options = ConnectOptions.DEFAULT.withTrust(folder.resolve("missing.pem"));
    assertThat(Failures.of(() -> Engram.connect("engrams://localhost", options)))
        .hasMessageContaining("missing.pem")
        .returns(Code.INVALID_ARGUMENT, EngramException::code);
    assertThatThrownBy(() ->
            new ConnectOptions(
                "",
                "",
                options.trust(),
                options.trust(),
                java.util.Optional.empty(),
                options.connectTimeout(),
                options.callTimeout()))
        .hasMessage("client certificate: a certificate without a key");
  }
}
