package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import engram.protocol.Columns;
import engram.protocol.v1.Code;
import engram.protocol.v1.InjectRequest;
import engram.protocol.v1.LoadRequest;
import engram.protocol.v1.OverflowPolicy;
import engram.protocol.v1.ProbeRequest;
import engram.protocol.v1.ReadRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.SubscribeRequest;
import engram.protocol.v1.WatchRequest;
import engram.protocol.v1.WriteRequest;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A client that sends much or reads little costs the server a bounded amount of memory. Measured
/// after a garbage collection, in bytes of the heap and of Netty's buffers.
@Timeout(300)
class MemoryTest extends ServerTest {
  private static final long MIB = 1 << 20;

  private static Request.Builder on(int chip) {
    return Request.newBuilder().setChip(chip);
  }

  private static long used() {
    long heap = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      heap = Math.min(heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return heap + Math.max(0, PlatformDependent.usedDirectMemory());
  }

  @Test
  void aHundredIdleSessionsAndASlowReaderOfAFastStreamStayWithinAFewMebibytes() {
    var sessions = new ArrayList<RawClient>();
    try (var driver = client();
        var slow = RawClient.silent(server(), 4096).hello("")) {
      var lease = driver.lease();
      driver.call(RawClient.loadYaml(lease.getChip(), Networks.STORM));
      long before = used();
      for (int i = 0; i < 100; i++) {
        sessions.add(client());
      }
      int chip =
          slow.call(
                  Request.newBuilder()
                      .setWatch(WatchRequest.newBuilder().setLease(lease.getLease())))
              .getWatch()
              .getChip();
      slow.send(
          on(chip)
              .setSubscribe(
                  SubscribeRequest.newBuilder().setPopulation("rain").setCredit(Long.MAX_VALUE)));
      slow.send(
          on(chip)
              .setProbe(
                  ProbeRequest.newBuilder()
                      .setCredit(Long.MAX_VALUE)
                      .setField(
                          ReadRequest.Field.newBuilder().setPopulation("rain").setField("x"))));
      // 280 MB of events, and 80 MB of words.
      driver.call(RawClient.run(lease.getChip(), 20_000));
      long more = used() - before;
      assertThat(more).as("bytes more than before").isLessThan(40 * MIB);
    } finally {
      sessions.forEach(RawClient::close);
    }
  }

  @Test
  void aBlockingStreamHoldsTheChipInsteadOfItsEvents() {
    try (var driver = RawClient.silent(started(), 4096).hello("");
        var other = client()) {
      int chip = driver.leaseWith(Networks.STORM);
      driver.send(
          on(chip)
              .setSubscribe(
                  SubscribeRequest.newBuilder()
                      .setPopulation("rain")
                      .setCredit(Long.MAX_VALUE)
                      .setOverflow(OverflowPolicy.OVERFLOW_POLICY_BLOCK)));
      driver.send(RawClient.run(chip, 100_000));
      var runner = server().leases().all().get(0).runner();
      long seen = -1;
      // It has set off, and stands when other clients' round trips no longer see it move.
      for (int still = 0; still < 200; ) {
        other.call(
            Request.newBuilder().setList(engram.protocol.v1.ListRequest.getDefaultInstance()));
        still = seen > 0 && runner.step() == seen ? still + 1 : 0;
        seen = runner.step();
      }
      assertThat(seen).isBetween(1L, 2000L);
    }
  }

  @Test
  void answersThatNobodyReadsStopTheReadingOfRequests() throws Exception {
    try (var client = client();
        var other = client()) {
      int chip = client.leaseWith(Networks.DICE);
      long before = used();
      var sent = new AtomicInteger();
      int requests = 6_000;
      var read =
          on(chip)
              .setRead(
                  ReadRequest.newBuilder()
                      .setSynapses(ReadRequest.Synapses.newBuilder().setProjection("wire")));
      // 98 MB of weights.
      var writer =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < requests; i++) {
                  client.write(read.setId(1000 + i).build());
                  client.flush();
                  sent.set(i);
                }
              });
      int seen = -1;
      for (int still = 0; still < 300 && sent.get() < requests - 1; ) {
        other.call(
            Request.newBuilder().setList(engram.protocol.v1.ListRequest.getDefaultInstance()));
        still = sent.get() == seen ? still + 1 : 0;
        seen = sent.get();
      }
      assertThat(used() - before).isLessThan(60 * MIB);
      int refused = 0;
      for (int i = 0; i < requests; i++) {
        refused += client.receive().hasError() ? 1 : 0;
      }
      assertThat(refused).isLessThan(requests);
      writer.join();
      assertThat(client.call(RawClient.describe(chip)).hasDescribe()).isTrue();
    }
  }

  @Test
  void requestsThatHaveEndedCountAsLongAsTheChipHasNotTakenThem() throws Exception {
    try (var client = client();
        var other = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      long before = used();
      var busy = new CountDownLatch(1);
      var runner = server().leases().all().get(0).runner();
      runner.post(() -> {
        try {
          busy.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
      var write =
          on(chip)
              .setDeadlineMs(1)
              .setWrite(
                  WriteRequest.newBuilder()
                      .setWeights(
                          WriteRequest.Weights.newBuilder()
                              .setProjection("nerve")
                              .setValues(ByteString.copyFrom(new byte[(int) MIB]))));
      int requests = 300;
      var sent = new AtomicInteger();
      var writer =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < requests; i++) {
                  client.write(write.setId(1000 + i).build());
                  client.flush();
                  sent.set(i);
                }
              });
      int seen = -1;
      for (int still = 0; still < 300 && sent.get() < requests - 1; ) {
        other.call(
            Request.newBuilder().setList(engram.protocol.v1.ListRequest.getDefaultInstance()));
        still = sent.get() == seen ? still + 1 : 0;
        seen = sent.get();
      }
      long more = used() - before;
      busy.countDown();
      for (int i = 0; i < requests; i++) {
        assertThat(client.receive().hasError()).isTrue();
      }
      writer.join();
      assertThat(more).isLessThan(80 * MIB);
      assertThat(client.call(RawClient.run(chip, 1)).hasRun()).isTrue();
    }
  }

  @Test
  void eventsThatAreGoneLeaveNoMemoryBehind() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      long before = used();
      int events = 1 << 20;
      long[] steps = new long[events];
      for (int i = 0; i < 20; i++) {
        Arrays.fill(steps, i);
        steps[events - 1] = 1L << 40;
        var inject =
            InjectRequest.newBuilder()
                .setPopulation("ear")
                .setNeurons(ByteString.copyFrom(new byte[Integer.BYTES * events]))
                .setSteps(Columns.ofLongs(steps, events));
        client.call(on(chip).setInject(inject));
        client.call(RawClient.run(chip, 1));
      }
      assertThat(used() - before).isLessThan(40 * MIB);
    }
  }

  @Test
  void eventsThatWaitAreLimitedInNumberAndInBatches() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      int events = 1 << 20;
      var far =
          InjectRequest.newBuilder()
              .setPopulation("ear")
              .setStep(1L << 40)
              .setNeurons(ByteString.copyFrom(new byte[Integer.BYTES * events]));
      for (int i = 0; i < 7; i++) {
        client.call(on(chip).setInject(far));
      }
      var refused = client.refused(on(chip).setInject(far));
      assertThat(refused.getCode()).isEqualTo(Code.CODE_RESOURCE_EXHAUSTED);
      assertThat(refused.getRetryAfterMs()).isPositive();
      client.call(on(chip).setInject(far.setNeurons(Columns.ofInts(1))));
      assertThat(client.call(RawClient.run(chip, 1)).hasRun()).isTrue();
    }
  }

  @Test
  void loadsThatAreRefusedLeaveNoMemoryBehind() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      client.refused(on(chip).setLoad(junk()));
      long before = used();
      for (int i = 0; i < 6; i++) {
        client.refused(on(chip).setLoad(junk()));
        client.refused(RawClient.loadYaml(chip, "network: {a: " + "b".repeat((int) MIB) + "}"));
      }
      assertThat(used() - before).isLessThan(40 * MIB);
    }
  }

  private static LoadRequest.Builder junk() {
    return LoadRequest.newBuilder().setImage(ByteString.copyFrom(new byte[(int) (8 * MIB)]));
  }
}
