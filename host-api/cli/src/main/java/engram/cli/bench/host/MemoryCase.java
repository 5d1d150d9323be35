package engram.cli.bench.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import engram.client.Connection;
import engram.client.Engram;
import engram.client.Overflow;
import engram.client.RunOptions;
import engram.client.SubscribeOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// What the server's process grows by when there are 100 idle connections and a client that does
/// not take the events of a fast stream.
final class MemoryCase implements HostCase {
  private static final int NEURONS = 8192;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public void measure(int rounds, boolean quick, ObjectNode result) throws IOException {
    List<Connection> idle = new ArrayList<>();
    try (var server = new ServerProcess();
        var connection = Engram.connect(server.uri());
        var chip = connection.lease("engram-1")) {
      chip.load(Networks.fountain(NEURONS));
      chip.run(quick ? 10 : 20_000);
      long before = server.residentBytes();
      for (int i = 0; i < 100; i++) {
        idle.add(Engram.connect(server.uri()));
      }
      var options =
          SubscribeOptions.of(Networks.OUT).withOverflow(Overflow.DROP).withCredit(1L << 40);
      try (var _ = chip.subscribe(options)) {
        var run = chip.runAsync(RunOptions.untilStopped());
        LockSupport.parkNanos(Duration.ofSeconds(quick ? 1 : 10).toNanos());
        run.stop();
        run.result();
        result.put("grown_bytes", server.residentBytes() - before);
        result.put("resident_bytes", server.residentBytes());
      }
    } finally {
      idle.forEach(Connection::close);
    }
  }
}
