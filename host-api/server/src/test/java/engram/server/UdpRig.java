package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.preset.Presets;
import engram.client.ConnectOptions;
import engram.client.Connection;
import engram.client.Engram;
import engram.client.EventStream;
import engram.client.LiveStream;
import engram.client.RemoteChip;
import engram.client.RunOptions;
import engram.client.UdpInput;
import engram.client.UdpInputCounts;
import engram.client.UdpInputOptions;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.NetworkFile;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// A server with a leased chip that emits what is injected, in the same step and with its payload;
/// and a socket beside it.
final class UdpRig implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(240);
  static final String PRESET = "engram-1";
  static final String IN = "ear";
  static final String OUT = "mouth";

  private static final Duration OFTEN = Duration.ofMillis(10);
  private static final String RELAY_NAME = "relay";
  private static final String RELAY =
      """
      .program neuron relay
      .acc    in : s24
      .stream spike graded
      .active touched
              ld    r0, in
              cmpne p1, r0, 0
        (p1)  emit  spike, r0
      """;

  /// Number of the command that means nothing.
  private static final int PADDING = 2;

  final EngramServer server;
  final Connection connection;
  final RemoteChip chip;
  final DatagramSocket socket;

  /// Commands that were sent; fewer may have come in.
  private long commands;

  UdpRig(Path data, int neurons) {
    this(data, neurons, options -> options, ConnectOptions.DEFAULT);
  }

  UdpRig(Path data, int neurons, UnaryOperator<ServerOptions> how, ConnectOptions client) {
    try {
      server =
          EngramServer.start(how.apply(ServerOptions.loopback("test", 0, Map.of(PRESET, 1), data)));
      connection = Engram.connect(uri(), client);
      chip = connection.lease(PRESET);
      chip.load(echo(neurons));
      socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      socket.setSoTimeout(Math.toIntExact(SOON.toMillis()));
      // What comes out waits here while a test is held up.
      socket.setReceiveBufferSize(1 << 20);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String uri() {
    return "engram://127.0.0.1:" + server.address().getPort();
  }

  private static String yaml(int neurons) {
    return """
    network: echo
    populations:
      ear:   {neurons: %d, external: true}
      mouth: {neurons: %d, program: ./relay, record: [spike]}
    projections:
      nerve: {from: ear.spike, to: mouth.in, weights: s8 one-to-one 1}
    """
        .formatted(neurons, neurons);
  }

  static engram.client.Firmware echo(int neurons) {
    return engram.client.Firmware.network(yaml(neurons), Map.of(RELAY_NAME, RELAY));
  }

  /// The same chip without a server.
  static Chip chip(int neurons) {
    var preset = Presets.named(PRESET);
    Firmware programs =
        name -> name.equals("./" + RELAY_NAME) ? RELAY : Firmware.library().source(name);
    var image =
        Mapper.map(NetworkFile.read("network", yaml(neurons)), preset.spec(), programs).image();
    return Chip.load(preset, image, ChipOptions.reference());
  }

  UdpInput open(UdpInputOptions options) {
    return chip.openUdpInput(options.reportEvery(OFTEN));
  }

  void send(int port, byte[] packet) {
    try {
      socket.send(
          new DatagramPacket(
              packet,
              packet.length,
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @param packet in hexadecimal, spaces left out
  void send(int port, String packet) {
    send(port, HexFormat.of().parseHex(packet.replace(" ", "")));
  }

  /// Waits until what a gateway has counted is as it should be.
  static <T> T await(LiveStream<T> gateway, Predicate<T> wanted) {
    T last = null;
    while (true) {
      var next = gateway.next(SOON);
      assertThat(next).as("counts after %s", last).isPresent();
      last = next.get();
      if (wanted.test(last)) {
        return last;
      }
    }
  }

  /// Waits until so many packets have come in, and the chip's thread has taken what is in them.
  UdpInputCounts awaitPackets(UdpInput input, long packets) {
    await(input, counts -> counts.packets() == packets);
    return settle(input);
  }

  /// Waits until all that was sent is on the chip or lost.
  UdpInputCounts settle(UdpInput input) {
    readAll(input);
    fetched();
    return readAll(input);
  }

  /// The chip's thread has taken what had been read before.
  void fetched() {
    chip.describe();
  }

  /// Waits until all that was sent has been read: more commands are counted than had been sent by
  /// then. The system may drop some, so they are sent until then.
  UdpInputCounts readAll(UdpInput input) {
    long before = commands;
    while (true) {
      send(input.port(), HexFormat.of().parseHex("0240"));
      commands++;
      for (var next = input.next(OFTEN.multipliedBy(10));
          next.isPresent();
          next = input.next(OFTEN.multipliedBy(10))) {
        if (next.get().commands().getOrDefault(PADDING, 0L) > before) {
          return next.get();
        }
      }
      assertThat(input.isOver()).isFalse();
    }
  }

  /// Events that leave the chip while it runs to a step, as `neuron@step`, with `*payload` unless
  /// it is 1.
  List<String> run(long untilStep) {
    var events = new ArrayList<String>();
    try (var stream = chip.subscribe(OUT)) {
      chip.run(RunOptions.untilStep(untilStep));
      stream.cancel();
      collect(stream, events);
    }
    return events;
  }

  static void collect(EventStream stream, List<String> events) {
    for (var batch : stream) {
      for (int i = 0; i < batch.size(); i++) {
        events.add(text(batch.steps()[i], batch.neurons()[i], batch.payloads()[i]));
      }
    }
  }

  static String text(long step, int neuron, int payload) {
    return neuron + (payload == 1 ? "" : "*" + payload) + "@" + step;
  }

  /// Holds up all of the server's event loops; they stand still when this returns.
  void holdLoops(CountDownLatch release) throws InterruptedException {
    int loops = 0;
    var held = new CountDownLatch(2);
    for (var loop : server.loops()) {
      loop.execute(() -> hold(held, release));
      loops++;
    }
    assertThat(loops).isEqualTo(2);
    held.await();
  }

  /// Holds up one of the server's event loops.
  void holdLoop(int index, CountDownLatch release) {
    var loops = new ArrayList<EventExecutor>();
    server.loops().forEach(loops::add);
    loops.get(index).execute(() -> hold(new CountDownLatch(1), release));
  }

  /// Holds up the chip's thread; it stands still when this returns.
  void holdChip(CountDownLatch release) throws InterruptedException {
    var held = new CountDownLatch(1);
    server.leases().all().getFirst().runner().post(() -> hold(held, release));
    held.await();
  }

  private static void hold(CountDownLatch held, CountDownLatch release) {
    held.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    socket.close();
    connection.close();
    server.close();
  }
}
