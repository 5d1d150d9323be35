package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import engram.protocol.Columns;
import engram.protocol.v1.ActivityRequest;
import engram.protocol.v1.ActivityResponse;
import engram.protocol.v1.CancelRequest;
import engram.protocol.v1.InjectRequest;
import engram.protocol.v1.LatePolicy;
import engram.protocol.v1.OverflowPolicy;
import engram.protocol.v1.PlayRequest;
import engram.protocol.v1.ProbeRequest;
import engram.protocol.v1.ReadRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.RunRequest;
import engram.protocol.v1.StopRequest;
import engram.protocol.v1.StreamKind;
import engram.protocol.v1.SubscribeRequest;
import engram.protocol.v1.UdpInputRequest;
import engram.protocol.v1.UdpOutputRequest;
import engram.protocol.v1.WatchRequest;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What somebody sees who watches a chip work.
@Timeout(60)
class ActivityTest extends ServerTest {
  private static Request.Builder on(int chip) {
    return Request.newBuilder().setChip(chip);
  }

  private static ActivityResponse activity(RawClient client, int chip) {
    return client.call(on(chip).setActivity(ActivityRequest.getDefaultInstance())).getActivity();
  }

  private static ActivityResponse await(
      RawClient client, int chip, Predicate<ActivityResponse> condition) {
    while (true) {
      var activity = activity(client, chip);
      if (condition.test(activity)) {
        return activity;
      }
    }
  }

  private static Request.Builder subscribe(int chip, String population, long credit) {
    return on(chip)
        .setSubscribe(SubscribeRequest.newBuilder().setPopulation(population).setCredit(credit));
  }

  @Test
  void pacedRunsTellHowTheyKeepTheirTime() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.STORM);
      client.call(RawClient.run(chip, 5));
      assertThat(activity(client, chip).getPace())
          .isEqualTo(ActivityResponse.Pace.getDefaultInstance());
      long missed = 0;
      for (int stepUs : new int[] {1, 500}) {
        var paced = RunRequest.newBuilder().setSteps(100).setStepUs(stepUs);
        var run = client.call(on(chip).setRun(paced)).getRun();
        missed += run.getMissedDeadlines();
        var pace = activity(client, chip).getPace();
        assertThat(pace.getStepUs()).isZero();
        assertThat(pace.getMissedDeadlines()).isEqualTo(missed);
        assertThat(pace.getWorstLatenessUs()).isEqualTo(run.getWorstLatenessUs());
        assertThat(pace.getLatenessUs()).isBetween(run.getWorstLatenessUs(), Long.MAX_VALUE);
        assertThat(pace.getBusyUs()).isPositive();
      }
      var after = activity(client, chip);
      assertThat(after.getPace().getSteps()).isEqualTo(200);
      assertThat(after.getStep()).isEqualTo(205);
      client.send(on(chip).setRun(RunRequest.newBuilder().setStepUs(2000)));
      var during = activity(client, chip);
      assertThat(during.getPace().getStepUs()).isEqualTo(2000);
      assertThat(during.getRunning()).isTrue();
      assertThat(during.getWaits()).isFalse();
      client.call(on(chip).setStop(StopRequest.getDefaultInstance()));
      assertThat(activity(client, chip).getRunning()).isFalse();
    }
  }

  private static void inject(RawClient client, int chip, LatePolicy late, long... steps) {
    client.call(
        on(chip)
            .setInject(
                InjectRequest.newBuilder()
                    .setPopulation("ear")
                    .setNeurons(Columns.ofInts(new int[steps.length]))
                    .setSteps(Columns.ofLongs(steps, steps.length))
                    .setLate(late)));
  }

  @Test
  void eventsThatCameLateOrTwiceAreCounted() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      client.call(RawClient.run(chip, 4));
      inject(client, chip, LatePolicy.LATE_POLICY_DROP, 0, 1, 5);
      inject(client, chip, LatePolicy.LATE_POLICY_NEXT_STEP, 3, 5, 9);
      client.call(RawClient.run(chip, 2));
      var activity = activity(client, chip);
      assertThat(activity.getLateEvents()).isEqualTo(3);
      assertThat(activity.getDroppedEvents()).isEqualTo(2);
      assertThat(activity.getCoalescedEvents()).isEqualTo(1);
      assertThat(activity.getWaitingEvents()).isEqualTo(1);
    }
  }

  @Test
  void aWatcherSeesTheCreditOfEveryStreamAndWhatHoldsTheChipUp() {
    try (var driver = client();
        var watcher = client()) {
      var lease = driver.lease();
      int chip = lease.getChip();
      driver.call(RawClient.loadYaml(chip, Networks.STORM));
      int seen =
          watcher
              .call(
                  Request.newBuilder()
                      .setWatch(WatchRequest.newBuilder().setLease(lease.getLease())))
              .getWatch()
              .getChip();
      var blocking = subscribe(chip, "rain", 2500);
      blocking.getSubscribeBuilder().setOverflow(OverflowPolicy.OVERFLOW_POLICY_BLOCK);
      driver.send(blocking);
      driver.digest(chip);
      watcher.send(subscribe(seen, "rain", 1500));
      watcher.digest(seen);
      var probe =
          ProbeRequest.newBuilder()
              .setField(ReadRequest.Field.newBuilder().setPopulation("rain").setField("x"))
              .setCredit(-1);
      driver.send(on(chip).setProbe(probe));
      driver.send(RawClient.runForever(chip));
      var activity = await(watcher, seen, ActivityResponse::getWaits);
      assertThat(activity.getRunning()).isTrue();
      assertThat(activity.getStep()).isEqualTo(3);
      assertThat(activity.getLost()).isEqualTo(1000);
      assertThat(activity.getStreamsList())
          .containsExactly(
              ActivityResponse.Stream.newBuilder()
                  .setKind(StreamKind.STREAM_KIND_EVENTS)
                  .setAbout("rain.spike")
                  .setOverflow(OverflowPolicy.OVERFLOW_POLICY_BLOCK)
                  .setBlocks(true)
                  .setDrives(true)
                  .build(),
              ActivityResponse.Stream.newBuilder()
                  .setKind(StreamKind.STREAM_KIND_EVENTS)
                  .setAbout("rain.spike")
                  .setOverflow(OverflowPolicy.OVERFLOW_POLICY_DROP)
                  .setLost(1000)
                  .build(),
              ActivityResponse.Stream.newBuilder()
                  .setKind(StreamKind.STREAM_KIND_PROBE)
                  .setAbout("rain.x")
                  .setOverflow(OverflowPolicy.OVERFLOW_POLICY_DROP)
                  .setCredit(Long.MAX_VALUE - 3)
                  .setDrives(true)
                  .build());
      watcher.cut();
      activity = await(driver, chip, a -> a.getStreamsCount() == 2);
      assertThat(activity.getLost()).isEqualTo(1000);
    }
  }

  @Test
  void creditThatIsLeftAndWhatIsLostMoveWithTheSteps() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.STORM);
      long rain = client.send(subscribe(chip, "rain", 2500));
      long counters =
          client.send(
              on(chip)
                  .setProbe(
                      ProbeRequest.newBuilder()
                          .setCounters(ProbeRequest.Counters.getDefaultInstance())
                          .setCredit(3)));
      long[][] expected = {{1500, 0, 2, 0}, {500, 0, 1, 0}, {0, 0, 0, 0}, {0, 1000, 0, 1}};
      for (long[] step : expected) {
        client.call(RawClient.run(chip, 1));
        var streams = activity(client, chip).getStreamsList();
        assertThat(streams.get(1).getAbout()).isEqualTo("counters");
        assertThat(
                new long[] {
                  streams.get(0).getCredit(),
                  streams.get(0).getLost(),
                  streams.get(1).getCredit(),
                  streams.get(1).getLost()
                })
            .containsExactly(step);
      }
      for (long stream : new long[] {rain, counters}) {
        client.call(Request.newBuilder().setCancel(CancelRequest.newBuilder().setRequest(stream)));
      }
      var activity = activity(client, chip);
      assertThat(activity.getStreamsCount()).isZero();
      assertThat(activity.getLost()).isEqualTo(1001);
    }
  }

  @Test
  void gatewaysAreStreamsToo() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      client.receive(
          client.send(on(chip).setUdpInput(UdpInputRequest.newBuilder().setPopulation("ear"))));
      client.receive(
          client.send(
              on(chip)
                  .setUdpOutput(UdpOutputRequest.newBuilder().setPopulation("mouth").setPort(9))));
      var streams = activity(client, chip).getStreamsList();
      assertThat(streams)
          .extracting(ActivityResponse.Stream::getAbout)
          .containsExactly("ear", "mouth.spike");
      assertThat(streams)
          .extracting(ActivityResponse.Stream::getKind)
          .containsExactly(StreamKind.STREAM_KIND_UDP_INPUT, StreamKind.STREAM_KIND_UDP_OUTPUT);
    }
  }

  @Test
  void aPlayWithoutSamplesWaits() {
    try (var client = client()) {
      int chip = ProtocolTest.leaseSsnn(client);
      assertThat(activity(client, chip).getWaits()).isFalse();
      client.receive(client.send(on(chip).setPlay(PlayRequest.getDefaultInstance())));
      var activity = activity(client, chip);
      assertThat(activity.getRunning()).isTrue();
      assertThat(activity.getWaits()).isTrue();
    }
  }

  @Test
  void anEmptyChipTellsThatNothingHappens() {
    try (var client = client()) {
      var activity = activity(client, client.lease().getChip());
      assertThat(activity)
          .isEqualTo(
              ActivityResponse.newBuilder()
                  .setPace(ActivityResponse.Pace.getDefaultInstance())
                  .build());
    }
  }
}
