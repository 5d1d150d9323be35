package engram.server;

import com.google.protobuf.ByteString;
import engram.protocol.FrameDecoder;
import engram.protocol.FrameEncoder;
import engram.protocol.v1.Request;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Leases emulated chips to clients over sockets.
public final class EngramServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(EngramServer.class.getName());
  private static final int BACKLOG = 256;
  private static final int MOST_SESSIONS = 4096;
  private static final long EXPIRY_MILLIS = 250;
  private static final long JOIN_MILLIS = 10_000;

  private final ServerOptions options;
  private final Metrics metrics = new Metrics();
  private final Accounts accounts;
  private final Leases leases;
  private final EventLoopGroup loops;
  private final ExecutorService files = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private final List<Channel> listening = new ArrayList<>();
  private HTTPServer metricsServer;
  private boolean ownsSocket;

  private EngramServer(ServerOptions options) throws IOException {
    this.options = options;
    Files.createDirectories(options.data());
    accounts =
        options.security().tokens() == null
            ? Accounts.open(options.data())
            : Accounts.read(options.security().tokens(), options.data());
    accounts.clean();
    leases = new Leases(options.chips(), metrics, new CheckpointPlan(options.snapshotEverySteps()));
    metrics.gauge("engram_sessions", "Connections that are open.", sessions::size);
    metrics.gauges(
        "engram_streams",
        "Streams that are open.",
        Session.STREAM_KINDS,
        streams -> sessions.forEach(session -> session.countStreams(streams)));
    loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  }

  /// Starts a server. It listens when this returns.
  ///
  /// @throws IllegalArgumentException if what it is told does not go together
  /// @throws IOException if it can't listen, or can't read what it needs
  public static EngramServer start(ServerOptions options) throws IOException {
    options.requireSafe();
    var server = new EngramServer(options);
    try {
      server.listen();
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void listen() throws IOException {
    var where = options.listening();
    var pem = options.security().tls();
    var tls = pem == null ? null : tls(pem);
    if (where.tcp() != null) {
      bind(NioServerSocketChannel.class, where.tcp(), tls);
    }
    if (where.unix() != null) {
      removeStaleSocket(where.unix());
      bind(NioServerDomainSocketChannel.class, UnixDomainSocketAddress.of(where.unix()), null);
      ownsSocket = true;
    }
    if (where.metrics() != null) {
      metricsServer =
          HTTPServer.builder()
              .inetAddress(where.metrics().getAddress())
              .port(where.metrics().getPort())
              .registry(metrics.registry())
              .buildAndStart();
    }
    loops
        .next()
        .scheduleAtFixedRate(this::expire, EXPIRY_MILLIS, EXPIRY_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Whatever one lease throws, the others still expire: what throws is not run again.
  private void expire() {
    try {
      leases.expire();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "expiry of leases", e);
    }
  }

  private static SslContext tls(ServerOptions.Tls files) throws IOException {
    var builder = SslContextBuilder.forServer(files.certificate().toFile(), files.key().toFile());
    if (files.clientAuthority() != null) {
      builder.trustManager(files.clientAuthority().toFile()).clientAuth(ClientAuth.REQUIRE);
    }
    return builder.build();
  }

  private void bind(Class<? extends ServerChannel> kind, SocketAddress address, SslContext tls)
      throws IOException {
    var encoder = new FrameEncoder();
    var bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(kind)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (sessions.size() >= MOST_SESSIONS) {
                      metrics.sessionRefused();
                      channel.close();
                      return;
                    }
                    if (channel instanceof io.netty.channel.socket.SocketChannel tcp) {
                      tcp.config().setTcpNoDelay(true).setKeepAlive(true);
                    }
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    channel
                        .pipeline()
                        .addLast(
                            new FrameDecoder(
                                Request.parser(),
                                Math.min(Session.HELLO_BYTES, options.maxFrameBytes())))
                        .addLast(encoder)
                        .addLast(new Session(EngramServer.this));
                  }
                });
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("can't listen on " + address + ": " + bound.cause().getMessage());
    }
    listening.add(bound.channel());
  }

  /// A socket that a killed server has left is in the way of the next one. Anything else is left
  /// alone.
  private static void removeStaleSocket(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException("can't listen on " + path + ": something else than a socket is there");
    }
    try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
      throw new BindException("can't listen on " + path + ": another server does");
    } catch (BindException e) {
      throw e;
    } catch (IOException e) {
      Files.delete(path);
    }
  }

  /// The TCP address that the server listens on; null if there is none.
  public InetSocketAddress address() {
    return listening.stream()
        .map(Channel::localAddress)
        .filter(InetSocketAddress.class::isInstance)
        .map(InetSocketAddress.class::cast)
        .findFirst()
        .orElse(null);
  }

  /// The port that Prometheus reads.
  public int metricsPort() {
    return metricsServer.getPort();
  }

  ServerOptions options() {
    return options;
  }

  Metrics metrics() {
    return metrics;
  }

  Accounts accounts() {
    return accounts;
  }

  Leases leases() {
    return leases;
  }

  EventLoopGroup loops() {
    return loops;
  }

  ExecutorService files() {
    return files;
  }

  Set<Session> allSessions() {
    return Set.copyOf(sessions);
  }

  void opened(Session session) {
    metrics.sessionOpened();
    sessions.add(session);
  }

  void closed(Session session) {
    sessions.remove(session);
  }

  /// The protocol as a serialized `FileDescriptorSet`.
  static ByteString descriptors() {
    try (var in = Request.class.getResourceAsStream("/engram/protocol/engram.v1.binpb")) {
      return ByteString.readFrom(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Goes down in order: takes no more connections, ends runs after their step with an answer,
  /// closes connections, ends threads. What still has something to say ends before those that carry
  /// it: chips and file calls before gateways, these before connections, all before the event
  /// loops.
  @Override
  public synchronized void close() {
    if (loops.isShuttingDown()) {
      return;
    }
    listening.forEach(channel -> channel.close().awaitUninterruptibly());
    leases.close("the server is going down");
    files.shutdown();
    try {
      for (var runner : leases.runners()) {
        runner.join(JOIN_MILLIS);
      }
      files.awaitTermination(JOIN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loops.forEach(loop -> loop.submit(() -> {}).awaitUninterruptibly(JOIN_MILLIS));
    var left = allSessions();
    left.forEach(Session::close);
    left.forEach(session -> session.awaitEnd(JOIN_MILLIS));
    loops.shutdownGracefully(100, JOIN_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    if (metricsServer != null) {
      metricsServer.stop();
    }
    if (ownsSocket) {
      var socket = options.listening().unix();
      try {
        Files.deleteIfExists(socket);
      } catch (IOException e) {
        LOG.log(Level.WARNING, "socket {0}: {1}", socket, e.getMessage());
      }
    }
  }
}
