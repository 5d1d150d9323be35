package engram.server;

import engram.isa.image.ImageCodec;
import engram.protocol.FrameDecoder;
import engram.protocol.v1.CancelResponse;
import engram.protocol.v1.Code;
import engram.protocol.v1.DownloadRequest;
import engram.protocol.v1.DownloadResponse;
import engram.protocol.v1.FilesResponse;
import engram.protocol.v1.HelloRequest;
import engram.protocol.v1.HelloResponse;
import engram.protocol.v1.KeepAliveResponse;
import engram.protocol.v1.ReattachResponse;
import engram.protocol.v1.ReleaseResponse;
import engram.protocol.v1.RemoveResponse;
import engram.protocol.v1.Request;
import engram.protocol.v1.Request.CallCase;
import engram.protocol.v1.Response;
import engram.protocol.v1.Status;
import engram.protocol.v1.UploadRequest;
import engram.protocol.v1.UploadResponse;
import engram.protocol.v1.WatchResponse;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;

/// One connection: its open requests, and the chips that it drives or watches. Requests are handed
/// on in their order; what takes time is done by chips' threads and by the store's.
///
/// Memory stays bounded: a client has only so many open requests and so many bytes in them, and the
/// connection is not read while answers to it pile up.
final class Session extends SimpleChannelInboundHandler<Request> {
  static final int PROTOCOL_MAJOR = 1;
  static final int PROTOCOL_MINOR = 0;

  /// Open requests of a connection.
  static final int MOST_OPEN = 1024;

  /// Chips that a connection drives or watches.
  private static final int MOST_CHIPS = 256;

  /// Bytes of open requests and of unsent answers beyond which the connection is not read.
  private static final long MOST_BYTES = 32 << 20;

  /// Bytes of unsent answers beyond which streams count as without credit.
  private static final long CONGESTED_BYTES = 4 << 20;

  /// Longest frame before hello, in bytes: who may use the server at all is not known yet.
  static final int HELLO_BYTES = 1 << 16;

  /// Time that a new connection has to say hello.
  static final long HELLO_SECONDS = 10;

  /// Time that a connection which ends has to read what is left.
  private static final long CLOSE_SECONDS = 2;

  /// Kinds of streams, by the calls that open them.
  static final List<String> STREAM_KINDS =
      Stream.of(CallCase.SUBSCRIBE, CallCase.PROBE, CallCase.UDP_INPUT, CallCase.UDP_OUTPUT)
          .map(Metrics::call)
          .toList();

  private static final Logger LOG = System.getLogger(Session.class.getName());
  private static final int SHOWN_CLIENT = 200;

  private final EngramServer server;
  private final Map<Long, Call> open = new ConcurrentHashMap<>();
  private final Map<Long, Tap> taps = new ConcurrentHashMap<>();
  private final Map<Long, PlayJob> plays = new ConcurrentHashMap<>();
  private final Map<Integer, Seat> chips = new ConcurrentHashMap<>();
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicLong requestBytes = new AtomicLong();
  private final AtomicLong answerBytes = new AtomicLong();
  private CompletableFuture<Void> files = CompletableFuture.completedFuture(null);
  private volatile Account account;
  private volatile boolean gone;

  /// The connection ends: what still comes is not looked at.
  private volatile boolean closing;

  private volatile Channel channel;
  private int nextChip = 1;

  /// A chip as a connection has it.
  ///
  /// @param watches it looks at the chip only, whoever drives it
  private record Seat(Lease lease, boolean watches) {}

  Session(EngramServer server) {
    super(Request.class);
    this.server = server;
  }

  EngramServer server() {
    return server;
  }

  /// True if the client's end of the connection has an address.
  boolean isAt(SocketAddress address) {
    return channel.remoteAddress().equals(address);
  }

  /// Adds up the streams of the connection by their kind.
  void countStreams(ObjIntConsumer<String> streams) {
    taps.values()
        .forEach(tap -> streams.accept(Metrics.call(tap.call().request().getCallCase()), 1));
  }

  /// Who the connection works for; null before it has said so.
  Account account() {
    return account;
  }

  // The connection.

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    server.opened(this);
    context
        .executor()
        .schedule(
            () -> {
              if (account == null) {
                channel.close();
              }
            },
            HELLO_SECONDS,
            TimeUnit.SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (closing) {
      ReferenceCountUtil.release(message);
    } else {
      super.channelRead(context, message);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    gone = true;
    server.closed(this);
    open.values()
        .forEach(call -> {
          boolean runs = call.request().hasRun();
          if (!runs) {
            call.end(Code.CODE_UNAVAILABLE);
          }
        });
    chips
        .values()
        .forEach(seat -> {
          var lease = seat.lease();
          lease.runner().post(() -> lease.runner().endTapsOf(this, "the connection is lost"));
          if (seat.watches()) {
            lease.watchers().decrementAndGet();
          } else {
            lease.leftBy(this);
          }
        });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (closing) {
      return;
    }
    LOG.log(Level.DEBUG, "connection {0}: {1}", context.channel().remoteAddress(), cause);
    write(
        Response.newBuilder()
            .setError(
                Status.newBuilder()
                    .setCode(Code.CODE_INVALID_ARGUMENT)
                    .setMessage(
                        "the connection is closed: "
                            + (cause.getCause() == null ? cause : cause.getCause()).getMessage()))
            .build());
    close();
  }

  /// Sends a response; from any thread.
  void write(Response response) {
    var to = channel;
    int bytes = response.getSerializedSize();
    answerBytes.addAndGet(bytes);
    to.writeAndFlush(response)
        .addListener(_ -> {
          long left = answerBytes.addAndGet(-bytes);
          if (left + bytes > CONGESTED_BYTES && left <= CONGESTED_BYTES) {
            wakeChips();
          }
          readOrNot();
        });
    if (answerBytes.get() > MOST_BYTES) {
      to.eventLoop().execute(this::readOrNot);
    }
  }

  private void wakeChips() {
    chips.values().forEach(seat -> seat.lease().runner().wake());
  }

  /// True if answers pile up because the client does not read.
  boolean isCongested() {
    return gone || answerBytes.get() > CONGESTED_BYTES;
  }

  /// Refuses a long answer to a client that does not read.
  void requireRoom() {
    if (answerBytes.get() > MOST_BYTES) {
      throw CallException.of(
          Code.CODE_RESOURCE_EXHAUSTED,
          "answers that wait to be read: %d bytes (expected: at most %d; read them first)",
          answerBytes.get(),
          MOST_BYTES);
    }
  }

  private void readOrNot() {
    boolean read = closing || requestBytes.get() <= MOST_BYTES && answerBytes.get() <= MOST_BYTES;
    if (channel.config().isAutoRead() != read) {
      channel.config().setAutoRead(read);
    }
  }

  void closed(Call call) {
    long id = call.request().getId();
    if (open.remove(id, call)) {
      taps.remove(id);
      plays.remove(id);
    }
  }

  /// Nothing holds a request any more.
  void freed(Call call) {
    held.decrementAndGet();
    requestBytes.addAndGet(-call.bytes());
    if (!channel.config().isAutoRead()) {
      channel.eventLoop().execute(this::readOrNot);
    }
  }

  /// Closes the connection when what is written has gone out. What the client still sends is read
  /// and left, since a socket with unread bytes would take back what the client has not read yet.
  void close() {
    var to = channel;
    if (to == null || closing) {
      return;
    }
    closing = true;
    to.eventLoop()
        .execute(() -> {
          readOrNot();
          to.eventLoop().schedule(() -> to.close(), CLOSE_SECONDS, TimeUnit.SECONDS);
          to.writeAndFlush(Unpooled.EMPTY_BUFFER)
              .addListener(_ -> {
                if (to instanceof DuplexChannel duplex
                    && to.pipeline().get(SslHandler.class) == null) {
                  duplex.shutdownOutput();
                } else {
                  to.close();
                }
              });
        });
  }

  /// Waits until the connection is closed: its client has had the time to read what is left.
  void awaitEnd(long milliseconds) {
    channel.closeFuture().awaitUninterruptibly(milliseconds);
  }

  // Requests.

  @Override
  protected void channelRead0(ChannelHandlerContext context, Request request) {
    server.metrics().requested(request.getCallCase());
    if (account == null && !request.hasHello()) {
      refuse(request, Code.CODE_UNAUTHENTICATED, "say hello first");
      return;
    }
    switch (request.getCallCase()) {
      case CREDIT -> {
        var tap = taps.get(request.getCredit().getRequest());
        if (tap != null) {
          tap.grant(request.getCredit().getUnits());
          wakeChips();
        }
      }
      case SAMPLES -> samples(request);
      default -> take(context, request);
    }
  }

  private void samples(Request request) {
    long id = request.getSamples().getPlay();
    var call = open.get(id);
    if (call == null || !call.request().hasPlay()) {
      return;
    }
    var play = plays.get(id);
    if (play != null) {
      play.offer(request.getSamples());
    } else {
      call.fail(
          CallException.of(
              Code.CODE_RESOURCE_EXHAUSTED,
              "samples: %s (expected: none before the play says that there is room)",
              Integer.toUnsignedString(request.getSamples().getCount())));
    }
    var seat = chips.get(call.request().getChip());
    if (seat != null && !seat.watches()) {
      seat.lease().signOfLife();
    }
  }

  private void take(ChannelHandlerContext context, Request request) {
    if (request.getId() == 0) {
      refuse(request, Code.CODE_INVALID_ARGUMENT, "id: 0 (expected: 1 or more)");
      return;
    }
    if (held.get() >= MOST_OPEN) {
      answerOnly(
          request,
          Status.newBuilder()
              .setCode(Code.CODE_RESOURCE_EXHAUSTED)
              .setMessage(
                  "open requests: %d (expected: at most %d; wait for answers)"
                      .formatted(held.get() + 1, MOST_OPEN))
              .build());
      return;
    }
    var call = new Call(this, request);
    if (open.putIfAbsent(request.getId(), call) != null) {
      refuse(
          request,
          Code.CODE_INVALID_ARGUMENT,
          "id: " + Long.toUnsignedString(request.getId()) + " (expected: of no open request)");
      return;
    }
    held.incrementAndGet();
    requestBytes.addAndGet(call.bytes());
    if (request.getDeadlineMs() != 0) {
      long milliseconds = request.getDeadlineMs() & 0xFFFF_FFFFL;
      var timer =
          context
              .executor()
              .schedule(
                  () -> call.end(Code.CODE_DEADLINE_EXCEEDED), milliseconds, TimeUnit.MILLISECONDS);
      call.onClose(() -> timer.cancel(false));
    }
    try {
      serve(call);
    } catch (RuntimeException | Error e) {
      call.fail(e);
    }
    readOrNot();
  }

  /// A request that can't be told from others by its id, or comes before hello: the connection
  /// ends.
  private void refuse(Request request, Code code, String message) {
    answerOnly(request, Status.newBuilder().setCode(code).setMessage(message).build());
    close();
  }

  private void answerOnly(Request request, Status status) {
    server.metrics().failed(request.getCallCase(), status.getCode());
    write(Response.newBuilder().setId(request.getId()).setError(status).build());
  }

  private void serve(Call call) {
    var request = call.request();
    switch (request.getCallCase()) {
      case HELLO -> hello(call, request.getHello());
      case CANCEL -> {
        var other = open.get(request.getCancel().getRequest());
        if (other != null) {
          other.end(Code.CODE_CANCELLED);
        }
        call.answer(
            Response.newBuilder().setCancel(CancelResponse.newBuilder().setFound(other != null)));
      }
      case LIST -> {
        requireRoom();
        call.answer(Response.newBuilder().setList(server.leases().list(account)));
      }
      case LEASE -> server.leases().lease(call, request.getLease());
      case REATTACH -> reattach(call, request.getReattach().getReattachToken());
      case KEEP_ALIVE -> {
        var lease = driven(request);
        call.answer(
            Response.newBuilder()
                .setKeepAlive(
                    KeepAliveResponse.newBuilder().setTimeToLiveS(lease.secondsToLive())));
      }
      case RELEASE -> release(call, request.getChip(), seat(request));
      case WATCH -> watch(call, request.getWatch().getLease());
      case DESCRIBE, READ, COST, DIGEST, FAULTS, ACTIVITY, SUBSCRIBE, PROBE ->
          new ChipCalls(seat(request).lease()).serve(call);
      case LOAD,
          RESET,
          WRITE,
          INJECT_FAULTS,
          CLEAR_FAULTS,
          RUN,
          INJECT,
          PLAY,
          STOP,
          SAVE,
          RESTORE,
          UDP_INPUT,
          UDP_OUTPUT ->
          new ChipCalls(driven(request)).serve(call);
      case UPLOAD -> file(call, () -> upload(request.getUpload()));
      case DOWNLOAD -> file(call, () -> download(request.getDownload()));
      case FILES ->
          file(
              call,
              () ->
                  Response.newBuilder()
                      .setFiles(FilesResponse.newBuilder().addAllFiles(account.store().files())));
      case REMOVE ->
          file(
              call,
              () -> {
                account.store().remove(request.getRemove().getName());
                return Response.newBuilder().setRemove(RemoveResponse.getDefaultInstance());
              });
      case CREDIT, SAMPLES, CALL_NOT_SET ->
          throw new CallException(
              Code.CODE_UNIMPLEMENTED, "the request has no call that this server knows");
    }
  }

  private void hello(Call call, HelloRequest hello) {
    if (account != null) {
      throw new CallException(Code.CODE_FAILED_PRECONDITION, "hello was said already");
    }
    if (hello.getProtocolMajor() != PROTOCOL_MAJOR) {
      throw CallException.of(
          Code.CODE_FAILED_PRECONDITION,
          "protocol: %s (expected: %d; use a client of that version)",
          Integer.toUnsignedString(hello.getProtocolMajor()),
          PROTOCOL_MAJOR);
    }
    account = server.accounts().of(hello.getToken());
    var decoder = channel.pipeline().get(FrameDecoder.class);
    if (decoder != null) {
      decoder.setLimit(server.options().maxFrameBytes());
    }
    String client = hello.getClient();
    LOG.log(
        Level.DEBUG,
        "{0} for {1} from {2}",
        client
            .substring(0, Math.min(SHOWN_CLIENT, client.length()))
            .replaceAll("[^\\x20-\\x7e]", "?"),
        account.name(),
        channel.remoteAddress());
    var response =
        HelloResponse.newBuilder()
            .setProtocolMajor(PROTOCOL_MAJOR)
            .setProtocolMinor(PROTOCOL_MINOR)
            .setIsaVersion(Integer.toString(ImageCodec.VERSION))
            .setServer(server.options().name())
            .setMaxFrameBytes(server.options().maxFrameBytes())
            .setMaxOpenRequests(MOST_OPEN);
    if (hello.getWantDescriptors()) {
      response.setDescriptors(EngramServer.descriptors());
    }
    call.answer(Response.newBuilder().setHello(response));
  }

  // Chips.

  private Seat seat(Request request) {
    var seat = chips.get(request.getChip());
    if (seat == null) {
      throw CallException.of(
          Code.CODE_NOT_FOUND,
          "chip: %s (expected: one that this connection has leased or watches)",
          Integer.toUnsignedString(request.getChip()));
    }
    if (seat.lease().isEnded()) {
      leave(request.getChip(), seat);
      throw new CallException(Code.CODE_ABORTED, Call.ended(Code.CODE_ABORTED).getMessage());
    }
    if (!seat.watches()) {
      seat.lease().signOfLife();
    }
    return seat;
  }

  private void leave(int chip, Seat seat) {
    if (chips.remove(chip, seat) && seat.watches()) {
      seat.lease().watchers().decrementAndGet();
    }
  }

  private Lease driven(Request request) {
    var seat = seat(request);
    var lease = seat.lease();
    if (seat.watches()) {
      throw CallException.of(
          Code.CODE_PERMISSION_DENIED,
          "chip: %d of this connection watches lease %s: only what drives it may do that",
          request.getChip(),
          lease.name());
    }
    return lease;
  }

  private void release(Call call, int chip, Seat seat) {
    var released = Response.newBuilder().setRelease(ReleaseResponse.getDefaultInstance());
    leave(chip, seat);
    if (!seat.watches()) {
      server.leases().end(seat.lease(), "the client released the chip");
      call.answer(released);
    } else if (call.commit()) {
      var runner = seat.lease().runner();
      boolean taken =
          runner.post(() -> {
            runner.endTapsOf(this, chip);
            call.answer(released);
          });
      if (!taken) {
        call.answer(released);
      }
    }
  }

  /// Takes a chip under a number of this connection; from any thread.
  int drive(Lease lease) {
    int chip = add(new Seat(lease, false));
    var before = lease.drivenBy(this);
    if (before != null && before != this) {
      before.forget(lease);
    }
    return chip;
  }

  private synchronized int add(Seat seat) {
    for (var own : chips.entrySet()) {
      if (!seat.watches() && own.getValue().equals(seat)) {
        return own.getKey();
      }
    }
    if (chips.size() >= MOST_CHIPS) {
      chips.forEach((chip, own) -> {
        if (own.lease().isEnded()) {
          leave(chip, own);
        }
      });
    }
    if (chips.size() >= MOST_CHIPS) {
      throw CallException.of(
          Code.CODE_RESOURCE_EXHAUSTED,
          "chips of a connection: %d (expected: at most %d)",
          chips.size() + 1,
          MOST_CHIPS);
    }
    if (seat.watches()) {
      seat.lease().watchers().incrementAndGet();
    }
    chips.put(nextChip, seat);
    return nextChip++;
  }

  /// A chip was handed to a connection that may have been lost meanwhile.
  void settle(Lease lease) {
    if (gone) {
      lease.leftBy(this);
    }
  }

  private void reattach(Call call, String token) {
    var lease = server.leases().byToken(token);
    if (lease.account() != account) {
      throw new CallException(
          Code.CODE_PERMISSION_DENIED, "the lease belongs to another token of the server");
    }
    int chip = drive(lease);
    var runner = lease.runner();
    call.answer(
        Response.newBuilder()
            .setReattach(
                ReattachResponse.newBuilder()
                    .setChip(chip)
                    .setLease(lease.name())
                    .setStep(runner.step())
                    .setRunning(runner.isRunning())));
  }

  /// Another connection has taken the lease.
  private void forget(Lease lease) {
    chips.forEach((chip, seat) -> {
      if (seat.lease() == lease && !seat.watches()) {
        open.values().stream()
            .filter(call -> call.request().hasPlay() && call.request().getChip() == chip)
            .forEach(call -> call.end(Code.CODE_CANCELLED));
        leave(chip, seat);
      }
    });
    var runner = lease.runner();
    runner.post(() -> runner.endTapsOf(this, "another connection has taken up the lease"));
  }

  private void watch(Call call, String name) {
    var lease = server.leases().byName(name, account);
    int chip = add(new Seat(lease, true));
    call.answer(Response.newBuilder().setWatch(WatchResponse.newBuilder().setChip(chip)));
  }

  /// Credit for a call goes to a tap from now on.
  void credits(Call call, Tap tap) {
    taps.put(call.request().getId(), tap);
  }

  /// Samples for a call go to a play from now on.
  void feeds(Call call, PlayJob play) {
    plays.put(call.request().getId(), play);
  }

  // Files.

  @FunctionalInterface
  private interface FileCall {
    Response.Builder answer() throws IOException;
  }

  /// File calls of a connection are served one after the other, beside everything else.
  private void file(Call call, FileCall work) {
    call.hold();
    try {
      files = files.thenRunAsync(() -> serve(call, work), server.files());
    } catch (RejectedExecutionException e) {
      call.release();
      throw new CallException(Code.CODE_UNAVAILABLE, "the server is going down");
    }
  }

  private void serve(Call call, FileCall work) {
    try {
      if (call.commit()) {
        requireRoom();
        call.answer(work.answer());
      }
    } catch (Exception | Error e) {
      call.fail(e);
    } finally {
      call.release();
    }
  }

  private Response.Builder upload(UploadRequest request) throws IOException {
    long bytes =
        account
            .store()
            .upload(request.getName(), request.getOffset(), request.getData(), request.getLast());
    return Response.newBuilder().setUpload(UploadResponse.newBuilder().setBytes(bytes));
  }

  private Response.Builder download(DownloadRequest request) throws IOException {
    var store = account.store();
    var data = store.download(request.getName(), request.getOffset(), request.getMostBytes());
    return Response.newBuilder()
        .setDownload(
            DownloadResponse.newBuilder().setData(data).setBytes(store.bytes(request.getName())));
  }
}
