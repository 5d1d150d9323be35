package engram.server;

import engram.chip.Chip;
import engram.chip.ChipCost;
import engram.chip.SamplePlayer;
import engram.chip.preset.Counter;
import engram.protocol.Columns;
import engram.protocol.v1.Code;
import engram.protocol.v1.PlayRequest;
import engram.protocol.v1.PlayResponse;
import engram.protocol.v1.Response;
import engram.protocol.v1.SamplesRequest;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Samples from a client, presented back to back. The client may send as many as there is room for,
/// so that the next ones are there when the chip wants them and memory stays bounded.
final class PlayJob implements Job {
  /// Samples that may wait.
  private static final int MOST_ROOM = 1024;

  /// Bytes of samples that may wait.
  private static final int MOST_BYTES = 4 << 20;

  private static final int MOST_STEPS = 1 << 16;

  /// Samples whose results go out together, as long as others wait and it does not take long.
  private static final int RESULTS = 128;

  private static final long RESULTS_NANOS = 20_000_000;

  /// The highest number of a sample: it has 32 bits of the clock that draws are keyed with.
  private static final long MOST_NUMBER = 0xFFFF_FFFFL;

  private enum Phase {
    BETWEEN,
    SAMPLE,
    DRAIN
  }

  private final Call call;
  private final PlayRequest request;
  private final ChipRunner runner;
  private final Chip chip;
  private final SamplePlayer player;
  private final int steps;
  private final int[] values;
  private final ChipCost costBefore;
  private final long eventsBefore;
  private final ConcurrentLinkedQueue<SamplesRequest> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger room = new AtomicInteger();
  private volatile CallException refused;

  /// The client has sent its last samples; of the connection's thread.
  private boolean lastOffered;

  private Phase phase = Phase.BETWEEN;
  private boolean last;

  /// Why the play ends before its last sample; null if it does not.
  private Code ending;

  private SamplesRequest batch;
  private byte[] bytes;
  private int inBatch;
  private int used;
  private long flushed;
  private long played;
  private long start;
  private PlayResponse.Builder results = PlayResponse.newBuilder();
  private int[] votes = new int[0];
  private int voted;

  PlayJob(Call call, PlayRequest request, ChipRunner runner) {
    this.call = call;
    this.request = request;
    this.runner = runner;
    var original = runner.restingChip();
    var port =
        original
            .image()
            .samples()
            .orElseThrow(() ->
                CallException.of(
                    Code.CODE_FAILED_PRECONDITION,
                    "network %s has no sample port",
                    original.image().network()));
    steps = request.getSteps() == 0 ? port.steps() : request.getSteps();
    if (steps < 1 || steps > MOST_STEPS) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "steps: %s (expected: 1 to %d)",
          Integer.toUnsignedString(steps),
          MOST_STEPS);
    }
    if (request.getFirstNumber() < 0 || request.getFirstNumber() > MOST_NUMBER) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "first_number: %s (expected: 0 to %d)",
          Long.toUnsignedString(request.getFirstNumber()),
          MOST_NUMBER);
    }
    // All are looked at before any is written.
    request.getRegistersMap().forEach(original::checkRegister);
    chip = request.getOnCopy() ? original.fork() : original;
    try {
      request.getRegistersMap().forEach(chip::setRegister);
      player =
          request.getOnCopy()
              ? new SamplePlayer(chip, chip::step, this::voted)
              : new SamplePlayer(chip, runner::advanceChip, this::voted);
    } catch (RuntimeException e) {
      closeCopy();
      throw e;
    }
    values = new int[chip.size(port.data())];
    costBefore = chip.cost();
    eventsBefore = chip.count(Counter.EVENTS_EMITTED);
    room.set(Math.clamp(MOST_BYTES / values.length, 1, MOST_ROOM));
  }

  /// Tells the client that samples may come.
  void open() {
    call.answerMore(Response.newBuilder().setPlay(PlayResponse.newBuilder().setRoom(room.get())));
  }

  /// Takes samples from the client; from the connection's thread. What is wrong with them is found
  /// here, so that no more waits than there was room for.
  void offer(SamplesRequest samples) {
    if (refused != null) {
      return;
    }
    try {
      check(samples);
      lastOffered = samples.getLast();
      queue.add(samples);
    } catch (CallException e) {
      refused = e;
    }
    runner.wake();
  }

  private boolean isHeldUp() {
    return !request.getOnCopy() && !runner.tapsAreReady();
  }

  @Override
  public boolean isReady() {
    if (refused != null || ending != null) {
      return true;
    }
    boolean fed = phase != Phase.BETWEEN || last || batch != null || !queue.isEmpty();
    return fed && !isHeldUp();
  }

  @Override
  public boolean advance() {
    if (refused != null) {
      throw refused;
    }
    if (ending != null && (phase == Phase.BETWEEN || isHeldUp())) {
      return true;
    }
    return switch (phase) {
      case BETWEEN -> {
        if (batch == null && !queue.isEmpty()) {
          open(queue.poll());
        }
        if (batch != null) {
          begin();
        } else if (last) {
          player.beginDrain();
          phase = Phase.DRAIN;
        }
        yield false;
      }
      case SAMPLE -> {
        if (!player.advance()) {
          presented();
        }
        yield false;
      }
      case DRAIN -> !player.advance();
    };
  }

  private void check(SamplesRequest samples) {
    if (lastOffered) {
      throw new CallException(
          Code.CODE_INVALID_ARGUMENT, "samples: more came behind the last ones");
    }
    int count = samples.getCount();
    if (count < 0 || count > room.get()) {
      throw CallException.of(
          Code.CODE_RESOURCE_EXHAUSTED,
          "samples: %s (expected: at most %d, as there was room for)",
          Integer.toUnsignedString(count),
          room.get());
    }
    if (count == 0 && !samples.getLast()) {
      throw new CallException(
          Code.CODE_INVALID_ARGUMENT, "samples: 0 (expected: at least 1, but for the last ones)");
    }
    room.addAndGet(-count);
    int width = samples.getValueBytes() == 0 ? 1 : samples.getValueBytes();
    long expected = (long) samples.getCount() * values.length * width;
    if (width != 1 && width != 2 && width != 4) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT, "value_bytes: %d (expected: 1, 2 or 4)", width);
    }
    if (samples.getValues().size() != expected) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "values of %d samples: %d bytes (expected: %d, %d values of %d bytes each)",
          samples.getCount(),
          samples.getValues().size(),
          expected,
          values.length,
          width);
    }
    int labels = samples.getLabelsCount();
    if (labels != 0 && labels != samples.getCount()) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT, "labels: %d (expected: 0 or %d)", labels, samples.getCount());
    }
  }

  private void open(SamplesRequest samples) {
    last = samples.getLast();
    if (samples.getCount() > 0) {
      batch = samples;
      bytes = samples.getValues().toByteArray();
      inBatch = 0;
      if (start == 0) {
        start = System.nanoTime();
      }
    }
  }

  private void begin() {
    int width = batch.getValueBytes() == 0 ? 1 : batch.getValueBytes();
    int at = inBatch * values.length * width;
    if (width == Byte.BYTES) {
      for (int i = 0; i < values.length; i++) {
        values[i] = bytes[at + i] & 0xFF;
      }
    } else {
      for (int i = 0; i < values.length; i++) {
        int value = 0;
        for (int b = 0; b < width; b++) {
          value |= (bytes[at++] & 0xFF) << 8 * b;
        }
        values[i] = value;
      }
    }
    int label = batch.getLabelsCount() == 0 ? SamplePlayer.UNLABELLED : batch.getLabels(inBatch);
    int number = (int) (request.getFirstNumber() + played);
    player.begin(values, label, request.getLearn(), number, played, steps);
    phase = Phase.SAMPLE;
  }

  private void presented() {
    phase = Phase.BETWEEN;
    played++;
    used++;
    if (++inBatch == batch.getCount()) {
      batch = null;
    }
    if (!request.getOnCopy()) {
      runner.rest(request.getFirstNumber() + played);
    }
    boolean idle = batch == null && queue.isEmpty();
    if (idle || used >= RESULTS || System.nanoTime() - flushed > RESULTS_NANOS) {
      flush();
    }
  }

  private void voted(long tag, int[] counts) {
    int best = -1;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0 && (best < 0 || counts[i] > counts[best])) {
        best = i;
      }
    }
    results.addAnswers(best);
    if (request.getVotes()) {
      int needed = voted + counts.length;
      if (needed > votes.length) {
        votes = Arrays.copyOf(votes, Math.max(needed, 2 * votes.length));
      }
      System.arraycopy(counts, 0, votes, voted, counts.length);
      voted = needed;
    }
  }

  /// Sends results, and room for as many samples as have been used.
  private void flush() {
    flushed = System.nanoTime();
    room.addAndGet(used);
    call.answerMore(Response.newBuilder().setPlay(results().setRoom(used)));
    used = 0;
  }

  private PlayResponse.Builder results() {
    var sent = results.setStep(chip.timestep()).setEvents(events());
    if (voted > 0) {
      sent.setVotes(Columns.ofInts(votes, voted));
    }
    results = PlayResponse.newBuilder();
    voted = 0;
    return sent;
  }

  private long events() {
    return chip.count(Counter.EVENTS_EMITTED) - eventsBefore;
  }

  /// A play ends between two samples, so that the next one finds the chip where it should be; where
  /// it is if a stream holds it up, or the lease is over.
  @Override
  public boolean endsLater(Code why) {
    if (phase == Phase.BETWEEN || why == Code.CODE_ABORTED || isHeldUp()) {
      return false;
    }
    ending = why;
    return true;
  }

  @Override
  public void finish() {
    if (ending == null) {
      answer(false);
    } else {
      end(ending);
    }
  }

  private void answer(boolean cancelled) {
    double seconds = start == 0 ? 0 : (System.nanoTime() - start) * 1e-9;
    var response =
        results()
            .setCost(Readings.cost(chip, chip.cost().since(costBefore)))
            .setSamples(played)
            .setSeconds(seconds)
            .setCancelled(cancelled);
    closeCopy();
    runner.flushTaps();
    call.answer(Response.newBuilder().setPlay(response));
  }

  /// The play does not begin after all.
  void close() {
    closeCopy();
  }

  private void closeCopy() {
    if (request.getOnCopy()) {
      chip.close();
    }
  }

  @Override
  public void end(Code why) {
    if (why == Code.CODE_CANCELLED) {
      answer(true);
    } else {
      closeCopy();
      call.fail(Call.ended(why));
    }
  }

  @Override
  public void fail(Throwable failure) {
    if (used > 0) {
      flush();
    }
    closeCopy();
    call.fail(failure);
  }
}
