package engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.protocol.v1.HelloResponse;
import engram.protocol.v1.KeepAliveResponse;
import engram.protocol.v1.LeaseResponse;
import engram.protocol.v1.ListResponse;
import engram.protocol.v1.ReattachResponse;
import engram.protocol.v1.Request.CallCase;
import engram.protocol.v1.Response;
import engram.protocol.v1.WatchResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConnectionTest {
  private final FakePeer peer = new FakePeer();

  @AfterEach
  void close() {
    peer.close();
  }

  @Test
  void saysHelloWithItsTokenAndHearsWhoTheServerIs() {
    try (var connection =
        Engram.connect(peer.uri(), ConnectOptions.DEFAULT.withToken("t").withClient("test 1"))) {
      assertThat(connection.server().getServer()).isEqualTo("fake");
    }
    var hello = peer.greeting().getHello();
    assertThat(hello.getProtocolMajor()).isEqualTo(1);
    assertThat(hello.getToken()).isEqualTo("t");
    assertThat(hello.getClient()).isEqualTo("test 1");
  }

  @Test
  void takesTheTokenFromTheAddress() {
    Engram.connect(peer.uri() + "?token=u").close();
    assertThat(peer.greeting().getHello().getToken()).isEqualTo("u");
  }

  @Test
  void refusesAServerOfAnotherMajorVersion() {
    peer.says(HelloResponse.newBuilder().setProtocolMajor(2).setProtocolMinor(3).build());
    assertThat(Failures.of(() -> Engram.connect(peer.uri())))
        .hasMessageContaining("2.3 (expected: 1.x)")
        .returns(Code.UNIMPLEMENTED, EngramException::code);
    peer.awaitEnd();
  }

  @Test
  void nobodyThereIsUnavailable() throws IOException {
    // A port that is taken, so that nobody else gets it, and that nobody listens on.
    try (var mute = new Socket()) {
      mute.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String address = "127.0.0.1:" + mute.getLocalPort();
      assertThat(Failures.of(() -> Engram.connect("engram://" + address)))
          .hasMessageContaining(address)
          .returns(Code.UNAVAILABLE, EngramException::code);
    }
  }

  @Test
  void connectsThroughAUnixSocket(@TempDir Path folder) throws Exception {
    var path = folder.resolve("s");
    try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      var served =
          CompletableFuture.runAsync(() -> {
            try (var channel = listener.accept()) {
              peer.serve(null, Channels.newInputStream(channel), Channels.newOutputStream(channel));
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
      try (var connection = Engram.connect("engram+unix://" + path)) {
        assertThat(connection.server().getServer()).isEqualTo("fake");
      }
      Failures.soon(served.exceptionally(_ -> null));
    }
  }

  @Test
  void listsWhatThereIs() {
    try (var connection = Engram.connect(peer.uri())) {
      var answer = connection.listAsync();
      var list =
          ListResponse.newBuilder()
              .addPools(ListResponse.Pool.newBuilder().setPreset("engram-1").setChips(3))
              .build();
      peer.reply(FakePeer.to(peer.take(CallCase.LIST)).setList(list));
      assertThat(Failures.soon(answer)).isEqualTo(list);
    }
  }

  @Test
  void aChipIsGivenBackWhenItIsClosed() {
    try (var connection = Engram.connect(peer.uri())) {
      connection.lease("engram-1").close();
      assertThat(peer.take(CallCase.RELEASE).getChip()).isEqualTo(FakePeer.CHIP);
      connection.lease("engram-1").close();
      assertThat(peer.take(CallCase.RELEASE).getChip()).isEqualTo(FakePeer.CHIP);
    }
  }

  @Test
  void closingTheConnectionGivesItsChipsBack() {
    var connection = Engram.connect(peer.uri());
    var chip = connection.lease("engram-1");
    connection.close();
    peer.take(CallCase.RELEASE);
    peer.awaitEnd();
    chip.close();
    assertThat(Failures.of(() -> connection.lease("engram-1")))
        .hasMessageContaining("closed by the client")
        .returns(Code.UNAVAILABLE, EngramException::code);
  }

  @Test
  void aConnectionThatWasOnlyForOneChipGoesWithIt() {
    try (var chip = Engram.connect(peer.uri()).lease("engram-1")) {
      assertThat(chip.lease()).isEqualTo("lease-1");
    }
    peer.take(CallCase.RELEASE);
    peer.awaitEnd();
  }

  @Test
  void aConnectionThatIsUsedAgainStays() {
    try (var connection = Engram.connect(peer.uri())) {
      connection.lease("engram-1").close();
      peer.awaitEnd();
      connection.lease("engram-1").close();
      var first = connection.link();
      connection.lease("engram-1").close();
      assertThat(connection.link()).isSameAs(first);
    }
  }

  @Test
  void whoWaitsInTheQueueHearsOfEachPlace() {
    peer.withoutLeases();
    var places = Collections.synchronizedList(new ArrayList<Integer>());
    try (var connection = Engram.connect(peer.uri())) {
      var chip = connection.leaseAsync(LeaseOptions.of("engram-1").waiting(places::add));
      var request = peer.take(CallCase.LEASE);
      assertThat(request.getLease().getWait()).isTrue();
      assertThat(request.getDeadlineMs()).isZero();
      for (int place : new int[] {2, 1}) {
        peer.reply(
            FakePeer.to(request)
                .setMore(true)
                .setLease(LeaseResponse.newBuilder().setQueuePosition(place)));
      }
      peer.reply(FakePeer.to(request).setLease(LeaseResponse.newBuilder().setChip(3)));
      Failures.soon(chip);
      assertThat(places).containsExactly(2, 1);
    }
  }

  @Test
  void aChipThatComesAfterTheWaitWasGivenUpIsGivenBack() {
    peer.withoutLeases();
    try (var connection = Engram.connect(peer.uri())) {
      var chip = connection.leaseAsync(LeaseOptions.of("engram-1").waiting());
      var request = peer.take(CallCase.LEASE);
      chip.cancel(true);
      assertThat(peer.take(CallCase.CANCEL).getCancel().getRequest()).isEqualTo(request.getId());
      peer.reply(
          FakePeer.to(request)
              .setLease(LeaseResponse.newBuilder().setChip(5).setReattachToken("r")));
      peer.take(CallCase.KEEP_ALIVE);
      assertThat(peer.take(CallCase.RELEASE).getChip()).isEqualTo(5);
    }
  }

  @Test
  void keepsALeaseAliveByItself() {
    peer.leases(
        LeaseResponse.newBuilder().setChip(4).setReattachToken("r").setTimeToLiveS(1).build());
    try (var connection = Engram.connect(peer.uri());
        var chip = connection.lease("engram-1")) {
      for (int sign = 0; sign < 3; sign++) {
        var request = peer.take(CallCase.KEEP_ALIVE);
        assertThat(request.getChip()).isEqualTo(4);
        peer.reply(
            FakePeer.to(request).setKeepAlive(KeepAliveResponse.newBuilder().setTimeToLiveS(1)));
      }
      chip.detach();
    }
  }

  @Test
  void aChipIsTakenUpAgainOnANewConnection() {
    try (var connection = Engram.connect(peer.uri());
        var chip = connection.lease("engram-1")) {
      var lost = chip.describeAsync();
      peer.take(CallCase.DESCRIBE);
      peer.cut();
      assertThat(Failures.of(lost).code()).isEqualTo(Code.UNAVAILABLE);
      var back = CompletableFuture.supplyAsync(chip::reattach);
      var request = peer.take(CallCase.REATTACH);
      assertThat(request.getReattach().getReattachToken()).isEqualTo("secret");
      peer.reply(
          FakePeer.to(request)
              .setReattach(ReattachResponse.newBuilder().setChip(9).setStep(12).setRunning(true)));
      assertThat(Failures.soon(back).getStep()).isEqualTo(12);
      chip.resetAsync();
      assertThat(peer.take(CallCase.RESET).getChip()).isEqualTo(9);
    }
    assertThat(peer.take(CallCase.RELEASE).getChip()).isEqualTo(9);
  }

  @Test
  void aLeaseOfAnotherClientIsTakenUpAndKeptAlive() {
    try (var connection = Engram.connect(peer.uri())) {
      var taken = connection.reattachAsync("secret");
      peer.reply(
          FakePeer.to(peer.take(CallCase.REATTACH))
              .setReattach(ReattachResponse.newBuilder().setChip(2).setLease("old")));
      var chip = Failures.soon(taken);
      assertThat(chip.lease()).isEqualTo("old");
      for (int sign = 0; sign < 2; sign++) {
        var request = peer.take(CallCase.KEEP_ALIVE);
        assertThat(request.getChip()).isEqualTo(2);
        peer.reply(
            FakePeer.to(request).setKeepAlive(KeepAliveResponse.newBuilder().setTimeToLiveS(1)));
      }
      assertThat(chip.detach()).isEqualTo("secret");
    }
  }

  @Test
  void aDetachedChipIsNotGivenBack() {
    try (var connection = Engram.connect(peer.uri())) {
      assertThat(connection.lease("engram-1").detach()).isEqualTo("secret");
      connection.listAsync();
    }
    peer.take(CallCase.LIST);
    peer.awaitEnd();
  }

  @Test
  void aWatchedChipIsNotKeptAliveAndIsLeftWhenItIsClosed() {
    try (var connection = Engram.connect(peer.uri())) {
      var watching = connection.watchAsync("lease-9");
      var request = peer.take(CallCase.WATCH);
      assertThat(request.getWatch().getLease()).isEqualTo("lease-9");
      peer.reply(FakePeer.to(request).setWatch(WatchResponse.newBuilder().setChip(8)));
      try (var chip = Failures.soon(watching)) {
        chip.describeAsync();
        assertThat(peer.take(CallCase.DESCRIBE).getChip()).isEqualTo(8);
        assertThat(Failures.of(chip::reattach).code()).isEqualTo(Code.FAILED_PRECONDITION);
      }
      assertThat(peer.take(CallCase.RELEASE).getChip()).isEqualTo(8);
      connection.listAsync();
      peer.take(CallCase.LIST);
    }
  }

  @Test
  void aBlockingCallOnTheConnectionsOwnThreadIsRefused() {
    try (var connection = Engram.connect(peer.uri())) {
      var chained = connection.listAsync().thenApply(_ -> connection.list());
      peer.reply(FakePeer.to(peer.take(CallCase.LIST)).setList(ListResponse.getDefaultInstance()));
      assertThatThrownBy(() -> Failures.soon(chained))
          .hasStackTraceContaining("chain the Async twin instead");
    }
  }

  @Test
  void whatTheServerSaysBeforeItClosesIsTold() {
    try (var connection = Engram.connect(peer.uri())) {
      var answer = connection.listAsync();
      peer.take(CallCase.LIST);
      peer.reply(
          Response.newBuilder()
              .setError(
                  engram.protocol.v1.Status.newBuilder()
                      .setCode(engram.protocol.v1.Code.CODE_INVALID_ARGUMENT)
                      .setMessage("frame: 9 bytes (expected: at most 8)")));
      peer.cut();
      assertThat(Failures.of(answer))
          .hasMessageContaining("frame: 9 bytes (expected: at most 8)")
          .returns(Code.UNAVAILABLE, EngramException::code);
    }
  }

  @Test
  void timesOutWhenTheServerNeverSaysHello() throws Exception {
    try (var silent = new java.net.ServerSocket(0)) {
      var options = ConnectOptions.DEFAULT.withConnectTimeout(Duration.ofMillis(50));
      assertThat(
              Failures.of(
                      () -> Engram.connect("engram://127.0.0.1:" + silent.getLocalPort(), options))
                  .code())
          .isEqualTo(Code.DEADLINE_EXCEEDED);
    }
  }
}
