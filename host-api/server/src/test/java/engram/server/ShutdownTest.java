package engram.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import engram.client.Code;
import engram.client.EngramException;
import engram.client.LiveStream;
import engram.client.RunEnd;
import engram.client.RunOptions;
import engram.client.UdpInputOptions;
import engram.client.UdpOutputOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server that goes down while much is under way: what has something to say ends before what
/// would carry it, so that nothing is left to complain about.
@Timeout(120)
class ShutdownTest {
  private static final Logger ROOT = Logger.getLogger("");

  @TempDir Path data;

  private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();
  private final Handler log =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
            complaints.add(entry.getMessage() + ": " + entry.getThrown());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listenToTheLog() {
    ROOT.addHandler(log);
  }

  @AfterEach
  void leaveTheLog() {
    ROOT.removeHandler(log);
  }

  private static void endsWith(ThrowingCallable call, Code code) {
    var failure = catchThrowableOfType(EngramException.class, call);
    assertThat(failure.code()).as("%s", failure).isEqualTo(code);
  }

  private static <T> List<T> rest(LiveStream<T> gateway) {
    var taken = new ArrayList<T>();
    gateway.forEach(taken::add);
    return taken;
  }

  @Test
  void gatewaysOfAChipThatIsStillEndingAreEndedBeforeTheEventLoops() throws Exception {
    try (var rig = new UdpRig(data, 8)) {
      var in = rig.open(UdpInputOptions.eieio(UdpRig.IN));
      var release = new CountDownLatch(1);
      rig.holdChip(release);
      var given = rig.server.leases().all().getFirst();
      rig.server.leases().end(given, "a test");
      var closing = Thread.ofVirtual().start(rig.server::close);
      assertThat(closing.join(Duration.ofMillis(300))).isFalse();
      release.countDown();
      closing.join();
      endsWith(() -> rest(in), Code.ABORTED);
    }
    assertThat(complaints).isEmpty();
  }

  /// The two event loops of a server need not be equally fast.
  @Test
  void aSlowEventLoopIsWaitedForBeforeTheOtherOneEnds() throws Exception {
    for (int held = 0; held < 2; held++) {
      try (var rig = new UdpRig(data, 8)) {
        var in = rig.open(UdpInputOptions.eieio(UdpRig.IN));
        var out = rig.chip.openUdpOutput(toSocket(rig));
        var release = new CountDownLatch(1);
        rig.holdLoop(held, release);
        var closing = Thread.ofVirtual().start(rig.server::close);
        assertThat(closing.join(Duration.ofMillis(300))).isFalse();
        release.countDown();
        closing.join();
        endsWith(() -> rest(in), Code.ABORTED);
        endsWith(() -> rest(out), Code.ABORTED);
      }
      assertThat(complaints).isEmpty();
    }
  }

  private static UdpOutputOptions toSocket(UdpRig rig) {
    return UdpOutputOptions.to(UdpRig.OUT, "spike", "127.0.0.1", rig.socket.getLocalPort());
  }

  @Test
  void aBusyServerGoesDownWithoutAComplaint() {
    for (int i = 0; i < 5; i++) {
      try (var rig = new UdpRig(data, 8)) {
        var in = rig.open(UdpInputOptions.eieio(UdpRig.IN));
        var out = rig.chip.openUdpOutput(toSocket(rig));
        var run = rig.chip.runAsync(RunOptions.untilStopped());
        assertThat(rig.chip.describe().getRunning()).isTrue();
        for (int packet = 0; packet < 200; packet++) {
          rig.send(in.port(), "04 08 00000000 01000000 02000000 03000000");
        }
        var files = rig.connection.store().filesAsync();
        rig.server.close();
        assertThat(run.result().end()).isEqualTo(RunEnd.RELEASED);
        endsWith(() -> rest(in), Code.ABORTED);
        endsWith(() -> rest(out), Code.ABORTED);
        assertThat(files.handle((_, _) -> true).join()).isTrue();
      }
      assertThat(complaints).isEmpty();
    }
  }
}
