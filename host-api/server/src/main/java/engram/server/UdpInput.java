package engram.server;

import engram.chip.EventWriter;
import engram.events.EieioCodec;
import engram.events.EventBatch;
import engram.events.EventFormatException;
import engram.events.SensorGeometry;
import engram.events.SpifCodec;
import engram.protocol.v1.Code;
import engram.protocol.v1.LatePolicy;
import engram.protocol.v1.Response;
import engram.protocol.v1.UdpInputRequest;
import engram.protocol.v1.UdpInputResponse;
import engram.protocol.v1.UdpProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Packets that become events of a chip. The event loop decodes them into a batch, which the chip's
/// thread fetches between two steps; of both threads each has a batch of its own. What finds the
/// event loop's batch full is lost.
final class UdpInput extends UdpGateway {
  /// Events that may wait for the chip's thread.
  static final int ROOM = 1 << 16;

  /// Events that may wait on the chip before packets add no more: the rest is for the client.
  static final int MOST_WAITING = PendingEvents.MOST / 2;

  /// Steps that an event may be ahead.
  private static final long MOST_AHEAD = 1L << 40;

  /// Time of an event that has none; those of packets are not negative.
  private static final long UNTIMED = -1;

  /// Step of an event that is due in the next one.
  private static final long NEXT = Long.MIN_VALUE;

  /// Bits of an index into a batch: see `ROOM`.
  private static final int INDEX_BITS = 16;

  /// Takes the events of a packet.
  @FunctionalInterface
  private interface Decoder {
    int decode(ByteBuffer packet, long arrival, EventBatch into);
  }

  private final Account account;
  private final Metrics metrics;
  private final EventWriter writer;
  private final int neurons;
  private final boolean graded;
  private final LatePolicy late;
  private final int keyBase;
  private final int keyMask;
  private final long unitsPerStep;
  private final long firstStep;
  private final EieioCodec eieio = new EieioCodec();
  private final Decoder decoder;

  // The event loop's own.
  private final EventBatch packet = new EventBatch();
  private long packets;
  private long damaged;
  private long outside;
  private long commands;
  private long clock;
  private boolean clockRuns;

  // Guarded by this.
  private EventBatch arrived = new EventBatch();
  private EventBatch fetched = new EventBatch();
  private boolean called;
  private long accepted;
  private long lost;
  private long lateEvents;
  private long dropped;
  private long tooFar;

  private UdpInput(Call call, UdpInputRequest request, Lease lease) {
    super(call, lease.runner(), request.getCredit());
    var chip = lease.runner().chip();
    account = lease.account();
    metrics = lease.runner().metrics();
    writer = chip.events(request.getPopulation());
    neurons = chip.size(request.getPopulation());
    graded = chip.preset().spec().can().payload();
    late = policy(request.getLate());
    keyBase = request.getKeyBase();
    keyMask = request.getKeyMask();
    if (keyMask != 0 && (keyBase & ~keyMask) != 0) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "key_base: 0x%x (expected: no bits beyond those of key_mask, 0x%x)",
          keyBase,
          keyMask);
    }
    unitsPerStep = unitsPerStep(request.getTimes(), request.getStepUs(), request.getFirstStep());
    firstStep = request.getFirstStep();
    decoder = decoder(request);
  }

  /// Opens a port for the chip of a lease; on the chip's thread.
  static void open(Call call, UdpInputRequest request, Lease lease) {
    var local = address(call, request.getHost(), request.getPort(), 0);
    var input = new UdpInput(call, request, lease);
    input.open(local, true, input.new Packets(), request.getReportMs());
  }

  private static LatePolicy policy(LatePolicy wanted) {
    return switch (wanted) {
      case LATE_POLICY_UNSPECIFIED, LATE_POLICY_NEXT_STEP -> LatePolicy.LATE_POLICY_NEXT_STEP;
      case LATE_POLICY_DROP -> LatePolicy.LATE_POLICY_DROP;
      case LATE_POLICY_REJECT, UNRECOGNIZED ->
          throw new CallException(
              Code.CODE_INVALID_ARGUMENT,
              "late: %s (expected: NEXT_STEP or DROP)".formatted(wanted));
    };
  }

  private Decoder decoder(UdpInputRequest request) {
    boolean spif = request.getProtocol() == UdpProtocol.UDP_PROTOCOL_SPIF;
    if (request.getProtocol() == UdpProtocol.UNRECOGNIZED) {
      throw new CallException(Code.CODE_INVALID_ARGUMENT, "protocol: unknown (expected: 0 to 2)");
    }
    if (request.hasSensor() != spif) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "sensor: %s (expected: %s)",
          spif ? "none" : "one",
          spif ? "one, for SPIF" : "none, for EIEIO");
    }
    if (!spif) {
      return eieio::decode;
    }
    var sensor = request.getSensor();
    return new SpifCodec(
            new SensorGeometry(sensor.getWidth(), sensor.getHeight(), sensor.getPolarities()))
        ::decode;
  }

  // The event loop.

  private final class Packets extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket datagram) {
      take(datagram.content());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      callChip();
    }
  }

  private void take(ByteBuf bytes) {
    packets++;
    metrics.udpIn().packet();
    packet.clear();
    try {
      decoder.decode(
          bytes.internalNioBuffer(bytes.readerIndex(), bytes.readableBytes()), UNTIMED, packet);
    } catch (EventFormatException e) {
      damaged++;
      metrics.udpDamaged();
      return;
    }
    if (packet.isEmpty()) {
      countCommands();
    }
    int good = keepGood();
    if (good < packet.size()) {
      outside += packet.size() - good;
      metrics.udpOutside(packet.size() - good);
    }
    if (good == 0) {
      return;
    }
    boolean granted = account.takeEvents(good) == 0;
    synchronized (this) {
      if (!granted || arrived.size() + good > ROOM) {
        lose(good);
        return;
      }
      for (int i = 0; i < good; i++) {
        arrived.add(packet.times()[i], packet.addresses()[i], packet.payload(i));
      }
    }
  }

  private void countCommands() {
    long now = eieio.commands();
    if (now > commands) {
      metrics.udpIgnored(now - commands);
      commands = now;
    }
  }

  private synchronized void lose(int events) {
    lost += events;
    metrics.udpIn().lost(events);
  }

  /// Puts neurons in the place of keys and steps in that of times, and moves events that a chip can
  /// take to the front. Returns their number.
  private int keepGood() {
    long[] times = packet.times();
    int[] addresses = packet.addresses();
    int[] payloads = packet.payloads();
    int good = 0;
    for (int i = 0; i < packet.size(); i++) {
      int neuron = neuron(addresses[i]);
      int payload = packet.payload(i);
      if (neuron < 0 || payload != 1 && (!graded || payload != (short) payload)) {
        continue;
      }
      times[good] = step(times[i]);
      addresses[good] = neuron;
      if (packet.hasPayloads()) {
        payloads[good] = payload;
      }
      good++;
    }
    return good;
  }

  /// The neuron of a key; negative if there is none.
  private int neuron(int key) {
    int neuron = keyMask == 0 || (key & keyMask) == keyBase ? key - keyBase : -1;
    return Integer.compareUnsigned(neuron, neurons) < 0 ? neuron : -1;
  }

  /// The step of a time. Times have 32 bits and are continued from one event to the next, which is
  /// less than half of their range away.
  private long step(long time) {
    if (unitsPerStep == 0 || time == UNTIMED) {
      return NEXT;
    }
    clock = clockRuns ? clock + (int) (time - clock) : time;
    clockRuns = true;
    return firstStep + Math.floorDiv(clock, unitsPerStep);
  }

  /// Asks the chip's thread to fetch what has arrived, unless it will anyway.
  private void callChip() {
    synchronized (this) {
      if (called || arrived.isEmpty()) {
        return;
      }
      called = true;
    }
    runner().post(this::fetch);
  }

  @Override
  synchronized void closed() {
    lose(arrived.size());
    arrived.clear();
  }

  @Override
  synchronized long lostSoFar() {
    return lost;
  }

  @Override
  synchronized Response.Builder counts(int port) {
    var counts =
        UdpInputResponse.newBuilder()
            .setPort(port)
            .setPackets(packets)
            .setEvents(accepted)
            .setDamaged(damaged)
            .setOutside(outside + tooFar)
            .setLate(lateEvents)
            .setDropped(dropped)
            .setLost(lost);
    for (var command : EieioCodec.Command.values()) {
      long count = eieio.commands(command);
      if (count > 0) {
        counts.putCommands(command.ordinal(), count);
      }
    }
    return Response.newBuilder().setUdpInput(counts);
  }

  // The chip's thread.

  private void fetch() {
    synchronized (this) {
      var empty = fetched;
      empty.clear();
      fetched = arrived;
      arrived = empty;
      called = false;
    }
    if (fetched.isEmpty() || !runner().has(this)) {
      return;
    }
    long now = runner().chip().timestep();
    add(untimed(), null, now);
    long[] keys = sortedByStep(now);
    int[] events = new int[keys.length];
    long[] steps = new long[keys.length];
    for (int i = 0; i < keys.length; i++) {
      events[i] = (int) keys[i] & (1 << INDEX_BITS) - 1;
      steps[i] = fetched.time(events[i]);
    }
    add(events, steps, now);
  }

  private int[] untimed() {
    int[] events = new int[fetched.size()];
    int count = 0;
    for (int i = 0; i < fetched.size(); i++) {
      if (fetched.time(i) == NEXT) {
        events[count++] = i;
      }
    }
    return Arrays.copyOf(events, count);
  }

  /// Timed events by step, those of a step as they came: how far ahead of the chip each is, above
  /// its index. Their steps are those that a chip can have.
  private long[] sortedByStep(long now) {
    long[] keys = new long[fetched.size()];
    int count = 0;
    int far = 0;
    long[] times = fetched.times();
    for (int i = 0; i < fetched.size(); i++) {
      if (times[i] == NEXT) {
        continue;
      }
      if (times[i] - now > MOST_AHEAD) {
        far++;
        continue;
      }
      times[i] = Math.max(times[i], Math.max(0, now - MOST_AHEAD));
      keys[count++] = times[i] - now << INDEX_BITS | i;
    }
    if (far > 0) {
      synchronized (this) {
        tooFar += far;
      }
      metrics.udpOutside(far);
    }
    keys = Arrays.copyOf(keys, count);
    Arrays.sort(keys);
    return keys;
  }

  /// @param steps null: all are due next
  private void add(int[] events, long[] steps, long now) {
    if (events.length == 0) {
      return;
    }
    short[] payloads = fetched.hasPayloads() ? new short[events.length] : null;
    for (int i = 0; i < events.length; i++) {
      if (payloads != null) {
        payloads[i] = (short) fetched.payload(events[i]);
      }
      events[i] = fetched.address(events[i]);
    }
    PendingEvents.Taken taken;
    try {
      taken =
          runner().pending().waiting() + events.length > MOST_WAITING
              ? null
              : runner().pending().add(writer, events, payloads, steps, now, late, now);
    } catch (CallException full) {
      taken = null;
    }
    if (taken == null) {
      lose(events.length);
      return;
    }
    metrics.taken(taken);
    metrics.udpIn().events(taken.accepted());
    synchronized (this) {
      accepted += taken.accepted();
      lateEvents += taken.late();
      dropped += taken.dropped();
    }
  }
}
