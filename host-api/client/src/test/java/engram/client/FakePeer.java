package engram.client;

import static org.assertj.core.api.Assertions.assertThat;

import engram.protocol.v1.CancelResponse;
import engram.protocol.v1.Code;
import engram.protocol.v1.HelloResponse;
import engram.protocol.v1.LeaseResponse;
import engram.protocol.v1.ReleaseResponse;
import engram.protocol.v1.Request;
import engram.protocol.v1.Request.CallCase;
import engram.protocol.v1.Response;
import engram.protocol.v1.Status;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A server that does what a test says. It speaks frames by protobuf's own means, says hello, gives
/// chip 7 to whoever leases, and takes chips back; every other request is the test's to answer.
final class FakePeer implements AutoCloseable {
  static final int CHIP = 7;
  static final int TIME_TO_LIVE_S = 3600;
  static final int MOST_FRAME = 1 << 20;
  static final int MOST_OPEN = 8;

  /// Small, so that a peer that does not read is soon noticed.
  private static final int SOCKET_BUFFER = 1 << 16;

  /// Far beyond what a working test needs.
  private static final int PATIENCE_S = 240;

  private final ServerSocket listener;
  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final BlockingQueue<Socket> sockets = new LinkedBlockingQueue<>();
  private volatile HelloResponse hello =
      HelloResponse.newBuilder()
          .setProtocolMajor(1)
          .setServer("fake")
          .setMaxFrameBytes(MOST_FRAME)
          .setMaxOpenRequests(MOST_OPEN)
          .build();
  private volatile LeaseResponse lease =
      LeaseResponse.newBuilder()
          .setChip(CHIP)
          .setLease("lease-1")
          .setReattachToken("secret")
          .setTimeToLiveS(TIME_TO_LIVE_S)
          .build();
  private volatile boolean answersLeases = true;
  private volatile boolean answersCancels = true;
  private final Semaphore reading = new Semaphore(1);
  private volatile Request greeting;
  private volatile Socket socket;
  private volatile OutputStream out;

  FakePeer() {
    this(listen());
  }

  FakePeer(ServerSocket listener) {
    this.listener = listener;
    Thread.ofVirtual().start(this::accept);
  }

  private static ServerSocket listen() {
    try {
      var listener = new ServerSocket();
      listener.setReceiveBufferSize(SOCKET_BUFFER);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return listener;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  FakePeer says(HelloResponse hello) {
    this.hello = hello;
    return this;
  }

  FakePeer leases(LeaseResponse lease) {
    this.lease = lease;
    return this;
  }

  /// Leaves leases to the test.
  FakePeer withoutLeases() {
    answersLeases = false;
    return this;
  }

  /// Leaves cancellations to the test.
  FakePeer withoutCancels() {
    answersCancels = false;
    return this;
  }

  String uri() {
    return "engram://127.0.0.1:" + listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        var next = listener.accept();
        serve(next, next.getInputStream(), next.getOutputStream());
      }
    } catch (IOException _) {
      // Closed by the test, or a handshake that failed.
    }
  }

  /// Reads until the connection ends. What is not answered here goes to the test.
  void serve(Socket from, InputStream in, OutputStream to) {
    socket = from;
    out = new BufferedOutputStream(to);
    try {
      for (var request = Request.parseDelimitedFrom(in);
          request != null;
          request = Request.parseDelimitedFrom(in)) {
        take(request);
        reading.acquireUninterruptibly();
        reading.release();
      }
    } catch (IOException _) {
      // The client is gone.
    }
    sockets.add(from);
  }

  private void take(Request request) {
    switch (request.getCallCase()) {
      case HELLO -> {
        greeting = request;
        reply(Response.newBuilder().setId(request.getId()).setHello(hello));
      }
      case LEASE -> {
        if (answersLeases) {
          reply(Response.newBuilder().setId(request.getId()).setLease(lease));
        } else {
          requests.add(request);
        }
      }
      case RELEASE -> {
        requests.add(request);
        reply(
            Response.newBuilder()
                .setId(request.getId())
                .setRelease(ReleaseResponse.getDefaultInstance()));
      }
      case CANCEL -> {
        requests.add(request);
        if (answersCancels) {
          reply(
              Response.newBuilder()
                  .setId(request.getId())
                  .setCancel(CancelResponse.newBuilder().setFound(true)));
        }
      }
      default -> requests.add(request);
    }
  }

  /// Stops reading after the next request.
  void pause() {
    reading.acquireUninterruptibly();
  }

  void resume() {
    reading.release();
  }

  Request greeting() {
    return greeting;
  }

  /// The next request, of this kind.
  Request take(CallCase kind) {
    Request request;
    try {
      request = requests.poll(PATIENCE_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assertThat(request).as("a request of kind %s", kind).isNotNull();
    assertThat(request.getCallCase()).isEqualTo(kind);
    return request;
  }

  /// Waits until the client has closed its side of a connection.
  void awaitEnd() {
    try {
      assertThat(sockets.poll(PATIENCE_S, TimeUnit.SECONDS))
          .as("end of the connection")
          .isNotNull();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  synchronized void reply(Response.Builder response) {
    try {
      response.build().writeDelimitedTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Response.Builder to(Request request) {
    return Response.newBuilder().setId(request.getId());
  }

  void refuse(Request request, Code code, String message) {
    reply(to(request).setError(Status.newBuilder().setCode(code).setMessage(message)));
  }

  synchronized void write(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Cuts the connection.
  void cut() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
