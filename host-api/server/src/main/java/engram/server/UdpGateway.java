package engram.server;

import engram.chip.Chip;
import engram.protocol.v1.Code;
import engram.protocol.v1.OverflowPolicy;
import engram.protocol.v1.Response;
import engram.protocol.v1.UdpTimes;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/// A UDP socket between a chip and the outside, and what it counts on its way to the client. The
/// socket belongs to an event loop; the chip's thread opens and ends it.
abstract class UdpGateway extends Tap {
  /// Gateways of a chip.
  private static final int MOST = 16;

  private static final long CREDIT = 16;
  private static final int REPORT_MS = 1000;
  private static final int LEAST_REPORT_MS = 10;
  private static final int MOST_PORT = 0xFFFF;

  /// Far enough from overflow for any time.
  private static final long LAST_FIRST_STEP = 1L << 62;

  /// Longest packet of UDP; one that is cut off could pass for a whole one.
  private static final int PACKET_BYTES = 1 << 16;

  /// Bytes of packets that the system keeps, where it lets us have as much.
  private static final int SYSTEM_BYTES = 1 << 20;

  private static final String LOOPBACK = "127.0.0.1";

  private final ChipRunner runner;
  private final EventLoop loop;

  // The event loop's own.
  private Channel channel;
  private Future<?> reports;
  private Response reported;
  private boolean over;

  UdpGateway(Call call, ChipRunner runner, long credit) {
    super(call, OverflowPolicy.OVERFLOW_POLICY_DROP, credit == 0 ? CREDIT : credit);
    this.runner = runner;
    loop = call.session().server().loops().next();
  }

  final ChipRunner runner() {
    return runner;
  }

  final EventLoop loop() {
    return loop;
  }

  /// The socket; on the event loop, once it is bound.
  final Channel channel() {
    return channel;
  }

  /// What has been counted so far, as an answer; on the event loop.
  abstract Response.Builder counts(int port);

  /// The socket is closed: what was under way is lost; on the event loop.
  abstract void closed();

  // What clients ask for.

  /// The address that a client names, which must be one that the server's owner has allowed.
  static InetSocketAddress address(Call call, String host, int port, int leastPort) {
    long number = port & 0xFFFF_FFFFL;
    if (number < leastPort || number > MOST_PORT) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "port: %d (expected: %d to %d)",
          number,
          leastPort,
          MOST_PORT);
    }
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(host.isEmpty() ? LOOPBACK : host);
    } catch (IllegalArgumentException e) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT, "host: %s (expected: an IP address)", host);
    }
    if (!address.isLoopbackAddress()
        && !call.session().server().options().security().udpBeyondLoopback()) {
      throw CallException.of(
          Code.CODE_PERMISSION_DENIED,
          "host: %s is beyond loopback, which the server's owner has not allowed for UDP",
          host);
    }
    return new InetSocketAddress(address, port);
  }

  /// What a client wants a unit of time to be, in units a step; 0: it ignores times.
  static long unitsPerStep(UdpTimes times, int stepUs, long firstStep) {
    long microseconds = stepUs & 0xFFFF_FFFFL;
    boolean micro = times == UdpTimes.UDP_TIMES_MICROSECONDS;
    if (micro != microseconds > 0) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "step_us: %d (expected: %s)",
          microseconds,
          micro ? "1 or more for times in microseconds" : "0 for times that are none");
    }
    if (firstStep < 0 || firstStep > LAST_FIRST_STEP) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "first_step: %s (expected: at most %d)",
          Long.toUnsignedString(firstStep),
          LAST_FIRST_STEP);
    }
    return switch (times) {
      case UDP_TIMES_UNSPECIFIED, UDP_TIMES_IGNORE -> 0;
      case UDP_TIMES_STEPS -> 1;
      case UDP_TIMES_MICROSECONDS -> microseconds;
      case UNRECOGNIZED ->
          throw new CallException(Code.CODE_INVALID_ARGUMENT, "times: unknown (expected: 0 to 3)");
    };
  }

  // Its life.

  /// Binds the socket; the first answer or a failure follows. On the chip's thread.
  ///
  /// @param receives takes packets; otherwise they stay where they are
  final void open(InetSocketAddress local, boolean receives, ChannelHandler handler, int reportMs) {
    long every = reportMs == 0 ? REPORT_MS : reportMs & 0xFFFF_FFFFL;
    if (every < LEAST_REPORT_MS) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "report_ms: %d (expected: 0, or at least %d)",
          every,
          LEAST_REPORT_MS);
    }
    if (runner.gateways() >= MOST) {
      throw CallException.of(
          Code.CODE_RESOURCE_EXHAUSTED,
          "gateways of a chip: %d (expected: at most %d; cancel one)",
          MOST + 1,
          MOST);
    }
    boolean wanted =
        call()
            .endedBy(why ->
                runner.post(() -> {
                  runner.remove(this);
                  end(new CallException(why, Call.ended(why).getMessage()));
                }));
    if (!wanted) {
      return;
    }
    runner.add(this);
    call().session().credits(call(), this);
    new Bootstrap()
        .group(loop)
        .channel(NioDatagramChannel.class)
        .option(ChannelOption.SO_RCVBUF, SYSTEM_BYTES)
        .option(ChannelOption.AUTO_READ, receives)
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(PACKET_BYTES).maxMessagesPerRead(64))
        .handler(handler)
        .bind(local)
        .addListener((ChannelFuture bound) -> bound(bound, local, every));
  }

  private void bound(ChannelFuture bound, InetSocketAddress local, long every) {
    if (!bound.isSuccess()) {
      var why =
          CallException.of(
              Code.CODE_UNAVAILABLE,
              "UDP at %s: %s (expected: an address of this machine, and a free port)",
              local,
              bound.cause().getMessage());
      over = true;
      call().fail(why);
      runner.post(() -> runner.remove(this));
    } else if (over || call().isClosed()) {
      bound.channel().close();
      runner.post(() -> runner.remove(this));
    } else {
      channel = bound.channel();
      reports = loop.scheduleAtFixedRate(this::report, 0, every, TimeUnit.MILLISECONDS);
    }
  }

  private int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /// Tells the client what has changed, if it has credit for that.
  private void report() {
    if (call().isClosed()) {
      shut();
    }
    if (over || !hasRoom()) {
      return;
    }
    var now = counts(port()).build();
    if (!now.equals(reported)) {
      spend(1);
      reported = now;
      call().answerMore(now.toBuilder());
    }
  }

  private void shut() {
    over = true;
    if (channel != null) {
      reports.cancel(false);
      channel.close();
      closed();
    }
  }

  @Override
  boolean stepped(Chip chip) {
    return !call().isClosed();
  }

  @Override
  final void end(CallException why) {
    loop.execute(() -> {
      if (over) {
        return;
      }
      int port = channel == null ? 0 : port();
      shut();
      if (channel != null) {
        call().answerMore(counts(port));
      }
      call().fail(why);
    });
  }
}
