package engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.protocol.Columns;
import engram.protocol.v1.HelloResponse;
import engram.protocol.v1.InjectResponse;
import engram.protocol.v1.Request;
import engram.protocol.v1.Request.CallCase;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class InjectTest {
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

  private void accept(Request request, long accepted, long late, long step) {
    peer.reply(
        FakePeer.to(request)
            .setInject(
                InjectResponse.newBuilder().setAccepted(accepted).setLate(late).setStep(step)));
  }

  @Test
  void eventsTravelInColumns() {
    var answer =
        CompletableFuture.supplyAsync(() ->
            chip.inject(
                "in",
                new int[] {3, 5},
                new short[] {1, -2},
                new long[] {10, 11},
                LatePolicy.NEXT_STEP));
    var request = peer.take(CallCase.INJECT);
    var inject = request.getInject();
    assertThat(inject.getPopulation()).isEqualTo("in");
    assertThat(Columns.ints("neurons", inject.getNeurons())).containsExactly(3, 5);
    assertThat(Columns.shorts("payloads", inject.getPayloads()))
        .containsExactly((short) 1, (short) -2);
    assertThat(Columns.longs("steps", inject.getSteps())).containsExactly(10, 11);
    assertThat(inject.getLate()).isEqualTo(engram.protocol.v1.LatePolicy.LATE_POLICY_NEXT_STEP);
    accept(request, 2, 1, 11);
    assertThat(Failures.soon(answer)).isEqualTo(new InjectResult(2, 1, 0, 11));
  }

  @Test
  void emptyColumnsMeanPlainSpikesAtOnce() {
    chip.injectAsync("in", new int[] {4}, new short[0], new long[0], LatePolicy.DROP);
    var inject = peer.take(CallCase.INJECT).getInject();
    assertThat(inject.getPayloads().isEmpty()).isTrue();
    assertThat(inject.getSteps().isEmpty()).isTrue();
    assertThat(inject.hasStep()).isFalse();
  }

  @Test
  void anInjectorSendsNoMoreThanItsWindow() {
    var injector = chip.injector("in", LatePolicy.REJECT, 2);
    var worker =
        new Thread(() -> {
          for (int batch = 0; batch < 3; batch++) {
            injector.inject(new int[] {batch});
          }
        });
    worker.start();
    var first = peer.take(CallCase.INJECT);
    var second = peer.take(CallCase.INJECT);
    Waiting.await(worker);
    accept(second, 1, 0, 4);
    var third = peer.take(CallCase.INJECT);
    assertThat(Columns.ints("neurons", third.getInject().getNeurons())).containsExactly(2);
    var flushed = CompletableFuture.supplyAsync(injector::flush);
    accept(third, 1, 1, 6);
    accept(first, 1, 0, 5);
    assertThat(Failures.soon(flushed)).isEqualTo(new InjectResult(3, 1, 0, 6));
  }

  @Test
  void aPartOfTheArraysCanBeInjected() {
    chip.injector("in", LatePolicy.REJECT)
        .inject(new int[] {1, 2, 3}, 2, new short[] {4, 5, 6}, new long[] {7, 8, 9});
    var inject = peer.take(CallCase.INJECT).getInject();
    assertThat(Columns.ints("neurons", inject.getNeurons())).containsExactly(1, 2);
    assertThat(Columns.shorts("payloads", inject.getPayloads()))
        .containsExactly((short) 4, (short) 5);
    assertThat(Columns.longs("steps", inject.getSteps())).containsExactly(7, 8);
  }

  @Test
  void columnsOfUnequalLengthAreRefusedAndTakeNoPlace() {
    var injector = chip.injector("in", LatePolicy.REJECT, 1);
    for (int trial = 0; trial < 2; trial++) {
      assertThatThrownBy(() -> injector.inject(new int[] {1, 2}, 2, new short[] {1}, new long[0]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("payloads: 1 (expected: 0 or 2, as many as neurons)");
    }
    assertThatThrownBy(
            () -> chip.inject("in", new int[1], new short[0], new long[2], LatePolicy.DROP))
        .hasMessage("steps: 2 (expected: 0 or 1, as many as neurons)");
  }

  @Test
  void aRefusedBatchFailsTheNextCall() {
    var injector = chip.injector("in", LatePolicy.REJECT, 1);
    injector.inject(new int[] {1});
    peer.refuse(peer.take(CallCase.INJECT), engram.protocol.v1.Code.CODE_OUT_OF_RANGE, "late");
    assertThat(Failures.of(() -> injector.inject(new int[] {2})))
        .hasMessage("late")
        .returns(Code.OUT_OF_RANGE, EngramException::code);
    injector.inject(new int[] {3});
    accept(peer.take(CallCase.INJECT), 1, 0, 1);
    assertThat(injector.flush().accepted()).isEqualTo(1);
  }

  @Test
  void aLostConnectionWakesWhoWaitsForTheWindow() {
    var injector = chip.injector("in", LatePolicy.REJECT, 1);
    injector.inject(new int[] {1});
    peer.take(CallCase.INJECT);
    var waiting = CompletableFuture.runAsync(() -> injector.inject(new int[] {2}));
    peer.cut();
    assertThat(Failures.of(waiting).code()).isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void aServerThatStopsReadingHoldsTheInjectorAndFillsNoMemory() {
    int batches = 100;
    int[] events = new int[1 << 16];
    connection.close();
    peer.take(CallCase.RELEASE);
    peer.says(HelloResponse.newBuilder().setProtocolMajor(1).build());
    connection = Engram.connect(peer.uri());
    chip = connection.lease("engram-1");
    peer.pause();
    var injector = chip.injector("in", LatePolicy.REJECT, batches);
    var worker =
        new Thread(() -> {
          for (int batch = 0; batch < batches; batch++) {
            injector.inject(events);
          }
        });
    worker.start();
    var unsent = connection.link().unsent();
    var extra = new ArrayList<CompletableFuture<InjectResult>>();
    CompletableFuture<InjectResult> refused = null;
    while (refused == null) {
      assertThat(unsent.bytes()).isLessThan(Link.MOST_UNSENT + 3 * events.length * 4L);
      if (unsent.bytes() >= Link.MOST_UNSENT) {
        var more = chip.injectAsync("in", events, new short[0], new long[0], LatePolicy.DROP);
        if (more.isCompletedExceptionally()) {
          refused = more;
        } else {
          extra.add(more);
        }
      }
    }
    assertThat(Failures.of(refused).code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    Waiting.await(worker);
    peer.resume();
    for (int batch = 0; batch < batches + extra.size(); batch++) {
      accept(peer.take(CallCase.INJECT), events.length, 0, 1);
    }
    assertThat(injector.flush().accepted()).isEqualTo((long) batches * events.length);
  }
}
