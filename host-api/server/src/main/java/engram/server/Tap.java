package engram.server;

import engram.chip.Chip;
import engram.protocol.v1.ActivityResponse;
import engram.protocol.v1.Code;
import engram.protocol.v1.OverflowPolicy;
import engram.protocol.v1.Request;
import engram.protocol.v1.StreamKind;
import java.util.concurrent.atomic.AtomicLong;

/// What a client sees of a running chip, under credit: the events of a stream, or a probe. The
/// chip's thread calls everything but `grant`.
abstract class Tap {
  private final Call call;
  private final OverflowPolicy policy;
  private final AtomicLong credit;
  private long lost;
  private Tally tally;

  /// @param credit unsigned
  Tap(Call call, OverflowPolicy policy, long credit) {
    this.call = call;
    this.policy = policy;
    this.credit = new AtomicLong(credit < 0 ? Long.MAX_VALUE : credit);
  }

  final Call call() {
    return call;
  }

  /// Adds credit; from any thread.
  ///
  /// @param units unsigned
  final void grant(long units) {
    long added = units < 0 ? Long.MAX_VALUE : units;
    credit.accumulateAndGet(
        added, (have, more) -> have + more < have ? Long.MAX_VALUE : have + more);
  }

  /// What is dropped counts in the chip's tally, too.
  final void countIn(Tally tally) {
    this.tally = tally;
  }

  /// Units were dropped.
  final void countLost(long units) {
    lost += units;
    tally.lose(units);
  }

  /// Units that were dropped so far.
  long lostSoFar() {
    return lost;
  }

  /// How the stream is doing.
  ///
  /// @param driver the connection that drives the chip; null: none
  final ActivityResponse.Stream activity(Chip chip, Session driver) {
    var request = call.request();
    return ActivityResponse.Stream.newBuilder()
        .setKind(kind(request))
        .setAbout(Readings.about(chip, request))
        .setOverflow(
            policy == OverflowPolicy.OVERFLOW_POLICY_UNSPECIFIED
                ? OverflowPolicy.OVERFLOW_POLICY_DROP
                : policy)
        .setCredit(Math.max(0, credit.get()))
        .setLost(lostSoFar())
        .setBlocks(blocks())
        .setDrives(call.session() == driver)
        .build();
  }

  private static StreamKind kind(Request request) {
    return switch (request.getCallCase()) {
      case SUBSCRIBE -> StreamKind.STREAM_KIND_EVENTS;
      case PROBE -> StreamKind.STREAM_KIND_PROBE;
      case UDP_INPUT -> StreamKind.STREAM_KIND_UDP_INPUT;
      case UDP_OUTPUT -> StreamKind.STREAM_KIND_UDP_OUTPUT;
      default -> StreamKind.STREAM_KIND_UNSPECIFIED;
    };
  }

  final void spend(long units) {
    credit.addAndGet(-units);
  }

  /// False if the client has no room for more.
  final boolean hasRoom() {
    return credit.get() > 0 && !call.session().isCongested();
  }

  /// True if the chip has to wait for the client.
  final boolean blocks() {
    return policy == OverflowPolicy.OVERFLOW_POLICY_BLOCK && !call.isClosed() && !hasRoom();
  }

  final boolean mayOvershoot() {
    return policy == OverflowPolicy.OVERFLOW_POLICY_BLOCK;
  }

  /// Room was needed and is not there: true if the stream goes on without what was lost.
  final boolean survivesLoss() {
    if (policy != OverflowPolicy.OVERFLOW_POLICY_FAIL) {
      return true;
    }
    end(
        new CallException(
            Code.CODE_RESOURCE_EXHAUSTED,
            "the client has granted no credit for more: read faster, grant more, or let it drop"));
    return false;
  }

  /// Looks at the chip after a step; false if the tap is done.
  abstract boolean stepped(Chip chip);

  /// Sends what is held back: it may be long until the next step.
  void flush() {}

  /// Sends what is held back, then ends.
  abstract void end(CallException why);
}
