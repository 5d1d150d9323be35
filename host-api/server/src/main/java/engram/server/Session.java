package engram.server;

import engram.isa.image.ImageCodec;
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
import engram.protocol.v1.Response;
import engram.protocol.v1.Status;
import engram.protocol.v1.UploadRequest;
import engram.protocol.v1.UploadResponse;
import engram.protocol.v1.WatchResponse;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

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

  private static final Logger LOG = System.getLogger(Session.class.getName());
  private static final int SHOWN_CLIENT = 200;

  private final EngramServer server;
  private final Map<Long, Call> open = new ConcurrentHashMap<>();
  private final Map<Long, Tap> taps = new ConcurrentHashMap<>();
  private final Map<Long, PlayJob> plays = new ConcurrentHashMap<>();
  private final Map<Integer, Lease> chips = new ConcurrentHashMap<>();
  private final AtomicLong requestBytes = new AtomicLong();
  private final AtomicLong answerBytes = new AtomicLong();
  private CompletableFuture<Void> files = CompletableFuture.completedFuture(null);
  private volatile Account account;
  private volatile boolean gone;
  private volatile Channel channel;
  private int nextChip = 1;

  Session(EngramServer server) {
    super(Request.class);
    this.server = server;
  }

  EngramServer server() {
    return server;
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
        .forEach(lease -> {
          lease.runner().post(() -> lease.runner().removeTapsOf(this));
          if (lease.driver() == this) {
            lease.drivenBy(null);
          } else {
            lease.watchers().decrementAndGet();
          }
        });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.log(Level.DEBUG, "connection {0}: {1}", context.channel().remoteAddress(), cause);
    context
        .writeAndFlush(
            Response.newBuilder()
                .setError(
                    Status.newBuilder()
                        .setCode(Code.CODE_INVALID_ARGUMENT)
                        .setMessage(
                            "the connection is closed: "
                                + (cause.getCause() == null ? cause : cause.getCause())
                                    .getMessage()))
                .build())
        .addListener(ChannelFutureListener.CLOSE);
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
            chips.values().forEach(lease -> lease.runner().wake());
          }
          readOrNot();
        });
    if (answerBytes.get() > MOST_BYTES) {
      to.eventLoop().execute(this::readOrNot);
    }
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
    boolean read = requestBytes.get() <= MOST_BYTES && answerBytes.get() <= MOST_BYTES;
    if (channel.config().isAutoRead() != read) {
      channel.config().setAutoRead(read);
    }
  }

  void closed(Call call) {
    if (open.remove(call.request().getId(), call)) {
      taps.remove(call.request().getId());
      plays.remove(call.request().getId());
      requestBytes.addAndGet(-Call.bytes(call.request()));
      if (!channel.config().isAutoRead()) {
        channel.eventLoop().execute(this::readOrNot);
      }
    }
  }

  /// Closes the connection when what is written has gone out.
  void close() {
    var to = channel;
    if (to != null) {
      to.eventLoop()
          .execute(() ->
              to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE));
    }
  }

  // Requests.

  @Override
  protected void channelRead0(ChannelHandlerContext context, Request request) {
    server.metrics().requested(request.getCallCase());
    if (account == null && !request.hasHello()) {
      refuse(context, request, Code.CODE_UNAUTHENTICATED, "say hello first");
      return;
    }
    switch (request.getCallCase()) {
      case CREDIT -> {
        var tap = taps.get(request.getCredit().getRequest());
        if (tap != null && request.getCredit().getUnits() > 0) {
          tap.grant(request.getCredit().getUnits());
          chips.values().forEach(lease -> lease.runner().wake());
        }
      }
      case SAMPLES -> samples(request);
      default -> take(context, request);
    }
  }

  private void samples(Request request) {
    long id = request.getSamples().getPlay();
    var play = plays.get(id);
    if (play != null) {
      play.offer(request.getSamples());
      touch(open.get(id));
    }
  }

  private void touch(Call call) {
    var lease = call == null ? null : chips.get(call.request().getChip());
    if (lease != null && lease.driver() == this) {
      lease.signOfLife();
    }
  }

  private void take(ChannelHandlerContext context, Request request) {
    if (request.getId() == 0) {
      refuse(context, request, Code.CODE_INVALID_ARGUMENT, "id: 0 (expected: 1 or more)");
      return;
    }
    if (open.size() >= MOST_OPEN) {
      answerOnly(
          request,
          Status.newBuilder()
              .setCode(Code.CODE_RESOURCE_EXHAUSTED)
              .setMessage(
                  "open requests: %d (expected: at most %d; wait for answers)"
                      .formatted(open.size() + 1, MOST_OPEN))
              .build());
      return;
    }
    var call = new Call(this, request);
    if (open.putIfAbsent(request.getId(), call) != null) {
      refuse(
          context,
          request,
          Code.CODE_INVALID_ARGUMENT,
          "id: " + Long.toUnsignedString(request.getId()) + " (expected: of no open request)");
      return;
    }
    requestBytes.addAndGet(Call.bytes(request));
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
    } catch (RuntimeException e) {
      call.fail(e);
    }
    readOrNot();
  }

  /// A request that can't be told from others by its id, or comes before hello: the connection
  /// ends.
  private void refuse(ChannelHandlerContext context, Request request, Code code, String message) {
    answerOnly(request, Status.newBuilder().setCode(code).setMessage(message).build());
    context.channel().config().setAutoRead(false);
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
      case LIST -> call.answer(Response.newBuilder().setList(server.leases().list(account)));
      case LEASE -> server.leases().lease(call, request.getLease());
      case REATTACH -> reattach(call, request.getReattach().getReattachToken());
      case KEEP_ALIVE -> {
        var lease = driven(request);
        call.answer(
            Response.newBuilder()
                .setKeepAlive(
                    KeepAliveResponse.newBuilder().setTimeToLiveS(lease.secondsToLive())));
      }
      case RELEASE -> {
        var lease = driven(request);
        chips.remove(request.getChip());
        server.leases().end(lease, "the client released the chip");
        call.answer(Response.newBuilder().setRelease(ReleaseResponse.getDefaultInstance()));
      }
      case WATCH -> watch(call, request.getWatch().getLease());
      case DESCRIBE, READ, COST, DIGEST, SUBSCRIBE, PROBE ->
          new ChipCalls(seen(request)).serve(call);
      case LOAD, RESET, WRITE, RUN, INJECT, PLAY, SAVE, RESTORE ->
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
    String client = hello.getClient();
    LOG.log(
        Level.INFO,
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

  private Lease seen(Request request) {
    var lease = chips.get(request.getChip());
    if (lease == null) {
      throw CallException.of(
          Code.CODE_NOT_FOUND,
          "chip: %s (expected: one that this connection has leased or watches)",
          Integer.toUnsignedString(request.getChip()));
    }
    if (lease.driver() == this) {
      lease.signOfLife();
    }
    return lease;
  }

  private Lease driven(Request request) {
    var lease = seen(request);
    if (lease.driver() != this) {
      throw CallException.of(
          Code.CODE_PERMISSION_DENIED,
          "chip: %d, lease %s, is driven by another connection; this one watches",
          request.getChip(),
          lease.name());
    }
    return lease;
  }

  /// Takes a chip under a number of this connection; from any thread.
  synchronized int drive(Lease lease) {
    int chip = add(lease);
    lease.drivenBy(this);
    return chip;
  }

  private synchronized int add(Lease lease) {
    if (chips.size() >= MOST_CHIPS) {
      throw CallException.of(
          Code.CODE_RESOURCE_EXHAUSTED,
          "chips of a connection: %d (expected: at most %d)",
          chips.size() + 1,
          MOST_CHIPS);
    }
    chips.put(nextChip, lease);
    return nextChip++;
  }

  /// A chip was handed to a connection that may have been lost meanwhile.
  void settle(Lease lease) {
    if (gone && lease.driver() == this) {
      lease.drivenBy(null);
    }
  }

  private void reattach(Call call, String token) {
    var lease = server.leases().byToken(token);
    if (lease.account() != account) {
      throw new CallException(
          Code.CODE_PERMISSION_DENIED, "the lease belongs to another token of the server");
    }
    var before = lease.driver();
    int chip = drive(lease);
    if (before != null && before != this) {
      before.forget(lease);
    }
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
    chips.values().removeIf(own -> own == lease);
    lease.runner().post(() -> lease.runner().removeTapsOf(this));
    open.values().stream()
        .filter(call -> call.request().hasPlay())
        .forEach(call -> call.end(Code.CODE_CANCELLED));
  }

  private void watch(Call call, String name) {
    var lease = server.leases().byName(name, account);
    int chip = add(lease);
    lease.watchers().incrementAndGet();
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
    files =
        files.thenRunAsync(
            () -> {
              try {
                if (!call.isClosed()) {
                  requireRoom();
                  call.answer(work.answer());
                }
              } catch (Exception e) {
                call.fail(e);
              }
            },
            server.files());
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
