package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import engram.protocol.Columns;
import engram.protocol.v1.CancelRequest;
import engram.protocol.v1.Code;
import engram.protocol.v1.DigestRequest;
import engram.protocol.v1.Fault;
import engram.protocol.v1.InjectFaultsRequest;
import engram.protocol.v1.InjectRequest;
import engram.protocol.v1.KeepAliveRequest;
import engram.protocol.v1.LeaseRequest;
import engram.protocol.v1.LeaseResponse;
import engram.protocol.v1.ListRequest;
import engram.protocol.v1.ListResponse;
import engram.protocol.v1.LoadRequest;
import engram.protocol.v1.OverflowPolicy;
import engram.protocol.v1.PlayRequest;
import engram.protocol.v1.ProbeRequest;
import engram.protocol.v1.ReadRequest;
import engram.protocol.v1.ReattachRequest;
import engram.protocol.v1.ReleaseRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.ResetRequest;
import engram.protocol.v1.RunEnd;
import engram.protocol.v1.RunRequest;
import engram.protocol.v1.SaveRequest;
import engram.protocol.v1.StopRequest;
import engram.protocol.v1.SubscribeRequest;
import engram.protocol.v1.WatchRequest;
import engram.protocol.v1.WriteRequest;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who has which chip: queues, expiry, lost connections, watchers, and how calls end.
@Timeout(300)
class LeaseTest extends ServerTest {
  private static final Set<Thread.State> WAITS =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

  private static final LeaseRequest ONE = LeaseRequest.newBuilder().setPreset("engram-1").build();

  private static Request.Builder on(int chip) {
    return Request.newBuilder().setChip(chip);
  }

  private static Request.Builder waiting() {
    return Request.newBuilder().setLease(ONE.toBuilder().setWait(true));
  }

  private static Request.Builder cancel(long id) {
    return Request.newBuilder().setCancel(CancelRequest.newBuilder().setRequest(id));
  }

  private static Request.Builder release(int chip) {
    return on(chip).setRelease(ReleaseRequest.getDefaultInstance());
  }

  private static ListResponse list(RawClient client) {
    return client.call(Request.newBuilder().setList(ListRequest.getDefaultInstance())).getList();
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  /// Keeps the chip's thread busy until the latch is open.
  private void hold(CountDownLatch latch) {
    var held = new CountDownLatch(1);
    server()
        .leases()
        .all()
        .get(0)
        .runner()
        .post(() -> {
          held.countDown();
          stand(latch);
        });
    stand(held);
  }

  private static void stand(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // The queue.

  @Test
  void theQueueTellsPositionsAndHandsOutInOrder() throws Exception {
    start(options(1));
    try (var first = client();
        var second = client();
        var third = client()) {
      int chip = first.lease().getChip();
      assertThat(first.refused(Request.newBuilder().setLease(ONE)).getRetryAfterMs()).isPositive();
      long two = second.send(waiting());
      assertThat(second.receive(two).getLease().getQueuePosition()).isEqualTo(1);
      long three = third.send(waiting());
      assertThat(third.receive(three).getLease().getQueuePosition()).isEqualTo(2);
      assertThat(list(first).getPools(0).getQueued()).isEqualTo(2);
      first.call(release(chip));
      var got = second.receive(two);
      assertThat(got.getMore()).isFalse();
      assertThat(got.getLease().getChip()).isPositive();
      assertThat(third.receive(three).getLease().getQueuePosition()).isEqualTo(1);
      second.call(release(got.getLease().getChip()));
      assertThat(third.last(three).getLease().getReattachToken()).isNotEmpty();
    }
  }

  @Test
  void whoeverLeavesTheQueueMakesRoom() throws Exception {
    start(options(1));
    try (var first = client();
        var second = client();
        var third = client();
        var fourth = client()) {
      int chip = first.lease().getChip();
      long two = second.send(waiting());
      second.receive(two);
      long three = third.send(waiting().setDeadlineMs(20));
      third.receive(three);
      long four = fourth.send(waiting());
      assertThat(third.last(three).getError().getCode()).isEqualTo(Code.CODE_DEADLINE_EXCEEDED);
      // Behind the third first, unless its deadline had passed by then.
      int position = fourth.receive(four).getLease().getQueuePosition();
      if (position == 3) {
        position = fourth.receive(four).getLease().getQueuePosition();
      }
      assertThat(position).isEqualTo(2);
      second.cut();
      assertThat(fourth.receive(four).getLease().getQueuePosition()).isEqualTo(1);
      first.call(release(chip));
      int own = fourth.last(four).getLease().getChip();
      fourth.call(release(own));
      long again = first.send(waiting());
      assertThat(first.last(again).hasLease()).isTrue();
    }
  }

  @Test
  void aLeaseWithoutASignOfLifeExpiresAndTheNextOneGetsTheChip() throws Exception {
    start(options(1));
    try (var first = client();
        var second = client()) {
      var lease = first.lease(ONE.toBuilder().setTimeToLiveS(2));
      // Both at once: however long the load takes, the run waits behind it when the lease expires.
      long load = first.nextId();
      long run = first.nextId();
      first.write(RawClient.loadYaml(lease.getChip(), Networks.STORM).setId(load).build());
      first.write(RawClient.runForever(lease.getChip()).setId(run).build());
      first.flush();
      assertThat(first.receive(load).hasLoad()).isTrue();
      long two = second.send(waiting());
      assertThat(second.last(two).getLease().getChip()).isPositive();
      assertThat(first.last(run).getRun().getEnd()).isEqualTo(RunEnd.RUN_END_RELEASED);
      assertThat(
              first.codeOf(on(lease.getChip()).setKeepAlive(KeepAliveRequest.getDefaultInstance())))
          .isEqualTo(Code.CODE_ABORTED);
      assertThat(first.codeOf(reattach(lease))).isEqualTo(Code.CODE_NOT_FOUND);
    }
  }

  @Test
  void aConnectionMayLeaseAndReleaseForever() throws Exception {
    start(options(1));
    try (var client = client();
        var watcher = client()) {
      for (int i = 0; i < 300; i++) {
        var lease = client.lease();
        watcher.call(
            Request.newBuilder().setWatch(WatchRequest.newBuilder().setLease(lease.getLease())));
        client.call(release(lease.getChip()));
      }
    }
  }

  @Test
  void aConnectionWithTooManyChipsIsRefusedAndNobodyElseIs() throws Exception {
    start(options(1));
    try (var first = client();
        var many = client();
        var last = client()) {
      int chip = first.lease().getChip();
      long waits = many.send(waiting());
      many.receive(waits);
      long next = last.send(waiting());
      last.receive(next);
      fill(many);
      first.call(release(chip));
      assertThat(many.last(waits).getError().getCode()).isEqualTo(Code.CODE_RESOURCE_EXHAUSTED);
      assertThat(last.last(next).hasLease()).isTrue();
    }
  }

  /// Gives a connection as many seats as it may have.
  private void fill(RawClient client) {
    var session =
        server().allSessions().stream()
            .filter(s -> s.isAt(client.socket().getLocalSocketAddress()))
            .findFirst()
            .orElseThrow();
    for (int i = 0; i < 256; i++) {
      var lease =
          new Lease(
              "none-" + i,
              "",
              session.account(),
              Networks.PRESET,
              () -> null,
              60,
              new ChipRunner("none", server().metrics()));
      session.drive(lease);
      lease.runner().close("a test");
    }
  }

  // Lost connections.

  @Test
  void aRunGoesOnWhileItsClientIsAwayAndIsTakenUpAgain() {
    try (var away = client();
        var back = client()) {
      var lease = away.lease();
      away.call(RawClient.loadYaml(lease.getChip(), Networks.STORM));
      away.send(RawClient.runForever(lease.getChip()));
      long before = away.digest(lease.getChip()).getStep();
      away.cut();
      await(() -> !list(back).getLeases(0).getAttached());
      await(() -> list(back).getLeases(0).getStep() > before + 10);
      var taken = back.call(reattach(lease)).getReattach();
      assertThat(taken.getRunning()).isTrue();
      assertThat(taken.getLease()).isEqualTo(lease.getLease());
      assertThat(taken.getStep()).isGreaterThan(before);
      assertThat(back.codeOf(RawClient.run(taken.getChip(), 1)))
          .isEqualTo(Code.CODE_FAILED_PRECONDITION);
      back.call(release(taken.getChip()));
    }
  }

  private static Request.Builder reattach(LeaseResponse lease) {
    return Request.newBuilder()
        .setReattach(ReattachRequest.newBuilder().setReattachToken(lease.getReattachToken()));
  }

  private static Request.Builder stop(int chip) {
    return on(chip).setStop(StopRequest.getDefaultInstance());
  }

  @Test
  void aRunWhoseClientIsLostIsStoppedByWhoeverTakesTheChipUp() {
    try (var away = client();
        var back = client()) {
      var lease = away.lease();
      away.call(RawClient.loadYaml(lease.getChip(), Networks.DICE));
      away.send(RawClient.runForever(lease.getChip()));
      long before = away.digest(lease.getChip()).getStep();
      away.cut();
      await(() -> !list(back).getLeases(0).getAttached());
      await(() -> list(back).getLeases(0).getStep() > before + 10);
      int chip = back.call(reattach(lease)).getReattach().getChip();
      var stopped = back.call(stop(chip)).getStop();
      assertThat(stopped.getFound()).isTrue();
      assertThat(list(back).getLeases(0).getRunning()).isFalse();
      var rests = back.digest(chip);
      assertThat(rests.getStep()).isEqualTo(stopped.getStep()).isGreaterThan(before + 10);
      try (var undisturbed = Networks.chip(Networks.DICE)) {
        undisturbed.run(stopped.getStep());
        assertThat(rests.getState()).isEqualTo(undisturbed.stateDigest());
        assertThat(rests.getCost()).isEqualTo(undisturbed.costDigest());
      }
      assertThat(back.call(stop(chip)).getStop().getFound()).isFalse();
      assertThat(back.call(RawClient.run(chip, 1)).getRun().getStep())
          .isEqualTo(stopped.getStep() + 1);
    }
  }

  @Test
  void aRunWhoseClientIsLostEndsAtItsDeadlineAllTheSame() {
    try (var away = client();
        var back = client()) {
      var lease = away.lease();
      away.call(RawClient.loadYaml(lease.getChip(), Networks.DICE));
      away.send(RawClient.runForever(lease.getChip()).setDeadlineMs(300));
      away.digest(lease.getChip());
      away.cut();
      int chip = back.call(reattach(lease)).getReattach().getChip();
      await(() -> !list(back).getLeases(0).getRunning());
      assertThat(back.call(stop(chip)).getStop().getFound()).isFalse();
      assertThat(back.call(RawClient.run(chip, 1)).hasRun()).isTrue();
    }
  }

  @Test
  void stopIsAnsweredBehindTheRunThatItEnds() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      for (int i = 0; i < 100; i++) {
        long run = client.send(RawClient.runForever(chip));
        long stop = client.send(stop(chip));
        var end = client.receive();
        assertThat(end.getId()).isEqualTo(run);
        assertThat(end.getRun().getEnd()).isEqualTo(RunEnd.RUN_END_CANCELLED);
        assertThat(client.last(stop).getStop().getStep()).isEqualTo(end.getRun().getStep());
      }
    }
  }

  @Test
  void stopLetsAPlayComeToItsSamplesEnd() {
    try (var client = client()) {
      int chip = ProtocolTest.leaseSsnn(client);
      long play = client.send(on(chip).setPlay(PlayRequest.newBuilder().setSteps(1000)));
      client.receive(play);
      ProtocolTest.sendAll(client, play, 50);
      await(() -> client.digest(chip).getStep() > 0);
      var stopped = client.call(stop(chip)).getStop();
      assertThat(stopped.getFound()).isTrue();
      assertThat(stopped.getStep()).isPositive();
      assertThat(stopped.getStep() % 1000).isZero();
      var end = client.last(play).getPlay();
      assertThat(end.getCancelled()).isTrue();
      assertThat(end.getStep()).isEqualTo(stopped.getStep());
    }
  }

  @Test
  void aConnectionThatLosesItsLeaseLosesItsStreamsAndItsPlayOnly() {
    try (var old = client();
        var fresh = client()) {
      var lease = old.lease();
      old.call(RawClient.loadYaml(lease.getChip(), Networks.ECHO));
      int other = ProtocolTest.leaseSsnn(old);
      long play = old.send(on(other).setPlay(PlayRequest.getDefaultInstance()));
      old.receive(play);
      long stream =
          old.send(
              on(lease.getChip())
                  .setSubscribe(SubscribeRequest.newBuilder().setPopulation("mouth")));
      old.digest(lease.getChip());
      fresh.call(reattach(lease));
      assertThat(old.last(stream).getError().getCode()).isEqualTo(Code.CODE_ABORTED);
      assertThat(old.codeOf(RawClient.run(lease.getChip(), 1))).isEqualTo(Code.CODE_NOT_FOUND);
      ProtocolTest.sendRest(old, play, 4);
      assertThat(ProtocolTest.results(old, play).end().getCancelled()).isFalse();
    }
  }

  @Test
  void reattachingAgainAndAgainGivesTheSameNumber() {
    try (var client = client()) {
      var lease = client.lease();
      var request = reattach(lease);
      for (int i = 0; i < 300; i++) {
        assertThat(client.call(request).getReattach().getChip()).isEqualTo(lease.getChip());
      }
    }
  }

  @Test
  void aClientThatIsKilledInTheMiddleOfALoadHarmsNobody() {
    try (var other = client()) {
      for (int i = 0; i < 5; i++) {
        var killed = client();
        var lease = killed.lease();
        killed.call(RawClient.loadYaml(lease.getChip(), Networks.ECHO));
        killed.send(mnist(lease.getChip()));
        killed.cut();
        var taken = other.call(reattach(lease)).getReattach();
        assertThat(other.call(RawClient.run(taken.getChip(), 2)).getRun().getStep()).isEqualTo(2);
        other.call(release(taken.getChip()));
      }
    }
  }

  private static Request.Builder mnist(int chip) {
    return on(chip)
        .setLoad(
            LoadRequest.newBuilder()
                .setRecipe(
                    LoadRequest.Recipe.newBuilder()
                        .setName("mnist")
                        .setInputs(784)
                        .setClasses(10)));
  }

  // Watchers.

  @Test
  void aWatcherLooksAndDoesNotTouch() {
    try (var driver = client();
        var watcher = client()) {
      var lease = driver.lease();
      driver.call(RawClient.loadYaml(lease.getChip(), Networks.STORM));
      int seen =
          watcher
              .call(
                  Request.newBuilder()
                      .setWatch(WatchRequest.newBuilder().setLease(lease.getLease())))
              .getWatch()
              .getChip();
      assertThat(list(driver).getLeases(0).getWatchers()).isEqualTo(1);
      long stream =
          watcher.send(on(seen).setSubscribe(SubscribeRequest.newBuilder().setPopulation("rain")));
      watcher.digest(seen);
      driver.call(RawClient.run(lease.getChip(), 1));
      assertThat(Columns.ints("neurons", watcher.receive(stream).getEvents().getNeurons()))
          .hasSize(1000);
      assertThat(watcher.digest(seen)).isEqualTo(driver.digest(lease.getChip()));
      for (var request :
          List.of(
              RawClient.run(seen, 1),
              RawClient.loadYaml(seen, Networks.ECHO),
              on(seen).setReset(ResetRequest.getDefaultInstance()),
              on(seen).setWrite(WriteRequest.newBuilder().setClock(1)),
              on(seen).setInject(InjectRequest.newBuilder().setPopulation("rain")),
              on(seen).setPlay(PlayRequest.getDefaultInstance()),
              stop(seen),
              on(seen).setSave(SaveRequest.newBuilder().setName("x")),
              on(seen).setKeepAlive(KeepAliveRequest.getDefaultInstance()),
              on(seen)
                  .setSubscribe(
                      SubscribeRequest.newBuilder()
                          .setPopulation("rain")
                          .setOverflow(OverflowPolicy.OVERFLOW_POLICY_BLOCK)))) {
        assertThat(watcher.codeOf(request))
            .as("%s", request)
            .isEqualTo(Code.CODE_PERMISSION_DENIED);
      }
      watcher.cut();
      await(() -> list(driver).getLeases(0).getWatchers() == 0);
      assertThat(driver.call(RawClient.run(lease.getChip(), 1)).hasRun()).isTrue();
    }
  }

  private static Request.Builder watch(String lease) {
    return Request.newBuilder().setWatch(WatchRequest.newBuilder().setLease(lease));
  }

  @Test
  void aWatchEndsWithItsOwnStreamsAndNothingElse() {
    try (var client = client()) {
      var lease = client.lease();
      client.call(RawClient.loadYaml(lease.getChip(), Networks.STORM));
      int ends = client.call(watch(lease.getLease())).getWatch().getChip();
      int staysOn = client.call(watch(lease.getLease())).getWatch().getChip();
      var rain = SubscribeRequest.newBuilder().setPopulation("rain");
      long driven = client.send(on(lease.getChip()).setSubscribe(rain));
      long ended = client.send(on(ends).setSubscribe(rain));
      long watched = client.send(on(staysOn).setSubscribe(rain));
      assertThat(list(client).getLeases(0).getWatchers()).isEqualTo(2);
      assertThat(client.call(release(ends)).hasRelease()).isTrue();
      assertThat(client.last(ended).getError().getCode()).isEqualTo(Code.CODE_CANCELLED);
      assertThat(list(client).getLeases(0).getWatchers()).isEqualTo(1);
      assertThat(client.codeOf(RawClient.describe(ends))).isEqualTo(Code.CODE_NOT_FOUND);
      client.call(RawClient.run(lease.getChip(), 1));
      for (long stream : new long[] {driven, watched}) {
        assertThat(Columns.ints("neurons", client.receive(stream).getEvents().getNeurons()))
            .hasSize(1000);
      }
    }
  }

  @Test
  void aWatchOfALeaseThatHasEndedIsOver() {
    try (var driver = client();
        var watcher = client()) {
      var lease = driver.lease();
      int seen = watcher.call(watch(lease.getLease())).getWatch().getChip();
      driver.call(release(lease.getChip()));
      assertThat(watcher.codeOf(release(seen))).isEqualTo(Code.CODE_ABORTED);
      assertThat(watcher.codeOf(release(seen))).isEqualTo(Code.CODE_NOT_FOUND);
    }
  }

  @Test
  void aClientMayWatchAndLeaveForever() {
    try (var client = client()) {
      var lease = client.lease();
      for (int i = 0; i < 300; i++) {
        client.call(release(client.call(watch(lease.getLease())).getWatch().getChip()));
      }
      assertThat(list(client).getLeases(0).getWatchers()).isZero();
    }
  }

  @Test
  void aStreamThatFailsEndsAloneAndTheRunGoesOn() {
    try (var driver = client()) {
      int chip = driver.leaseWith(Networks.STORM);
      long fails =
          driver.send(
              on(chip)
                  .setSubscribe(
                      SubscribeRequest.newBuilder()
                          .setPopulation("rain")
                          .setCredit(1500)
                          .setOverflow(OverflowPolicy.OVERFLOW_POLICY_FAIL)));
      long drops =
          driver.send(
              on(chip)
                  .setSubscribe(
                      SubscribeRequest.newBuilder().setPopulation("rain").setCredit(1500)));
      var run = driver.call(RawClient.run(chip, 10)).getRun();
      assertThat(run.getSteps()).isEqualTo(10);
      assertThat(driver.last(fails).getError().getCode()).isEqualTo(Code.CODE_RESOURCE_EXHAUSTED);
      driver.call(cancel(drops));
      long events = 0;
      long lost = 0;
      for (var r = driver.receive(drops); r.getMore(); r = driver.receive(drops)) {
        events += r.getEvents().getNeurons().size() / Integer.BYTES;
        lost += r.getEvents().getLost();
      }
      assertThat(events).isEqualTo(2000);
      assertThat(lost).isEqualTo(8000);
    }
  }

  @Test
  void aBlockingStreamMakesTheChipWaitEvenWithinASample() {
    try (var client = client()) {
      int chip = ProtocolTest.leaseSsnn(client);
      long stream =
          client.send(
              on(chip)
                  .setSubscribe(
                      SubscribeRequest.newBuilder()
                          .setPopulation("image")
                          .setCredit(100)
                          .setOverflow(OverflowPolicy.OVERFLOW_POLICY_BLOCK)));
      long play = client.send(on(chip).setPlay(PlayRequest.newBuilder().setSteps(60_000)));
      client.receive(play);
      ProtocolTest.sendRest(client, play, 1);
      int events = 0;
      while (events < 100) {
        events += client.receive(stream).getEvents().getNeurons().size() / Integer.BYTES;
      }
      long stands = client.digest(chip).getStep();
      assertThat(stands).isLessThan(1000);
      assertThat(client.digest(chip).getStep()).isEqualTo(stands);
      client.call(cancel(play));
      assertThat(client.last(play).getPlay().getCancelled()).isTrue();
      client.call(cancel(stream));
      assertThat(client.call(RawClient.run(chip, 1)).getRun().getStep()).isEqualTo(stands + 1);
    }
  }

  @Test
  void aCancelledPlayEndsAtASamplesEnd() {
    try (var client = client()) {
      int chip = ProtocolTest.leaseSsnn(client);
      long play = client.send(on(chip).setPlay(PlayRequest.newBuilder().setSteps(1000)));
      client.receive(play);
      // The first event stops the chip within the first sample.
      long stream =
          client.send(
              on(chip)
                  .setSubscribe(
                      SubscribeRequest.newBuilder()
                          .setPopulation("image")
                          .setCredit(1)
                          .setOverflow(OverflowPolicy.OVERFLOW_POLICY_BLOCK)));
      ProtocolTest.sendAll(client, play, 50);
      client.receive(stream);
      var latch = new CountDownLatch(1);
      hold(latch);
      client.call(cancel(stream));
      client.call(cancel(play));
      latch.countDown();
      var end = client.last(play).getPlay();
      assertThat(end.getCancelled()).isTrue();
      assertThat(end.getStep()).isEqualTo(1000);
      assertThat(end.getSamples()).isEqualTo(1);
    }
  }

  // How calls end.

  @Test
  void everyOpenCallEndsAtItsDeadline() {
    try (var client = client()) {
      int chip = ProtocolTest.leaseSsnn(client);
      var field = ReadRequest.Field.newBuilder().setPopulation("image").setField("x");
      for (var request :
          List.of(
              RawClient.runForever(chip),
              on(chip).setRun(RunRequest.newBuilder().setStepUs(Integer.MAX_VALUE)),
              on(chip).setPlay(PlayRequest.getDefaultInstance()),
              on(chip).setPlay(PlayRequest.newBuilder().setOnCopy(true)),
              on(chip).setSubscribe(SubscribeRequest.newBuilder().setPopulation("image")),
              on(chip).setProbe(ProbeRequest.newBuilder().setField(field)))) {
        assertThat(client.codeOf(request.setDeadlineMs(5)))
            .as("%s", request)
            .isEqualTo(Code.CODE_DEADLINE_EXCEEDED);
        long step = client.digest(chip).getStep();
        assertThat(client.call(RawClient.run(chip, 1)).getRun().getStep()).isEqualTo(step + 1);
      }
    }
  }

  @Test
  void aCallBehindABusyChipEndsAtItsDeadlineAndHasNoEffectLater() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.DICE);
      client.call(RawClient.run(chip, 3));
      var before = client.digest(chip);
      var flip = Fault.newBuilder();
      flip.getBitFlipBuilder()
          .getMemoryBuilder()
          .getFieldBuilder()
          .setPopulation("dice")
          .setField("x");
      var latch = new CountDownLatch(1);
      hold(latch);
      for (var request :
          List.of(
              mnist(chip),
              on(chip).setReset(ResetRequest.getDefaultInstance()),
              on(chip).setWrite(WriteRequest.newBuilder().setClock(77)),
              on(chip).setInjectFaults(InjectFaultsRequest.newBuilder().addFaults(flip)),
              on(chip).setDigest(DigestRequest.getDefaultInstance()),
              on(chip).setSave(SaveRequest.newBuilder().setName("late")),
              RawClient.run(chip, 5))) {
        assertThat(client.codeOf(request.setDeadlineMs(1))).isEqualTo(Code.CODE_DEADLINE_EXCEEDED);
      }
      latch.countDown();
      assertThat(client.digest(chip)).isEqualTo(before);
    }
  }

  @Test
  void aLoadThatTakesLongerThanItsDeadlineLeavesTheChipAsItWas() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.DICE);
      var before = client.digest(chip);
      assertThat(client.codeOf(mnist(chip).setDeadlineMs(1)))
          .isEqualTo(Code.CODE_DEADLINE_EXCEEDED);
      assertThat(client.digest(chip)).isEqualTo(before);
    }
  }

  @Test
  void aCancelThatComesWhileARunBeginsIsNotLost() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      for (int i = 0; i < 500; i++) {
        long run = client.nextId();
        client.write(RawClient.runForever(chip).setId(run).build());
        client.write(cancel(run).setId(client.nextId()).build());
        client.flush();
        var end = client.last(run);
        assertThat(end.hasRun() || end.getError().getCode() == Code.CODE_CANCELLED).isTrue();
      }
      assertThat(client.call(RawClient.run(chip, 1)).hasRun()).isTrue();
    }
  }

  @Test
  void cancellingWhatIsNotThereIsAnswered() {
    try (var client = client()) {
      assertThat(client.call(cancel(12345)).getCancel().getFound()).isFalse();
    }
  }

  @Test
  void aServerThatGoesDownAnswersWhatIsOpen() throws Exception {
    start(ServerOptions.loopback("engram test", 0, Map.of("engram-1", 2), data));
    try (var client = client()) {
      int chip = client.leaseWith(Networks.STORM);
      int other = ProtocolTest.leaseSsnn(client);
      long run = client.send(RawClient.runForever(chip));
      long play = client.send(on(other).setPlay(PlayRequest.getDefaultInstance()));
      client.receive(play);
      long wait = client.send(waiting());
      client.receive(wait);
      Thread.ofVirtual().start(server()::close);
      assertThat(client.last(run).getRun().getEnd()).isEqualTo(RunEnd.RUN_END_RELEASED);
      assertThat(client.last(play).getError().getCode()).isEqualTo(Code.CODE_ABORTED);
      assertThat(client.last(wait).getError().getCode()).isEqualTo(Code.CODE_UNAVAILABLE);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aServerThatGoesDownSendsWhatIsOnItsWay() throws Exception {
    var greeted = new CountDownLatch(2);
    var loopsGoOn = new CountDownLatch(1);
    var logger = Logger.getLogger("engram.server");
    // A loop that reads a hello tells so, and stands still.
    var holder =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            greeted.countDown();
            stand(loopsGoOn);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    try (var client = client();
        var one = RawClient.silent(server());
        var other = RawClient.silent(server())) {
      await(() -> server().allSessions().size() == 3);
      int chip = client.leaseWith(Networks.STORM);
      long run = client.send(RawClient.runForever(chip));
      client.digest(chip);
      var lease = server().leases().all().get(0);
      var chipGoesOn = new CountDownLatch(1);
      hold(chipGoesOn);
      var closing = Thread.ofPlatform().start(server()::close);
      await(lease::isEnded);
      logger.setLevel(Level.ALL);
      logger.addHandler(holder);
      one.sendAsIs(RawClient.helloRequest("").setId(1).build());
      other.sendAsIs(RawClient.helloRequest("").setId(1).build());
      greeted.await();
      chipGoesOn.countDown();
      lease.runner().join(0);
      // The end of the run waits for its loop, and the server for it or for nothing any more.
      await(() -> WAITS.contains(closing.getState()));
      loopsGoOn.countDown();
      assertThat(client.last(run).getRun().getEnd()).isEqualTo(RunEnd.RUN_END_RELEASED);
      assertThat(client.isClosedByServer()).isTrue();
      closing.join();
    } finally {
      loopsGoOn.countDown();
      logger.removeHandler(holder);
      logger.setLevel(null);
    }
  }

  @Test
  void callsOfAnEndedLeaseAreAnsweredAndKeepNoMemory() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      var lease = server().leases().all().get(0);
      var latch = new CountDownLatch(1);
      hold(latch);
      long write =
          client.send(
              on(chip)
                  .setWrite(
                      WriteRequest.newBuilder()
                          .setWeights(
                              WriteRequest.Weights.newBuilder()
                                  .setProjection("nerve")
                                  .setValues(ByteString.copyFrom(new byte[64])))));
      await(() -> lease.runner().waiting() > 0);
      server().leases().end(lease, "a test");
      latch.countDown();
      assertThat(client.last(write).hasWrite()).isTrue();
      for (int i = 0; i < 10; i++) {
        assertThat(client.codeOf(RawClient.run(chip, 1)))
            .isIn(Code.CODE_ABORTED, Code.CODE_NOT_FOUND);
      }
      await(() -> lease.runner().waiting() == 0);
      assertThat(lease.runner().post(() -> {})).isFalse();
    }
  }
}
