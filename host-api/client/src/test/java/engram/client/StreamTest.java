package engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import engram.protocol.Columns;
import engram.protocol.v1.Cost;
import engram.protocol.v1.OverflowPolicy;
import engram.protocol.v1.ProbeResponse;
import engram.protocol.v1.ReadResponse;
import engram.protocol.v1.Request;
import engram.protocol.v1.Request.CallCase;
import engram.protocol.v1.Response;
import engram.protocol.v1.SubscribeResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StreamTest {
  private static final Duration SOON = Duration.ofSeconds(240);
  private static final int CREDIT = 100;

  private final FakePeer peer = new FakePeer();
  private Connection connection;
  private RemoteChip chip;

  @BeforeEach
  void lease() {
    connection = Engram.connect(peer.uri());
    chip = connection.lease("engram-1");
  }

  @AfterEach
  void close() {
    peer.close();
    connection.close();
  }

  private EventStream subscribe() {
    return chip.subscribe(SubscribeOptions.of("out", "spike").withCredit(CREDIT));
  }

  /// A batch of events of one step, of neurons 0, 1, 2...
  private static Response.Builder batch(Request request, long step, int events, long lost) {
    long[] steps = new long[events];
    int[] neurons = new int[events];
    for (int i = 0; i < events; i++) {
      steps[i] = step;
      neurons[i] = i;
    }
    return FakePeer.to(request)
        .setMore(true)
        .setEvents(
            SubscribeResponse.newBuilder()
                .setSteps(Columns.ofLongs(steps, events))
                .setNeurons(Columns.ofInts(neurons))
                .setLost(lost)
                .setStep(step + 1));
  }

  /// Waits until the client has read all that was sent before.
  private void settle() {
    var answer = chip.resetAsync();
    var reset = peer.take(CallCase.RESET);
    peer.reply(FakePeer.to(reset).setReset(engram.protocol.v1.ResetResponse.getDefaultInstance()));
    Failures.soon(answer);
  }

  @Test
  void asksForWhatWasWanted() {
    chip.subscribe(
        SubscribeOptions.of("out", "plus")
            .onCore(3)
            .withOverflow(Overflow.BLOCK)
            .withCredit(77)
            .withBatches(10, 4));
    var request = peer.take(CallCase.SUBSCRIBE);
    assertThat(request.getChip()).isEqualTo(FakePeer.CHIP);
    assertThat(request.getDeadlineMs()).isZero();
    var subscribe = request.getSubscribe();
    assertThat(subscribe.getStream()).isEqualTo("plus");
    assertThat(subscribe.getCore()).isEqualTo(3);
    assertThat(subscribe.getOverflow()).isEqualTo(OverflowPolicy.OVERFLOW_POLICY_BLOCK);
    assertThat(subscribe.getCredit()).isEqualTo(77);
    assertThat(subscribe.getBatchEvents()).isEqualTo(10);
    assertThat(subscribe.getBatchSteps()).isEqualTo(4);
  }

  @Test
  void eventsComeInColumns() {
    try (var stream = subscribe()) {
      var request = peer.take(CallCase.SUBSCRIBE);
      peer.reply(
          FakePeer.to(request)
              .setMore(true)
              .setEvents(
                  SubscribeResponse.newBuilder()
                      .setSteps(Columns.ofLongs(new long[] {4, 5}, 2))
                      .setNeurons(Columns.ofInts(9, 1))
                      .setPayloads(Columns.ofShorts(new short[] {-3, 2}, 2))
                      .setStep(6)));
      peer.reply(batch(request, 6, 2, 0));
      var graded = stream.next(SOON).orElseThrow();
      assertThat(graded.size()).isEqualTo(2);
      assertThat(graded.steps()).containsExactly(4, 5);
      assertThat(graded.neurons()).containsExactly(9, 1);
      assertThat(graded.payloads()).containsExactly((short) -3, (short) 2);
      assertThat(graded.step()).isEqualTo(6);
      var plain = stream.next(SOON).orElseThrow();
      assertThat(plain.payloads()).containsExactly((short) 1, (short) 1);
    }
  }

  @Test
  void nothingInTimeIsNoFailure() {
    try (var stream = subscribe()) {
      peer.take(CallCase.SUBSCRIBE);
      assertThat(stream.next(Duration.ofMillis(1))).isEmpty();
      assertThat(stream.isOver()).isFalse();
    }
  }

  @Test
  void creditFollowsWhatIsTakenNotWhatHasCome() {
    try (var stream = subscribe()) {
      var request = peer.take(CallCase.SUBSCRIBE);
      for (int step = 0; step < 10; step++) {
        peer.reply(batch(request, step, 10, 0));
      }
      settle();
      long granted = 0;
      for (int taken = 10; taken <= CREDIT; taken += 10) {
        assertThat(stream.next(SOON).orElseThrow().size()).isEqualTo(10);
        boolean due = taken - granted >= CREDIT / 4 || taken == CREDIT;
        if (due) {
          var credit = peer.take(CallCase.CREDIT);
          assertThat(credit.getId()).isZero();
          assertThat(credit.getChip()).isEqualTo(FakePeer.CHIP);
          assertThat(credit.getCredit().getRequest()).isEqualTo(request.getId());
          granted += credit.getCredit().getUnits();
          assertThat(granted).isEqualTo(taken);
        }
      }
      assertThat(granted).isEqualTo(CREDIT);
    }
  }

  @Test
  void allCreditIsBackBeforeTheConsumerWaits() {
    try (var stream = subscribe()) {
      var request = peer.take(CallCase.SUBSCRIBE);
      peer.reply(batch(request, 0, 1, 0));
      stream.next(SOON);
      assertThat(peer.take(CallCase.CREDIT).getCredit().getUnits()).isEqualTo(1);
    }
  }

  @Test
  void lossesAreCounted() {
    try (var stream = subscribe()) {
      var request = peer.take(CallCase.SUBSCRIBE);
      peer.reply(batch(request, 0, 1, 0));
      peer.reply(batch(request, 1, 1, 30));
      peer.reply(batch(request, 2, 1, 12));
      assertThat(stream.next(SOON).orElseThrow().lost()).isZero();
      assertThat(stream.next(SOON).orElseThrow().lost()).isEqualTo(30);
      assertThat(stream.next(SOON).orElseThrow().lost()).isEqualTo(12);
      assertThat(stream.lost()).isEqualTo(42);
    }
  }

  @Test
  void aFailedStreamIsReadToItsEndFirst() {
    var stream = subscribe();
    var request = peer.take(CallCase.SUBSCRIBE);
    peer.reply(batch(request, 0, 2, 0));
    peer.refuse(request, engram.protocol.v1.Code.CODE_RESOURCE_EXHAUSTED, "too slow");
    settle();
    assertThat(stream.next(SOON).orElseThrow().size()).isEqualTo(2);
    assertThat(Failures.of(() -> stream.next(SOON)))
        .hasMessage("too slow")
        .returns(Code.RESOURCE_EXHAUSTED, EngramException::code);
  }

  @Test
  void anIterationEndsWithTheStream() {
    var stream = subscribe();
    var request = peer.take(CallCase.SUBSCRIBE);
    peer.reply(batch(request, 0, 1, 0));
    peer.reply(batch(request, 1, 2, 0));
    stream.cancel();
    assertThat(peer.take(CallCase.CANCEL).getCancel().getRequest()).isEqualTo(request.getId());
    peer.reply(batch(request, 2, 3, 0));
    peer.refuse(request, engram.protocol.v1.Code.CODE_CANCELLED, "cancelled");
    var sizes = new ArrayList<Integer>();
    for (var batch : stream) {
      sizes.add(batch.size());
    }
    assertThat(sizes).containsExactly(1, 2, 3);
    assertThat(stream.isOver()).isTrue();
    assertThatThrownBy(stream.iterator()::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void aStreamThatIsClosedForgetsWhatWasNotTaken() {
    var stream = subscribe();
    var request = peer.take(CallCase.SUBSCRIBE);
    peer.reply(batch(request, 0, 1, 0));
    settle();
    stream.close();
    peer.take(CallCase.CANCEL);
    assertThat(stream.next(SOON)).isEmpty();
    assertThat(stream.isOver()).isTrue();
  }

  @Test
  void closingAStreamWakesWhoWaitsForIt() {
    var stream = subscribe();
    peer.take(CallCase.SUBSCRIBE);
    var waiting = CompletableFuture.supplyAsync(() -> stream.iterator().hasNext());
    stream.close();
    assertThat(Failures.soon(waiting)).isFalse();
  }

  @Test
  void aListenerHearsEachBatchAndTheEnd() {
    var stream = subscribe();
    var request = peer.take(CallCase.SUBSCRIBE);
    var sizes = Collections.synchronizedList(new ArrayList<Integer>());
    var done = stream.listen(batch -> sizes.add(batch.size()));
    peer.reply(batch(request, 0, 3, 0));
    peer.reply(batch(request, 1, 4, 0).setMore(false));
    Failures.soon(done);
    assertThat(sizes).containsExactly(3, 4);
  }

  @Test
  void aListenerThatFailsEndsTheStream() {
    var stream = subscribe();
    var request = peer.take(CallCase.SUBSCRIBE);
    peer.reply(batch(request, 0, 3, 0));
    var done =
        stream.listen(_ -> {
          throw new IllegalStateException("no");
        });
    assertThatThrownBy(() -> Failures.soon(done)).hasStackTraceContaining("no");
    peer.take(CallCase.CREDIT);
    peer.take(CallCase.CANCEL);
  }

  @Test
  void columnsOfUnequalLengthEndTheStream() {
    var stream = subscribe();
    var request = peer.take(CallCase.SUBSCRIBE);
    peer.reply(
        FakePeer.to(request)
            .setMore(true)
            .setEvents(
                SubscribeResponse.newBuilder()
                    .setNeurons(Columns.ofInts(1, 2))
                    .setSteps(Columns.ofLongs(new long[] {1}, 1))));
    assertThat(Failures.of(() -> stream.next(SOON)).code()).isEqualTo(Code.INTERNAL);
    assertThat(stream.isOver()).isTrue();
  }

  @Test
  void aProbeBringsWordsOrCost() {
    try (var probe =
        chip.probe(ProbeOptions.field("hidden", "v").everySteps(5).onChange().withCredit(2))) {
      var request = peer.take(CallCase.PROBE);
      assertThat(request.getProbe().getEverySteps()).isEqualTo(5);
      assertThat(request.getProbe().getOnChange()).isTrue();
      assertThat(request.getProbe().getCredit()).isEqualTo(2);
      var words =
          ReadResponse.newBuilder().setRows(1).setColumns(2).setValues(Columns.ofInts(7, -7));
      peer.reply(
          FakePeer.to(request)
              .setMore(true)
              .setProbe(ProbeResponse.newBuilder().setStep(5).setWords(words).setLost(1)));
      var sample = probe.next(SOON).orElseThrow();
      assertThat(sample.words().orElseThrow().values()).containsExactly(7, -7);
      assertThat(sample.cost()).isEmpty();
      assertThat(probe.lost()).isEqualTo(1);
      assertThat(peer.take(CallCase.CREDIT).getCredit().getUnits()).isEqualTo(1);
    }
    peer.take(CallCase.CANCEL);
    try (var probe = chip.probe(ProbeOptions.counters())) {
      var request = peer.take(CallCase.PROBE);
      assertThat(request.getProbe().hasCounters()).isTrue();
      peer.reply(
          FakePeer.to(request)
              .setMore(true)
              .setProbe(ProbeResponse.newBuilder().setCost(Cost.newBuilder().setCycles(3))));
      assertThat(probe.next(SOON).orElseThrow().cost().orElseThrow().getCycles()).isEqualTo(3);
    }
  }

  @Test
  void closingTheChipEndsItsStreams() {
    var stream = subscribe();
    peer.take(CallCase.SUBSCRIBE);
    chip.close();
    peer.take(CallCase.CANCEL);
    peer.take(CallCase.RELEASE);
    assertThat(stream.isOver()).isTrue();
  }

  @Test
  void aStreamWithoutCreditIsRefused() {
    assertThatThrownBy(() -> SubscribeOptions.of("out").withCredit(0))
        .hasMessage("credit: 0 (expected: 1 or more)");
    assertThat(SubscribeOptions.of("out").request().getStreamBytes()).isEqualTo(ByteString.EMPTY);
  }
}
