package engram.server;

import com.google.protobuf.ByteString;
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

  /// Samples whose results go out together, as long as others wait.
  private static final int RESULTS = 32;

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
  private boolean last;
  private SamplesRequest batch;
  private ByteString bytes;
  private int inBatch;
  private int used;
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

  /// Takes samples from the client; from any thread.
  void offer(SamplesRequest samples) {
    int count = samples.getCount();
    if (count < 0 || room.addAndGet(-count) < 0) {
      refuse(
          CallException.of(
              Code.CODE_RESOURCE_EXHAUSTED,
              "samples: %s (expected: no more than there was room for)",
              Integer.toUnsignedString(count)));
    } else {
      queue.add(samples);
    }
    runner.wake();
  }

  private void refuse(CallException why) {
    refused = why;
  }

  @Override
  public boolean isReady() {
    return runner.tapsAreReady() && (refused != null || last || batch != null || !queue.isEmpty());
  }

  @Override
  public boolean advance() {
    if (refused != null) {
      throw refused;
    }
    if (batch == null && !queue.isEmpty()) {
      open(queue.poll());
    }
    if (batch != null) {
      present();
      return false;
    }
    player.drain();
    finish(false);
    return true;
  }

  private void open(SamplesRequest samples) {
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
    last |= samples.getLast();
    if (samples.getCount() > 0) {
      batch = samples;
      bytes = samples.getValues();
      inBatch = 0;
      if (start == 0) {
        start = System.nanoTime();
      }
    }
  }

  private void present() {
    int width = batch.getValueBytes() == 0 ? 1 : batch.getValueBytes();
    int at = inBatch * values.length * width;
    for (int i = 0; i < values.length; i++) {
      int value = 0;
      for (int b = 0; b < width; b++) {
        value |= (bytes.byteAt(at++) & 0xFF) << 8 * b;
      }
      values[i] = value;
    }
    int label = batch.getLabelsCount() == 0 ? SamplePlayer.UNLABELLED : batch.getLabels(inBatch);
    int number = (int) (request.getFirstNumber() + played);
    player.present(values, label, request.getLearn(), number, played, steps);
    played++;
    used++;
    if (++inBatch == batch.getCount()) {
      batch = null;
    }
    if (!request.getOnCopy()) {
      runner.rest(request.getFirstNumber() + played);
    }
    if (used >= RESULTS || batch == null && queue.isEmpty()) {
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

  private void finish(boolean cancelled) {
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

  private void closeCopy() {
    if (request.getOnCopy()) {
      chip.close();
    }
  }

  @Override
  public void end(Code why) {
    if (why == Code.CODE_CANCELLED) {
      finish(true);
    } else {
      closeCopy();
      call.fail(Call.ended(why));
    }
  }

  @Override
  public void fail(Throwable failure) {
    closeCopy();
    call.fail(failure);
  }
}
