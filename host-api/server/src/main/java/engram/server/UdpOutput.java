package engram.server;

import engram.chip.Chip;
import engram.chip.StreamReader;
import engram.events.EieioCodec;
import engram.events.EventBatch;
import engram.protocol.v1.Code;
import engram.protocol.v1.Response;
import engram.protocol.v1.UdpOutputRequest;
import engram.protocol.v1.UdpOutputResponse;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/// The events of one stream as packets of EIEIO. The chip's thread puts them into a batch, which
/// the event loop fetches, encodes and sends; of both threads each has a batch of its own. What
/// finds the chip's batch full, or the socket, is lost.
final class UdpOutput extends UdpGateway {
  /// Events that may wait for the event loop.
  private static final int ROOM = 1 << 16;

  private static final String LOOPBACK_4 = "127.0.0.1";
  private static final String LOOPBACK_6 = "::1";

  private final InetSocketAddress to;
  private final StreamReader stream;
  private final StreamReader.EventConsumer taker = this::take;
  private final int keyBase;
  private final long unitsPerStep;
  private final long firstStep;
  private final Metrics metrics;
  private long time;

  // The event loop's own.
  private long packets;
  private long events;

  // Guarded by this.
  private long unsent;
  private EventBatch emitted = new EventBatch();
  private EventBatch fetched = new EventBatch();
  private boolean called;
  private long lost;
  private long graded;

  private UdpOutput(Call call, UdpOutputRequest request, Lease lease, InetSocketAddress to) {
    super(call, lease.runner(), request.getCredit());
    this.to = to;
    metrics = lease.runner().metrics();
    var chip = lease.runner().chip();
    String population = request.getPopulation();
    stream = chip.stream(population, Readings.stream(chip, population, request.getStream()));
    keyBase = request.getKeyBase();
    if ((keyBase & 0xFFFF_FFFFL) + chip.size(population) > 1L << 32) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "key_base: %s (expected: at most %d, for %d neurons)",
          Integer.toUnsignedString(keyBase),
          (1L << 32) - chip.size(population),
          chip.size(population));
    }
    unitsPerStep = unitsPerStep(request.getTimes(), request.getStepUs(), request.getFirstStep());
    firstStep = request.getFirstStep();
  }

  /// Opens a way out for the chip of a lease; on the chip's thread.
  static void open(Call call, UdpOutputRequest request, Lease lease) {
    var to = address(call, request.getHost(), request.getPort(), 1);
    var output = new UdpOutput(call, request, lease, to);
    output.open(output.local(), false, new ChannelInboundHandlerAdapter(), request.getReportMs());
  }

  private InetSocketAddress local() {
    if (!to.getAddress().isLoopbackAddress()) {
      return new InetSocketAddress(0);
    }
    return new InetSocketAddress(
        to.getAddress() instanceof Inet6Address ? LOOPBACK_6 : LOOPBACK_4, 0);
  }

  // The chip's thread.

  @Override
  boolean stepped(Chip chip) {
    time = (chip.timestep() - 1 - firstStep) * unitsPerStep & 0xFFFF_FFFFL;
    boolean call;
    synchronized (this) {
      stream.forEachEvent(taker);
      call = !called && !emitted.isEmpty();
      called |= call;
    }
    if (call) {
      loop().execute(this::send);
    }
    return super.stepped(chip);
  }

  private void take(int neuron, int payload) {
    if (emitted.size() == ROOM) {
      lost++;
      metrics.udpOut().lost(1);
    } else if (unitsPerStep > 0 && payload != 1) {
      graded++;
    } else {
      emitted.add(time, keyBase + neuron, payload);
    }
  }

  // The event loop.

  private void send() {
    synchronized (this) {
      var empty = fetched;
      empty.clear();
      fetched = emitted;
      emitted = empty;
      called = false;
    }
    var channel = channel();
    int sent = 0;
    while (sent < fetched.size() && isWritable()) {
      var bytes = channel.alloc().ioBuffer(EieioCodec.MOST_BYTES);
      var buffer = bytes.nioBuffer(0, EieioCodec.MOST_BYTES);
      int count =
          unitsPerStep > 0
              ? EieioCodec.encodeTimed(fetched, sent, buffer)
              : EieioCodec.encode(fetched, sent, buffer);
      bytes.writerIndex(buffer.position());
      channel
          .write(new DatagramPacket(bytes, to))
          .addListener(written -> {
            boolean gone = written.isSuccess();
            packets += gone ? 1 : 0;
            events += gone ? count : 0;
            notSent(gone ? 0 : count);
            if (gone) {
              metrics.sent(count, 0);
              metrics.udpOut().packet();
              metrics.udpOut().events(count);
            }
          });
      sent += count;
    }
    notSent(fetched.size() - sent);
    if (channel != null) {
      channel.flush();
    }
  }

  private synchronized void notSent(long events) {
    unsent += events;
    metrics.udpOut().lost(events);
  }

  /// Whether the socket takes a packet more: not before it is bound, nor while the system's buffer
  /// is full.
  private boolean isWritable() {
    var channel = channel();
    if (channel == null) {
      return false;
    }
    if (!channel.isWritable()) {
      channel.flush();
    }
    return channel.isWritable();
  }

  @Override
  synchronized void closed() {
    lost += emitted.size();
    metrics.udpOut().lost(emitted.size());
    emitted.clear();
  }

  @Override
  synchronized long lostSoFar() {
    return lost + unsent;
  }

  @Override
  synchronized Response.Builder counts(int port) {
    return Response.newBuilder()
        .setUdpOutput(
            UdpOutputResponse.newBuilder()
                .setPort(port)
                .setPackets(packets)
                .setEvents(events)
                .setLost(lost + unsent)
                .setGraded(graded));
  }
}
