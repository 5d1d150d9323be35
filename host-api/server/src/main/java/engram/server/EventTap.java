package engram.server;

import engram.chip.Chip;
import engram.chip.StreamReader;
import engram.protocol.Columns;
import engram.protocol.v1.Response;
import engram.protocol.v1.SubscribeRequest;
import engram.protocol.v1.SubscribeResponse;
import java.util.Arrays;

/// The events of one stream on their way to a client, in batches.
final class EventTap extends Tap {
  private static final long CREDIT = 1 << 16;
  private static final int BATCH = 1 << 14;
  private static final int MOST_BATCH = 1 << 20;

  private final StreamReader stream;
  private final int first;
  private final int end;
  private final int batchEvents;
  private final int batchSteps;
  private long[] steps = new long[256];
  private int[] neurons = new int[256];
  private short[] payloads = new short[256];
  private int count;
  private boolean plain = true;
  private long lost;
  private long now;
  private int held;

  /// @param first neuron that is looked at
  /// @param end the neuron behind the last one that is looked at
  EventTap(Call call, SubscribeRequest request, StreamReader stream, int first, int end) {
    super(call, request.getOverflow(), request.getCredit() == 0 ? CREDIT : request.getCredit());
    this.stream = stream;
    this.first = first;
    this.end = end;
    batchEvents =
        request.getBatchEvents() == 0
            ? BATCH
            : Math.clamp(request.getBatchEvents() & 0xFFFF_FFFFL, 1, MOST_BATCH);
    batchSteps = (int) Math.min(request.getBatchSteps() & 0xFFFF_FFFFL, Integer.MAX_VALUE);
  }

  @Override
  boolean stepped(Chip chip) {
    if (call().isClosed()) {
      return false;
    }
    now = chip.timestep();
    long lostBefore = lost;
    boolean room = hasRoom() || mayOvershoot();
    if (room) {
      stream.forEachEvent(this::take);
    } else {
      stream.forEachEvent(this::lose);
    }
    if (lost > lostBefore) {
      countLost(lost - lostBefore);
      if (!survivesLoss()) {
        return false;
      }
    }
    held = count == 0 ? 0 : held + 1;
    if (count >= batchEvents || held > batchSteps) {
      flush();
    }
    return true;
  }

  private void take(int neuron, int payload) {
    if (neuron < first || neuron >= end) {
      return;
    }
    if (count == neurons.length) {
      steps = Arrays.copyOf(steps, 2 * count);
      neurons = Arrays.copyOf(neurons, 2 * count);
      payloads = Arrays.copyOf(payloads, 2 * count);
    }
    steps[count] = now - 1;
    neurons[count] = neuron;
    payloads[count] = (short) payload;
    plain &= payload == 1;
    count++;
    spend(1);
  }

  private void lose(int neuron, int payload) {
    lost += neuron >= first && neuron < end ? 1 : 0;
  }

  @Override
  void flush() {
    if (count == 0 && lost == 0) {
      return;
    }
    var batch =
        SubscribeResponse.newBuilder()
            .setSteps(Columns.ofLongs(steps, count))
            .setNeurons(Columns.ofInts(neurons, count))
            .setLost(lost)
            .setStep(now);
    if (!plain) {
      batch.setPayloads(Columns.ofShorts(payloads, count));
    }
    call().session().server().metrics().sent(count, lost);
    call().answerMore(Response.newBuilder().setEvents(batch));
    count = 0;
    lost = 0;
    held = 0;
    plain = true;
  }

  @Override
  void end(CallException why) {
    flush();
    call().fail(why);
  }
}
