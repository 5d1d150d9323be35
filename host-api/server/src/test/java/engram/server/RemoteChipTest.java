package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import engram.client.Connection;
import engram.client.Engram;
import engram.client.EventBatch;
import engram.client.Firmware;
import engram.client.RunOptions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the Java client and the server have to agree on.
@Timeout(60)
class RemoteChipTest extends ServerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Connection connect() {
    return Engram.connect("engram://127.0.0.1:" + started().address().getPort());
  }

  private static int watchers(Connection connection) {
    return connection.list().getLeases(0).getWatchers();
  }

  @Test
  void aWatchedChipThatIsClosedTakesItsStreamsWithItAndNothingElse() {
    try (var driver = connect();
        var watcher = connect();
        var chip = driver.lease("engram-1")) {
      chip.load(Firmware.network(Networks.STORM, Map.of()));
      var ends = watcher.watch(chip.lease());
      var staysOn = watcher.watch(chip.lease());
      var ended = ends.subscribe("rain");
      try (var goesOn = staysOn.subscribe("rain")) {
        assertThat(watchers(watcher)).isEqualTo(2);
        ends.close();
        assertThat(watchers(watcher)).isEqualTo(1);
        assertThat(ended.next(PATIENCE)).isEmpty();
        assertThat(chip.run(1).step()).isEqualTo(1);
        assertThat(goesOn.next(PATIENCE).map(EventBatch::size)).hasValue(1000);
        assertThat(staysOn.describe().getStep()).isEqualTo(1);
      }
    }
  }

  @Test
  void aRunThatWasLeftIsStoppedAfterItWasTakenUp() {
    String token;
    try (var connection = connect()) {
      var left = connection.lease("engram-1");
      left.load(Firmware.network(Networks.STORM, Map.of()));
      assertThat(left.runAsync(RunOptions.untilStopped()).isDone()).isFalse();
      token = left.detach();
    }
    try (var connection = connect();
        var chip = connection.reattach(token)) {
      assertThat(chip.describe().getRunning()).isTrue();
      var stopped = chip.stop();
      assertThat(stopped.getFound()).isTrue();
      assertThat(chip.describe().getRunning()).isFalse();
      assertThat(chip.describe().getStep()).isEqualTo(stopped.getStep());
    }
  }

  @Test
  void aWatchedChipWhoseLeaseHasEndedIsClosedInPeace() {
    try (var driver = connect();
        var watcher = connect()) {
      var chip = driver.lease("engram-1");
      try (var watched = watcher.watch(chip.lease())) {
        chip.close();
        assertThat(watcher.list().getLeasesList()).isEmpty();
        assertThat(watched.lease()).isEqualTo(chip.lease());
      }
    }
  }
}
