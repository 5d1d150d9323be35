package engram.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import engram.cli.Cli;
import engram.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ways to a server that wants TLS, a certificate of the client and a token.
final class ServerAddressTest {
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final String SECRET = "a-secret-of-32-characters-or-so";
  private static final String PASSWORD = "password";

  @TempDir static Path folder;
  private static ServedChips chips;
  private static Path certificate;
  private static Path key;
  private static Path token;

  /// One certificate for both ends, which signs itself, made by the JDK's own tool.
  @BeforeAll
  static void startServer() throws Exception {
    var keys = folder.resolve("keys.p12");
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
                keys.toString())
            .redirectErrorStream(true)
            .start();
    var said = new String(tool.getInputStream().readAllBytes(), UTF_8);
    assertThat(tool.waitFor()).as(said).isZero();
    var store = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());
    certificate = pem("CERTIFICATE", store.getCertificate("a").getEncoded());
    key = pem("PRIVATE KEY", store.getKey("a", PASSWORD.toCharArray()).getEncoded());
    token = Files.writeString(folder.resolve("token"), SECRET + "\n");
    Path tokens = Files.writeString(folder.resolve("tokens"), "me " + SECRET + " events=100000\n");
    chips =
        new ServedChips(
            folder,
            1,
            options ->
                options
                    .withTls(new ServerOptions.Tls(certificate, key, certificate))
                    .withTokens(tokens),
            "engrams");
  }

  private static Path pem(String kind, byte[] der) throws IOException {
    return Files.writeString(
        folder.resolve(kind.replace(' ', '-') + ".pem"),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(kind, Base64.getMimeEncoder().encodeToString(der), kind));
  }

  @AfterAll
  static void stopServer() {
    chips.close();
  }

  private static Cli.Outcome info(Object... options) {
    var words = new ArrayList<Object>(List.of("info"));
    words.addAll(List.of(options));
    return chips.client(words.toArray());
  }

  @Test
  void certificatesAndATokenOpenTheDoor() {
    assertThat(
            info("--ca", certificate, "--cert", certificate, "--key", key, "--token-file", token)
                .succeeds()
                .out())
        .contains("engram-1: 1 of 1 chips free");
  }

  @Test
  void withoutThemItStaysShut() throws IOException {
    info("--ca", certificate, "--cert", certificate, "--key", key)
        .isRefused(FAILED, "no token (expected: one");
    Path wrong = Files.writeString(folder.resolve("wrong"), "another-secret-of-some-length");
    var refused =
        info("--ca", certificate, "--cert", certificate, "--key", key, "--token-file", wrong)
            .isRefused(FAILED, "the token is unknown");
    assertThat(refused.err()).doesNotContain("another-secret");
    info("--token-file", token).isRefused(FAILED, "no connection to localhost:");
  }

  @Test
  void optionsThatDoNotGoTogetherAreTold() throws IOException {
    info("--cert", certificate).isRefused(USAGE, "--cert without --key");
    info("--key", key).isRefused(USAGE, "--key without --cert");
    chips
        .cli()
        .run("client", "info", "--ca", certificate, "--server", "engram://localhost:1")
        .isRefused(USAGE, "an address that starts with engrams://");
    chips
        .cli()
        .run("client", "info", "--server", "engrams://localhost:1?token=hush")
        .isRefused(USAGE, "--server: '?' in the address", "--token-file or ENGRAM_TOKEN");
    chips
        .cli()
        .run("client", "info", "--server", "http://localhost")
        .isRefused(USAGE, "address: 'http://localhost'", "engram://HOST[:PORT]");
    info("--token-file", chips.write("two", "one two")).isRefused(FAILED, "two: no token");
    info("--token-file", folder.resolve("absent")).isRefused(FAILED, "absent: no such file");
    info("--ca", folder.resolve("absent.pem")).isRefused(USAGE, "absent.pem");
    chips
        .cli()
        .run("client", "info", "--server", "engram://localhost:1")
        .isRefused(FAILED, "no connection to localhost:1: ");
  }

  /// The launcher's user exports them once.
  @Test
  void theEnvironmentSaysItToo() throws IOException, InterruptedException {
    Path socket = folder.resolve("socket");
    Path tokens = Files.writeString(folder.resolve("more"), "me " + SECRET + "\n");
    try (var served =
        new ServedChips(
            folder, 1, options -> options.withUnix(socket).withTokens(tokens), "engram")) {
      var lease = served.cli().command("client", "lease", "engram-1");
      lease.environment().put("ENGRAM_SERVER", "engram+unix://" + socket);
      lease.environment().put("ENGRAM_TOKEN", SECRET);
      String chip = Cli.outcome(lease).succeeds().out().strip();
      var load = served.cli().command("client", "load", served.network());
      load.environment().putAll(lease.environment());
      load.environment().put("ENGRAM_CHIP", chip);
      assertThat(Cli.outcome(load).succeeds().out()).contains("mouth");
    }
  }

  /// 200,000 events of a token that may inject 100,000 a second.
  @Test
  void aQuotaIsWaitedFor() throws IOException {
    Object[] way = {
      "--ca", certificate, "--cert", certificate, "--key", key, "--token-file", token
    };
    String chip = chips.client(with(way, "lease", "engram-1")).succeeds().out().strip();
    try {
      chips.client(with(way, "load", chips.network(), "--chip", chip)).succeeds();
      var lines = new StringBuilder("# unit: timesteps\ntime,address\n");
      for (int i = 0; i < 200_000; i++) {
        lines.append(i / 4).append(',').append(i % 4).append('\n');
      }
      Path in = chips.write("many.csv", lines.toString());
      assertThat(chips.client(with(way, "inject", "ear", in, "--chip", chip)).succeeds().out())
          .isEqualTo("200000 events injected for steps 0 to 49999\n");
    } finally {
      chips.client(with(way, "release", "--chip", chip)).succeeds();
    }
  }

  private static Object[] with(Object[] way, Object... words) {
    var all = new ArrayList<Object>(List.of(words));
    all.addAll(List.of(way));
    return all.toArray();
  }
}
