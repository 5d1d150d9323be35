package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import engram.client.Engram;
import engram.client.LatePolicy;
import engram.client.UdpInput;
import engram.client.UdpInputCounts;
import engram.client.UdpInputOptions;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A sender that sends as fast as it can fills nothing without bound and holds up nobody.
final class UdpFloodTest {
  private static final int NEURONS = 100;
  private static final int KEYS = 255;

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

  /// Sends packets until so many have come in, beside those that the system drops.
  private void flood(UdpInput input, byte[] packet, long packets) {
    long taken = 0;
    while (taken < packets) {
      for (int i = 0; i < 200; i++) {
        rig.send(input.port(), packet);
      }
      var counts = input.next(UdpRig.SOON).orElseThrow();
      assertThat(counts.damaged()).isZero();
      taken = counts.packets();
    }
  }

  @Test
  void whatAChipThatStandsStillCannotFetchIsLostAndCounted() throws InterruptedException {
    var release = new CountDownLatch(1);
    try (var input = rig.open(UdpInputOptions.eieio(UdpRig.IN));
        var other = Engram.connect(rig.uri())) {
      rig.holdChip(release);
      long packets = 2 * engram.server.UdpInput.ROOM / KEYS;
      flood(input, packet(0), packets);
      assertThat(other.list().getLeasesCount()).isEqualTo(1);
      rig.readAll(input);
      release.countDown();
      var counts = rig.settle(input);
      assertThat(counts.events() + counts.lost()).isEqualTo(KEYS * plain(counts));
      assertThat(counts.events()).isEqualTo(engram.server.UdpInput.ROOM / KEYS * KEYS);
    } finally {
      release.countDown();
    }
  }

  @Test
  void eventsOfTheFutureLeaveRoomForTheClient() {
    try (var input = rig.open(UdpInputOptions.eieio(UdpRig.IN).timedInSteps(1 << 20))) {
      int most = engram.server.UdpInput.MOST_WAITING;
      flood(input, packet(7), most / KEYS + 200);
      var counts = rig.settle(input);
      assertThat(counts.events() + counts.lost()).isEqualTo(KEYS * plain(counts));
      assertThat(counts.events()).isLessThanOrEqualTo(most).isGreaterThan(most / 2);
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
