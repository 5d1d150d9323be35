package engram.cli.serve;

import engram.chip.preset.Presets;
import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.cli.common.Version;
import engram.cli.data.Home;
import engram.protocol.FrameDecoder;
import engram.server.EngramServer;
import engram.server.ServerOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `engram serve`: chips for clients elsewhere.
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Lease emulated chips to clients over sockets, until SIGTERM or Ctrl-C.",
    footer = {
      "",
      "Beyond loopback the server wants --tls and --token-file, or --insecure.",
      "A token file has a line each: NAME TOKEN [chips=N] [bytes=N] [events=N, a second]."
    })
public final class ServeCommand implements Callable<Integer> {
  private static final String DEFAULT_LISTEN = "127.0.0.1:7711";

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Address for TCP; port 0 takes a free one. Default: 127.0.0.1:7711.")
  private String listen;

  @Option(
      names = "--unix",
      paramLabel = "PATH",
      description = "Unix socket, beside or without TCP.")
  private Path unix;

  @Option(
      names = "--chips",
      split = ",",
      paramLabel = "PRESET[*N]",
      description =
          "Chips to lease, one of each preset unless a number says more. Default:" + " engram-1*4.")
  private List<String> chips = List.of("engram-1*4");

  @ArgGroup(exclusive = false)
  private Tls tls;

  /// TLS wants a certificate and its key.
  private static final class Tls {
    @Option(
        names = "--tls-cert",
        required = true,
        paramLabel = "PEM",
        description = "Certificate of the server, with its chain.")
    private Path certificate;

    @Option(names = "--tls-key", required = true, paramLabel = "PEM", description = "Its key.")
    private Path key;

    @Option(
        names = "--tls-client-ca",
        paramLabel = "PEM",
        description = "Clients need a certificate that one of these has signed.")
    private Path clientAuthority;
  }

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Who may use the server, and how much of it.")
  private Path tokens;

  @Option(
      names = "--insecure",
      description = "Listen beyond loopback without TLS and tokens all the same.")
  private boolean insecure;

  @Option(
      names = "--metrics",
      paramLabel = "[HOST]:PORT",
      description = "Where Prometheus reads metrics. Without a host: loopback.")
  private String metrics;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of clients' files. Default: .engram/server of the user.")
  private Path data;

  @Option(
      names = "--snapshot-every",
      paramLabel = "STEPS",
      description = "Save every chip into its client's files so often, as auto-LEASE.")
  private long snapshotEvery;

  @Option(
      names = "--max-frame",
      paramLabel = "BYTES",
      description = "Longest frame that is taken. Default: 16777216.")
  private int maxFrame = FrameDecoder.DEFAULT_LIMIT;

  @Option(
      names = "--udp-beyond-loopback",
      description =
          "Clients may open UDP ports to a network, and send packets to it. Default: loopback only.")
  private boolean udpBeyondLoopback;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (snapshotEvery < 0) {
      throw CommandException.usage(
          "--snapshot-every: " + snapshotEvery + " (expected: at least 0)");
    }
    if (maxFrame < 1024) {
      throw CommandException.usage("--max-frame: " + maxFrame + " (expected: at least 1024)");
    }
    boolean tcp = listen != null || unix == null;
    var options =
        new ServerOptions(
            "engram " + Version.number(),
            pools(chips),
            data == null ? Home.serverData() : data,
            new ServerOptions.Listening(
                tcp ? address("--listen", listen == null ? DEFAULT_LISTEN : listen) : null,
                unix,
                metrics == null ? null : address("--metrics", metrics)),
            new ServerOptions.Security(
                tls == null
                    ? null
                    : new ServerOptions.Tls(tls.certificate, tls.key, tls.clientAuthority),
                tokens,
                insecure,
                udpBeyondLoopback),
            snapshotEvery,
            maxFrame);
    var down = new CountDownLatch(1);
    var gone = new CountDownLatch(1);
    var server = EngramServer.start(options);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  down.countDown();
                  awaitQuietly(gone);
                },
                "engram-drain"));
    if (server.address() != null) {
      System.out.printf(
          "listening on %s://%s:%d%n",
          tls == null ? "engram" : "engrams",
          server.address().getAddress().getHostAddress(),
          server.address().getPort());
    }
    if (unix != null) {
      System.out.println("listening on engram+unix://" + unix.toAbsolutePath());
    }
    if (metrics != null) {
      System.out.println("metrics on port " + server.metricsPort());
    }
    System.out.flush();
    down.await();
    server.close();
    gone.countDown();
    return ExitCode.DONE;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// `HOST:PORT`, `[V6]:PORT` or `:PORT`.
  static InetSocketAddress address(String option, String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      var address = new InetSocketAddress(host.isEmpty() ? "127.0.0.1" : host, port);
      if (!address.isUnresolved()) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // A port that is none is told like a host that is none.
    }
    throw CommandException.usage(
        option + ": " + text + " (expected: HOST:PORT, with a host that is known)");
  }

  /// `PRESET` or `PRESET*N`.
  static Map<String, Integer> pools(List<String> chips) {
    var pools = new TreeMap<String, Integer>();
    for (String chip : chips) {
      int star = chip.indexOf('*');
      String preset = star < 0 ? chip : chip.substring(0, star);
      Presets.named(preset);
      int count = 1;
      try {
        count = star < 0 ? 1 : Integer.parseInt(chip.substring(star + 1));
      } catch (NumberFormatException e) {
        count = 0;
      }
      if (count < 1 || count > 1000) {
        throw CommandException.usage(
            "--chips: " + chip + " (expected: PRESET*N with N from 1 to 1000)");
      }
      pools.merge(preset, count, Integer::sum);
    }
    return pools;
  }
}
