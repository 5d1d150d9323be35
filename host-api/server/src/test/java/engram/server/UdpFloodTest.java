package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import engram.client.Engram;
import engram.client.LatePolicy;
import engram.client.UdpInput;
import engram.client.UdpInputCounts;
import engram.client.UdpInputOptions;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A sender that sends as fast as it can fills nothing without bound and holds up nobody.
final class UdpFloodTest {
  private static final int NEURONS = 100;
  private static final int KEYS = 255;
  private static final int ROOM = engram.server.UdpInput.ROOM;
  private static final int MOST_WAITING = engram.server.UdpInput.MOST_WAITING;

  @TempDir private Path data;
  private UdpRig rig;

  @BeforeEach
  void start() {
    rig = new UdpRig(data, NEURONS);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  /// Keys of neuron 5, all with one time.
  private static byte[] packet(int time) {
    byte[] bytes = new byte[4 + 2 * KEYS];
    bytes[0] = (byte) KEYS;
    bytes[1] = 0x30;
    bytes[2] = (byte) time;
    bytes[3] = (byte) (time >> 8);
    for (int i = 0; i < KEYS; i++) {
      bytes[4 + 2 * i] = 5;
    }
    return bytes;
  }

  private static long plain(UdpInputCounts counts) {
    return counts.packets() - counts.commands().values().stream().mapToLong(n -> n).sum();
  }

  /// Sends packets until it is enough of what has come in; the system drops some.
  private void flood(UdpInput input, byte[] packet, Predicate<UdpInputCounts> enough) {
    UdpInputCounts counts;
    do {
      for (int i = 0; i < 200; i++) {
        rig.send(input.port(), packet);
      }
      counts = input.next(UdpRig.SOON).orElseThrow();
      assertThat(counts.damaged()).isZero();
    } while (!enough.test(counts));
  }

  @Test
  void whatAChipThatStandsStillCannotFetchIsLostAndCounted() throws InterruptedException {
    var release = new CountDownLatch(1);
    try (var input = rig.open(UdpInputOptions.eieio(UdpRig.IN));
        var other = Engram.connect(rig.uri())) {
      rig.holdChip(release);
      flood(input, packet(0), counts -> counts.packets() * KEYS > 2 * ROOM);
      assertThat(other.list().getLeasesCount()).isEqualTo(1);
      rig.readAll(input);
      release.countDown();
      var counts = rig.settle(input);
      assertThat(counts.events() + counts.lost()).isEqualTo(KEYS * plain(counts));
      assertThat(counts.events()).isEqualTo(ROOM / KEYS * KEYS);
    } finally {
      release.countDown();
    }
  }

  @Test
  void eventsOfTheFutureLeaveRoomForTheClient() {
    try (var input = rig.open(UdpInputOptions.eieio(UdpRig.IN).timedInSteps(1 << 20))) {
      flood(input, packet(7), c -> c.events() > MOST_WAITING - ROOM);
      long before = plain(rig.settle(input));
      flood(input, packet(7), c -> (plain(c) - before) * KEYS > 4 * ROOM);
      var counts = rig.settle(input);
      assertThat(counts.events() + counts.lost()).isEqualTo(KEYS * plain(counts));
      assertThat(counts.events()).isBetween((long) MOST_WAITING - ROOM, (long) MOST_WAITING);
      assertThat(counts.lost()).isPositive();
      assertThat(
              rig.chip
                  .inject(UdpRig.IN, new int[] {3}, new short[0], new long[] {0}, LatePolicy.REJECT)
                  .accepted())
          .isEqualTo(1);
      assertThat(rig.run(3)).containsExactly("3@0");
    }
  }
}
