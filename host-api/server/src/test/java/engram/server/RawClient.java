package engram.server;

import engram.protocol.v1.Code;
import engram.protocol.v1.DescribeRequest;
import engram.protocol.v1.DigestRequest;
import engram.protocol.v1.DigestResponse;
import engram.protocol.v1.HelloRequest;
import engram.protocol.v1.LeaseRequest;
import engram.protocol.v1.LeaseResponse;
import engram.protocol.v1.LoadRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.Response;
import engram.protocol.v1.RunRequest;
import engram.protocol.v1.Status;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// A blocking client that knows the frames and nothing else, so that a test can say what it likes.
final class RawClient implements AutoCloseable {
  /// A server that does not answer fails a test instead of hanging it, and a slow machine does not.
  private static final int PATIENCE_MILLIS = 240_000;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final List<Response> early = new ArrayList<>();
  private long lastId;

  RawClient(Socket socket) {
    try {
      this.socket = socket;
      socket.setSoTimeout(PATIENCE_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
      out = new BufferedOutputStream(socket.getOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A connection that has said nothing yet.
  static RawClient silent(EngramServer server) {
    return silent(server, 0);
  }

  /// @param receiveBytes of the socket's buffer; 0: the system's choice
  static RawClient silent(EngramServer server, int receiveBytes) {
    try {
      var socket = new Socket();
      if (receiveBytes > 0) {
        socket.setReceiveBufferSize(receiveBytes);
      }
      var address = server.address();
      socket.connect(new InetSocketAddress("127.0.0.1", address.getPort()), PATIENCE_MILLIS);
      return new RawClient(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A connection that has said hello.
  static RawClient connect(EngramServer server) {
    return silent(server).hello("");
  }

  RawClient hello(String token) {
    call(helloRequest(token));
    return this;
  }

  static Request.Builder helloRequest(String token) {
    return Request.newBuilder()
        .setHello(
            HelloRequest.newBuilder().setProtocolMajor(1).setClient("raw test").setToken(token));
  }

  Socket socket() {
    return socket;
  }

  long nextId() {
    return ++lastId;
  }

  /// Sends a request under a fresh id, which it returns.
  long send(Request.Builder request) {
    request.setId(nextId());
    sendAsIs(request.build());
    return request.getId();
  }

  void sendAsIs(Request request) {
    write(request);
    flush();
  }

  /// Puts a request into the buffer.
  void write(Request request) {
    try {
      request.writeDelimitedTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sends any bytes as a frame.
  void sendFrame(byte[] bytes) {
    try {
      var frame = com.google.protobuf.CodedOutputStream.newInstance(out);
      frame.writeUInt32NoTag(bytes.length);
      frame.writeRawBytes(bytes);
      frame.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void sendBytes(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The next response whatever it is; null if the server has closed the connection.
  Response receive() {
    try {
      return Response.parseDelimitedFrom(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Reads on until the server closes the connection; false if it does not.
  boolean isClosedByServer() {
    try {
      while (in.read() >= 0) {
        // What the server still has to say is not looked at.
      }
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /// The next response to a request.
  Response receive(long id) {
    for (int i = 0; i < early.size(); i++) {
      if (early.get(i).getId() == id) {
        return early.remove(i);
      }
    }
    while (true) {
      var response = receive();
      if (response == null) {
        throw new IllegalStateException("the server has closed the connection");
      }
      if (response.getId() == id) {
        return response;
      }
      early.add(response);
    }
  }

  /// The response to a request after which no more follow.
  Response last(long id) {
    while (true) {
      var response = receive(id);
      if (!response.getMore()) {
        return response;
      }
    }
  }

  /// Sends a request and waits for its last answer, which must be no error.
  Response call(Request.Builder request) {
    var response = last(send(request));
    if (response.hasError()) {
      throw new Refused(response.getError());
    }
    return response;
  }

  /// Sends a request that must fail.
  Status refused(Request.Builder request) {
    var response = last(send(request));
    if (!response.hasError()) {
      throw new IllegalStateException("expected an error, got " + response);
    }
    return response.getError();
  }

  Code codeOf(Request.Builder request) {
    return refused(request).getCode();
  }

  /// The server has refused a call.
  static final class Refused extends RuntimeException {
    private final transient Status status;

    Refused(Status status) {
      super(status.toString());
      this.status = status;
    }

    Status status() {
      return status;
    }
  }

  // Calls that many tests make.

  LeaseResponse lease() {
    return lease(LeaseRequest.newBuilder().setPreset("engram-1"));
  }

  LeaseResponse lease(LeaseRequest.Builder request) {
    return call(Request.newBuilder().setLease(request)).getLease();
  }

  static Request.Builder loadYaml(int chip, String yaml) {
    return Request.newBuilder()
        .setChip(chip)
        .setLoad(
            LoadRequest.newBuilder().setNetwork(LoadRequest.Network.newBuilder().setYaml(yaml)));
  }

  /// Leases a chip and loads a network into it.
  int leaseWith(String yaml) {
    int chip = lease().getChip();
    call(loadYaml(chip, yaml));
    return chip;
  }

  static Request.Builder run(int chip, long steps) {
    return Request.newBuilder().setChip(chip).setRun(RunRequest.newBuilder().setSteps(steps));
  }

  /// A run that ends only when it is ended.
  static Request.Builder runForever(int chip) {
    return Request.newBuilder().setChip(chip).setRun(RunRequest.getDefaultInstance());
  }

  static Request.Builder describe(int chip) {
    return Request.newBuilder().setChip(chip).setDescribe(DescribeRequest.getDefaultInstance());
  }

  DigestResponse digest(int chip) {
    return call(Request.newBuilder().setChip(chip).setDigest(DigestRequest.getDefaultInstance()))
        .getDigest();
  }

  /// Hangs up without a word.
  void cut() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
