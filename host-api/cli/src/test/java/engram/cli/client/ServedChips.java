package engram.cli.client;

import engram.cli.Cli;
import engram.client.Connection;
import engram.client.Engram;
import engram.server.EngramServer;
import engram.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// A server with chips to lease, a shell to ask it from, and a network to ask for.
final class ServedChips implements AutoCloseable {
  /// An ear whose neurons the host lets spike, and a mouth that repeats them 3 steps later, with
  /// the register `gain` as the payload of its other stream.
  static final String NETWORK =
      """
      network: echo
      populations:
        ear:   {neurons: 4, external: true}
        mouth: {neurons: 4, program: ./voice, record: [spike, level]}
      projections:
        nerve: {from: ear.spike, to: mouth.in, weights: s8 q(6) one-to-one 1.0, delay: 3, learn: ./age}
      """;

  private static final String VOICE =
      """
      .program neuron voice
      .acc    in    : s24
      .field  v     : s16
      .stream spike
      .stream level graded
      .global gain  : u4 = 1

              ld    r0, in
              cmpge p1, r0, 64
        (p1)  emit  spike
              ld    r1, gain
        (p1)  emit  level, r1
              st    v, r0
      """;

  private static final String AGE =
      """
      .program synapse age
      .tag    steps : u8
      .trigger each = step

              ld    r0, steps
              add   r0, r0, 1
              st    steps, r0
      """;

  private final Path folder;
  private final Cli cli;
  private final EngramServer server;
  private final String scheme;

  ServedChips(Path folder, int chips) throws IOException {
    this(folder, chips, options -> options, "engram");
  }

  /// @param more changes what the server is told
  ServedChips(Path folder, int chips, UnaryOperator<ServerOptions> more, String scheme)
      throws IOException {
    this.folder = folder;
    this.scheme = scheme;
    cli = new Cli(folder);
    server =
        EngramServer.start(
            more.apply(
                ServerOptions.loopback(
                    "test server", 0, Map.of("engram-1", chips), folder.resolve("store"))));
    write("voice.s", VOICE);
    write("age.s", AGE);
    write("echo.yaml", NETWORK);
  }

  Cli cli() {
    return cli;
  }

  String uri() {
    return "%s://localhost:%d".formatted(scheme, server.address().getPort());
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  Path write(String name, String text) throws IOException {
    return Files.writeString(file(name), text);
  }

  Path network() {
    return file("echo.yaml");
  }

  /// Words of `engram client`, with the server's address.
  Object[] words(Object... words) {
    var all = new ArrayList<Object>(List.of("client"));
    all.addAll(List.of(words));
    all.addAll(List.of("--server", uri()));
    return all.toArray();
  }

  /// Runs `engram client`.
  Cli.Outcome client(Object... words) {
    return cli.run(words(words));
  }

  /// Leases a chip; returns its token.
  String lease() {
    return client("lease", "engram-1").succeeds().out().strip();
  }

  /// Leases a chip and loads the network.
  String loaded() {
    String token = lease();
    client("load", network(), "--chip", token).succeeds();
    return token;
  }

  /// Name of the lease that a token is of; part of it differs from server to server.
  String name(String token) {
    return client("info", "--json", "--chip", token).json().get("lease").asText();
  }

  Connection connect() {
    return Engram.connect(uri());
  }

  @Override
  public void close() {
    server.close();
  }
}
