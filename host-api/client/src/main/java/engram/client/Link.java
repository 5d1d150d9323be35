package engram.client;

import com.google.protobuf.MessageLite;
import engram.protocol.FrameDecoder;
import engram.protocol.FrameEncoder;
import engram.protocol.v1.CancelRequest;
import engram.protocol.v1.HelloRequest;
import engram.protocol.v1.HelloResponse;
import engram.protocol.v1.Request;
import engram.protocol.v1.Response;
import engram.protocol.v1.Status;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.net.ssl.SSLException;

/// One socket and its thread: sends requests, hands each response to the receiver of its request.
/// Fields without a comment belong to the thread.
final class Link extends ChannelInboundHandlerAdapter {
  /// Version of the protocol that this client speaks.
  static final int MAJOR = 1;

  static final int MINOR = 0;

  /// Bytes that may wait to be sent before senders of events, samples and files wait.
  static final long MOST_UNSENT = 4 << 20;

  /// Longest response that is taken, several times what a server puts into one.
  private static final int LONGEST_RESPONSE = 64 << 20;

  private static final int FLUSH_AFTER = 64;

  /// Bytes of a request beside its data: names, above all.
  private static final int OVERHEAD = 1 << 12;

  /// Milliseconds beyond its deadline in which a call may still get the server's own answer.
  private static final int GRACE_MS = 500;

  private final Address address;
  private final EventLoopGroup group;
  private final AtomicLong ids = new AtomicLong(1);
  private final Unsent unsent = new Unsent(MOST_UNSENT);
  private final CompletableFuture<EngramException> closed = new CompletableFuture<>();
  private final LongObjectHashMap<Open> open = new LongObjectHashMap<>();

  /// Requests of control that wait until fewer are open.
  private final ArrayDeque<Runnable> held = new ArrayDeque<>();

  /// Set once, before the link is handed out.
  private volatile HelloResponse hello = HelloResponse.getDefaultInstance();

  /// Set once, before the link is handed out.
  private volatile Channel channel;

  private EngramException failure;

  /// A task that has waited for its turn is running; known to the connection's thread only.
  private volatile boolean atTurn;

  /// Why the connection ends, as soon as it is known; null: the server closed it.
  private String reason;

  /// The last places among the requests that may be open are kept for control, one in so many.
  private static final int ONE_FOR_CONTROL = 8;

  /// An open request and the timer of its deadline.
  private record Open(Receiver receiver, Future<?> timer) {}

  private Link(Address address, EventLoopGroup group) {
    this.address = address;
    this.group = group;
  }

  /// Connects and says hello.
  static CompletableFuture<Link> connect(Address address, ConnectOptions options) {
    SslContext tls = address.tls() ? tls(options) : null;
    var group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("engram-client", true), NioIoHandler.newFactory());
    var link = new Link(address, group);
    var ready = new CompletableFuture<Link>();
    var bootstrap =
        new Bootstrap()
            .group(group)
            .channel(address.unix() ? NioDomainSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) options.connectTimeout().toMillis())
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tls != null) {
                      link.secure(channel, tls, options);
                    }
                    channel
                        .pipeline()
                        .addLast(new FlushConsolidationHandler(FLUSH_AFTER, true))
                        .addLast(new FrameDecoder(Response.parser(), LONGEST_RESPONSE))
                        .addLast(new FrameEncoder())
                        .addLast(link);
                  }
                });
    var connecting = bootstrap.connect(address.socket());
    link.channel = connecting.channel();
    connecting.addListener(done -> {
      if (done.isSuccess()) {
        link.greet(options, ready);
      } else {
        link.end(link.lost(text(done.cause())));
        ready.completeExceptionally(link.failure);
      }
    });
    ready.whenComplete((_, failed) -> {
      if (failed != null) {
        link.close("given up");
      }
    });
    return ready;
  }

  private static SslContext tls(ConnectOptions options) {
    try {
      var builder =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .endpointIdentificationAlgorithm("HTTPS");
      options.trust().ifPresent(file -> builder.trustManager(file.toFile()));
      options
          .certificate()
          .ifPresent(
              file -> builder.keyManager(file.toFile(), options.key().orElseThrow().toFile()));
      return builder.build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new EngramException(Code.INVALID_ARGUMENT, "TLS: certificates or key: " + text(e), e);
    }
  }

  private void secure(Channel channel, SslContext tls, ConnectOptions options) {
    var handler = tls.newHandler(channel.alloc(), address.host(), address.port());
    handler.setHandshakeTimeoutMillis(options.connectTimeout().toMillis());
    handler
        .handshakeFuture()
        .addListener(shaken -> {
          if (!shaken.isSuccess()) {
            reason = "TLS: " + text(shaken.cause());
          }
        });
    channel.pipeline().addLast(handler);
  }

  private void greet(ConnectOptions options, CompletableFuture<Link> ready) {
    var request =
        Request.newBuilder()
            .setHello(
                HelloRequest.newBuilder()
                    .setProtocolMajor(MAJOR)
                    .setProtocolMinor(MINOR)
                    .setClient(options.client())
                    .setToken(options.token().isEmpty() ? address.token() : options.token()));
    call(request, options.connectTimeout(), Response.ResultCase.HELLO, Response::getHello)
        .whenComplete((answer, failed) -> {
          if (failed != null) {
            ready.completeExceptionally(failed);
          } else if (answer.getProtocolMajor() != MAJOR) {
            ready.completeExceptionally(
                new EngramException(
                    Code.UNIMPLEMENTED,
                    "protocol version of %s: %d.%d (expected: %d.x)"
                        .formatted(
                            address, answer.getProtocolMajor(), answer.getProtocolMinor(), MAJOR)));
          } else {
            hello = answer;
            ready.complete(this);
          }
        });
  }

  /// What the server said of itself.
  HelloResponse hello() {
    return hello;
  }

  Address address() {
    return address;
  }

  /// Bytes on their way to the socket.
  Unsent unsent() {
    return unsent;
  }

  /// Bytes of data in a request: as many as wanted, unless the server takes only shorter requests.
  int mostBytes(int wanted) {
    long frame = Integer.toUnsignedLong(hello.getMaxFrameBytes());
    return frame == 0 ? wanted : Math.clamp(frame - OVERHEAD, 1, wanted);
  }

  boolean isOpen() {
    return !closed.isDone();
  }

  /// Completes with the reason when the socket is closed.
  CompletableFuture<EngramException> closed() {
    return closed;
  }

  long nextId() {
    return ids.getAndIncrement();
  }

  boolean onOwnThread() {
    return loop().inEventLoop();
  }

  /// Refuses to block the thread that would have to bring what is waited for.
  void requireOtherThread() {
    if (onOwnThread()) {
      throw new IllegalStateException(
          "a blocking call on the connection's own thread, from what is chained to a future;"
              + " chain the Async twin instead");
    }
  }

  private EventLoop loop() {
    return channel.eventLoop();
  }

  /// Runs a task on the thread every so often until the future is cancelled or the link closed.
  Future<?> every(Duration time, Runnable task) {
    return loop().scheduleAtFixedRate(task, time.toNanos(), time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Sends a request with one answer.
  ///
  /// @param deadline zero: none
  <T> Call<T> call(
      Request.Builder request,
      Duration deadline,
      Response.ResultCase expected,
      Function<Response, T> answer) {
    var call = new Call<>(this, expected, answer);
    send(request, call.id(), deadline, call);
    return call;
  }

  /// Sends a request.
  ///
  /// @param deadline zero: none
  void send(Request.Builder request, long id, Duration deadline, Receiver receiver) {
    int deadlineMs = milliseconds(deadline);
    var message = request.setId(id).setDeadlineMs(deadlineMs).build();
    int bytes = message.getSerializedSize();
    if (hello.getMaxFrameBytes() != 0 && bytes > Integer.toUnsignedLong(hello.getMaxFrameBytes())) {
      receiver.fail(
          new EngramException(
              Code.INVALID_ARGUMENT,
              "request: %d bytes (expected: at most %d)"
                  .formatted(bytes, Integer.toUnsignedLong(hello.getMaxFrameBytes()))));
      return;
    }
    unsent.add(bytes);
    execute(
        () -> {
          if (isControl(message)) {
            control(message, bytes, deadlineMs, receiver);
          } else {
            ordinary(message, bytes, deadlineMs, receiver);
          }
        },
        () -> receiver.fail(closed.join()));
  }

  /// Requests by which a client makes room or keeps what it has: they are never refused for want of
  /// room.
  private static boolean isControl(Request message) {
    return switch (message.getCallCase()) {
      case CANCEL, STOP, KEEP_ALIVE, RELEASE -> true;
      default -> false;
    };
  }

  private void control(Request message, int bytes, int deadlineMs, Receiver receiver) {
    if (failure == null && open.size() >= mostOpen()) {
      held.add(() -> control(message, bytes, deadlineMs, receiver));
    } else {
      begin(message, bytes, deadlineMs, receiver);
    }
  }

  private void ordinary(Request message, int bytes, int deadlineMs, Receiver receiver) {
    long most = mostOpen() - mostOpen() / ONE_FOR_CONTROL;
    if (failure == null && open.size() >= most) {
      unsent.remove(bytes);
      receiver.fail(
          new EngramException(
              Code.RESOURCE_EXHAUSTED,
              "open requests: %d (expected: at most %d)".formatted(open.size() + 1, most)));
    } else {
      begin(message, bytes, deadlineMs, receiver);
    }
  }

  private void begin(Request message, int bytes, int deadlineMs, Receiver receiver) {
    if (failure != null) {
      unsent.remove(bytes);
      receiver.fail(failure);
      return;
    }
    Future<?> timer =
        deadlineMs == 0
            ? null
            : loop()
                .schedule(
                    () -> receiver.fail(late(deadlineMs)),
                    (long) deadlineMs + GRACE_MS,
                    TimeUnit.MILLISECONDS);
    open.put(message.getId(), new Open(receiver, timer));
    write(message, bytes);
  }

  private long mostOpen() {
    long most = Integer.toUnsignedLong(hello.getMaxOpenRequests());
    return most == 0 ? Long.MAX_VALUE : most;
  }

  /// Sends a request that has no response.
  void tell(Request.Builder request) {
    var message = request.build();
    int bytes = message.getSerializedSize();
    unsent.add(bytes);
    execute(() -> write(message, bytes), () -> {});
  }

  /// Cancels a request, if it is open.
  void cancel(long id) {
    execute(
        () -> {
          if (open.containsKey(id)) {
            var request = Request.newBuilder().setCancel(CancelRequest.newBuilder().setRequest(id));
            call(request, Duration.ZERO, Response.ResultCase.CANCEL, Response::getCancel);
          }
        },
        () -> {});
  }

  /// Closes the socket; all open requests fail.
  void close(String why) {
    execute(
        () -> {
          because(why);
          channel.close();
        },
        () -> {});
  }

  /// Runs a task on the connection's thread after all that came before it: from whatever thread, or
  /// a batch that is sent when an answer comes would overtake those that still wait.
  private void execute(Runnable task, Runnable refused) {
    if (atTurn && loop().inEventLoop()) {
      task.run();
      return;
    }
    try {
      loop()
          .execute(() -> {
            atTurn = true;
            try {
              task.run();
            } finally {
              atTurn = false;
            }
          });
    } catch (RejectedExecutionException _) {
      refused.run();
    }
  }

  private static int milliseconds(Duration deadline) {
    if (deadline.isZero()) {
      return 0;
    }
    return Math.clamp(deadline.toMillis(), 1, Integer.MAX_VALUE);
  }

  private EngramException late(int deadlineMs) {
    return new EngramException(
        Code.DEADLINE_EXCEEDED, "%s: no answer in %d ms".formatted(address, deadlineMs));
  }

  private void write(MessageLite message, int bytes) {
    channel.writeAndFlush(message).addListener(_ -> unsent.remove(bytes));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    var response = (Response) message;
    if (response.getId() == 0) {
      because(response.getError().getMessage());
      return;
    }
    boolean last = !response.getMore() || response.hasError();
    var request = last ? open.remove(response.getId()) : open.get(response.getId());
    if (request == null) {
      return;
    }
    if (last) {
      finish(request);
    }
    if (response.hasError()) {
      Status status = response.getError();
      request.receiver().fail(EngramException.of(status));
    } else {
      request.receiver().receive(response);
    }
  }

  private void finish(Open request) {
    if (request.timer() != null) {
      request.timer().cancel(false);
    }
    if (!held.isEmpty()) {
      held.remove().run();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    because(cause);
    context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end(lost(reason == null ? "closed by the server" : reason));
  }

  private void because(Throwable cause) {
    if (cause instanceof SSLException) {
      because("TLS: " + text(cause));
    } else if (cause.getCause() instanceof SSLException tls) {
      because(tls);
    } else {
      because(text(cause));
    }
  }

  /// The first reason is the reason; others follow from it.
  private void because(String why) {
    if (reason == null) {
      reason = why;
    }
  }

  private EngramException lost(String why) {
    return new EngramException(Code.UNAVAILABLE, "no connection to %s: %s".formatted(address, why));
  }

  /// Fails all that is open; nothing follows.
  private void end(EngramException lost) {
    failure = lost;
    unsent.close(lost);
    closed.complete(lost);
    var requests = new ArrayList<>(open.values());
    open.clear();
    while (!held.isEmpty()) {
      held.remove().run();
    }
    for (var request : requests) {
      if (request.timer() != null) {
        request.timer().cancel(false);
      }
      request.receiver().fail(lost);
    }
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static String text(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null && repeats(root.getMessage(), root.getCause())) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }

  /// True if a message says no more than its cause does, but for names of classes.
  private static boolean repeats(String message, Throwable cause) {
    return message != null
        && cause.getMessage() != null
        && message.contains("Exception: ")
        && message.endsWith(cause.getMessage());
  }
}
