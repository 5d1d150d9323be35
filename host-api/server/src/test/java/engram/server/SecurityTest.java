package engram.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import engram.protocol.Columns;
import engram.protocol.v1.Code;
import engram.protocol.v1.FilesRequest;
import engram.protocol.v1.InjectRequest;
import engram.protocol.v1.LeaseRequest;
import engram.protocol.v1.ListRequest;
import engram.protocol.v1.ReattachRequest;
import engram.protocol.v1.ReleaseRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.UploadRequest;
import engram.protocol.v1.WatchRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who may use a server, how much of it, and what nobody else gets to see.
@Timeout(300)
class SecurityTest extends ServerTest {
  private static final String ADA = "adas-secret-token-1";
  private static final String BOB = "bobs-secret-token-2";

  private static Certificates own;
  private static Certificates stranger;

  @TempDir Path secrets;

  @BeforeAll
  static void makeCertificates(@TempDir Path folder) {
    own = Certificates.make(folder, "server");
    stranger = Certificates.make(folder, "stranger");
  }

  private ServerOptions withTokens() throws IOException {
    Path tokens = secrets.resolve("tokens");
    Files.writeString(
        tokens,
        """
        # who may
        ada %s chips=1 bytes=5000 events=100
        bob %s
        """
            .formatted(ADA, BOB));
    return options().withTokens(tokens);
  }

  private RawClient client(String token) {
    return RawClient.silent(server()).hello(token);
  }

  // Tokens.

  @Test
  void onlyKnownTokensAreLetIn() throws IOException {
    start(withTokens());
    for (String token : List.of("", "adas-secret-token-2", ADA + " ", "x".repeat(60_000))) {
      try (var client = RawClient.silent(server())) {
        var refused = client.refused(RawClient.helloRequest(token));
        assertThat(refused.getCode()).isEqualTo(Code.CODE_UNAUTHENTICATED);
        assertThat(client.codeOf(Request.newBuilder().setList(ListRequest.getDefaultInstance())))
            .isEqualTo(Code.CODE_UNAUTHENTICATED);
      }
    }
    try (var client = client(ADA)) {
      assertThat(client.lease().getChip()).isPositive();
    }
  }

  @Test
  void tokensSeeNothingOfEachOther() throws IOException {
    start(withTokens());
    try (var ada = client(ADA);
        var bob = client(BOB)) {
      var lease = ada.lease();
      ProtocolTest.upload(ada, "mine", 0, ByteString.copyFromUtf8("secret"), true);
      assertThat(
              bob.call(Request.newBuilder().setList(ListRequest.getDefaultInstance()))
                  .getList()
                  .getLeasesList())
          .isEmpty();
      assertThat(
              bob.call(Request.newBuilder().setFiles(FilesRequest.getDefaultInstance()))
                  .getFiles()
                  .getFilesList())
          .isEmpty();
      assertThat(
              bob.codeOf(
                  Request.newBuilder()
                      .setWatch(WatchRequest.newBuilder().setLease(lease.getLease()))))
          .isEqualTo(Code.CODE_NOT_FOUND);
      assertThat(
              bob.codeOf(
                  Request.newBuilder()
                      .setReattach(
                          ReattachRequest.newBuilder().setReattachToken(lease.getReattachToken()))))
          .isEqualTo(Code.CODE_PERMISSION_DENIED);
      assertThat(ada.call(RawClient.describe(lease.getChip())).hasDescribe()).isTrue();
    }
  }

  @Test
  void quotasHold() throws IOException {
    start(withTokens());
    try (var ada = client(ADA);
        var bob = client(BOB)) {
      int chip = ada.leaseWith(Networks.ECHO);
      var second = Request.newBuilder().setLease(LeaseRequest.newBuilder().setPreset("engram-1"));
      assertThat(ada.codeOf(second.clone())).isEqualTo(Code.CODE_RESOURCE_EXHAUSTED);
      second.getLeaseBuilder().setWait(true);
      assertThat(ada.codeOf(second.clone())).isEqualTo(Code.CODE_RESOURCE_EXHAUSTED);

      var inject = InjectRequest.newBuilder().setPopulation("ear");
      inject.setNeurons(Columns.ofInts(new int[60]));
      // 1200 events at once: more than a slow machine makes room for while it looks at them.
      int injects = 20;
      int first = 1000;
      for (int i = 0; i < injects; i++) {
        ada.write(Request.newBuilder().setId(first + i).setChip(chip).setInject(inject).build());
      }
      ada.flush();
      assertThat(ada.receive(first).hasInject()).isTrue();
      int refused = 0;
      for (int i = 1; i < injects; i++) {
        var answer = ada.receive(first + i);
        if (answer.hasError()) {
          refused++;
          assertThat(answer.getError().getCode()).isEqualTo(Code.CODE_RESOURCE_EXHAUSTED);
          assertThat(answer.getError().getRetryAfterMs()).isBetween(1, 1000);
        }
      }
      assertThat(refused).isPositive();

      ProtocolTest.upload(ada, "a", 0, ByteString.copyFrom(new byte[3000]), true);
      var more =
          UploadRequest.newBuilder().setName("b").setData(ByteString.copyFrom(new byte[2001]));
      assertThat(ada.refused(Request.newBuilder().setUpload(more)).getMessage())
          .contains("2001", "2000");
      ProtocolTest.upload(bob, "b", 0, ByteString.copyFrom(new byte[9000]), true);

      ada.call(Request.newBuilder().setChip(chip).setRelease(ReleaseRequest.getDefaultInstance()));
      assertThat(ada.lease().getChip()).isPositive();
    }
  }

  @Test
  void tokensAreNeitherLoggedNorShown() throws Exception {
    var records = new CopyOnWriteArrayList<String>();
    var handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            records.add(
                record.getMessage()
                    + java.util.Arrays.toString(record.getParameters())
                    + record.getThrown());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    var logger = Logger.getLogger("engram.server");
    var level = logger.getLevel();
    logger.setLevel(Level.ALL);
    handler.setLevel(Level.ALL);
    logger.addHandler(handler);
    try {
      start(withTokens());
      String shown;
      try (var client = RawClient.silent(server())) {
        shown = client.refused(RawClient.helloRequest("wrong-secret-token")).toString();
        client.hello(ADA);
        shown += client.refused(RawClient.helloRequest(ADA));
        client.sendBytes(("\n" + ADA).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        shown += client.receive();
      }
      assertThat(records).isNotEmpty();
      assertThat(String.join("\n", records) + shown).contains("ada").doesNotContain("secret-token");
    } finally {
      logger.removeHandler(handler);
      logger.setLevel(level);
    }
  }

  @Test
  void aTokenFileThatIsWrongIsRefusedByLineAndShowsNoToken() throws IOException {
    for (String line :
        List.of(
            "ada",
            "ada short",
            "a/da " + ADA,
            "ada " + ADA + " chips=many",
            "ada piece secret-token-1",
            "ada " + ADA + "\nada " + BOB,
            "ada " + ADA + " chips=-1",
            "ada " + ADA + " rooms=4",
            "# nobody")) {
      Path tokens = Files.writeString(secrets.resolve("wrong"), line + "\n");
      assertThatIllegalArgumentException()
          .as(line)
          .isThrownBy(() -> EngramServer.start(options().withTokens(tokens)))
          .satisfies(
              e -> assertThat(e.getMessage()).contains("wrong").doesNotContain("secret-token"));
    }
  }

  // TLS.

  private RawClient overTls(SSLContext context) {
    try {
      var address = server().address();
      Socket socket =
          context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
      return new RawClient(socket);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void tlsServesWhoTrustsTheServerAndNobodyInTheClear() throws Exception {
    start(options().withTls(new ServerOptions.Tls(own.certificate, own.key, null)));
    try (var client = overTls(own.trusting(null)).hello("")) {
      int chip = client.leaseWith(Networks.STORM);
      assertThat(client.call(RawClient.run(chip, 100)).getRun().getStep()).isEqualTo(100);
      client.sendBytes(new byte[] {(byte) 0xFF, -1, -1, -1, -1, -1});
      assertThat(client.receive().getError().getCode()).isEqualTo(Code.CODE_INVALID_ARGUMENT);
      assertThat(client.isClosedByServer()).isTrue();
    }
    try (var clear = RawClient.silent(server())) {
      clear.sendAsIs(RawClient.helloRequest("").setId(1).build());
      assertThat(clear.isClosedByServer()).isTrue();
    }
    try (var client = overTls(own.trusting(null)).hello("")) {
      assertThat(client.lease().getChip()).isPositive();
    }
  }

  @Test
  void mutualTlsAsksForACertificateThatTheAuthorityHasSigned() throws Exception {
    start(options().withTls(new ServerOptions.Tls(own.certificate, own.key, own.certificate)));
    try (var client = overTls(own.trusting(own)).hello("")) {
      assertThat(client.lease().getChip()).isPositive();
    }
    for (var context : List.of(own.trusting(null), own.trusting(stranger))) {
      assertThatThrownBy(() -> overTls(context).hello("").close())
          .isInstanceOfAny(java.io.UncheckedIOException.class, IllegalStateException.class);
    }
  }

  @Test
  void aKeyThatIsNoneIsRefusedAtTheStart() throws IOException {
    Path junk = Files.writeString(secrets.resolve("junk.pem"), "no key");
    assertThatThrownBy(
            () -> EngramServer.start(options().withTls(new ServerOptions.Tls(junk, junk, null))))
        .isInstanceOfAny(IllegalArgumentException.class, IOException.class)
        .hasMessageContaining("junk.pem");
  }

  // Where it listens.

  private ServerOptions beyond(boolean insecure, ServerOptions.Tls tls, Path tokens) {
    return options(1)
        .with(new ServerOptions.Listening(new InetSocketAddress("0.0.0.0", 0), null, null))
        .with(new ServerOptions.Security(tls, tokens, insecure, false));
  }

  @Test
  void beyondLoopbackTheServerWantsTlsAndTokens() throws Exception {
    var tls = new ServerOptions.Tls(secrets.resolve("a"), secrets.resolve("b"), null);
    for (var options :
        List.of(
            beyond(false, null, null),
            beyond(false, tls, null),
            beyond(false, null, secrets.resolve("t")))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> EngramServer.start(options))
          .withMessageContaining("0.0.0.0 is beyond loopback (expected: TLS and tokens");
    }
    start(beyond(true, null, null));
    assertThat(server().address().getPort()).isPositive();
  }

  @Test
  void aUnixSocketIsServedAndTakesThePlaceOfAStaleOneOnly() throws Exception {
    Path path = secrets.resolve("s");
    var alone = options(1).with(new ServerOptions.Listening(null, path, null));
    Files.writeString(path, "a letter");
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> EngramServer.start(alone));
    assertThat(Files.readString(path)).isEqualTo("a letter");
    Files.delete(path);
    // A socket that nobody listens on, as a killed server leaves it.
    try (var stale = java.nio.channels.ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      stale.bind(UnixDomainSocketAddress.of(path));
    }
    start(alone);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> EngramServer.start(alone))
        .withMessageContaining("another server");
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      var out = Channels.newOutputStream(channel);
      RawClient.helloRequest("").setId(1).build().writeDelimitedTo(out);
      out.flush();
      var hello = engram.protocol.v1.Response.parseDelimitedFrom(Channels.newInputStream(channel));
      assertThat(hello.getHello().getServer()).isEqualTo("engram test");
    }
    assertThat(server().address()).isNull();
    server().close();
    assertThat(path).doesNotExist();
  }
}
