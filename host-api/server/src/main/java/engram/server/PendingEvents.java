package engram.server;

import engram.chip.EventWriter;
import engram.protocol.v1.Code;
import engram.protocol.v1.LatePolicy;
import java.util.Arrays;
import java.util.PriorityQueue;

/// Events that hosts have injected and that are not due yet.
final class PendingEvents {
  /// Events that may wait on a chip.
  static final int MOST = 8 << 20;

  /// Memory of a batch beside its columns, as a number of events.
  private static final int BATCH_EVENTS = 16;

  private static final int RETRY_MS = 10;

  /// What became of a batch.
  record Taken(long accepted, long late, long dropped) {}

  private final PriorityQueue<Batch> batches = new PriorityQueue<>();
  private long waiting;
  private long order;
  private long late;
  private long dropped;
  private long coalesced;

  /// Events of one population, in ascending order of step.
  private static final class Batch implements Comparable<Batch> {
    private final EventWriter writer;
    private int[] neurons;
    private short[] payloads;
    private long[] steps;
    private final long order;
    private long next;
    private int at;

    /// @param payloads null: all 1
    /// @param steps null: all are due at `next`
    Batch(
        EventWriter writer, int[] neurons, short[] payloads, long[] steps, long next, long order) {
      this.writer = writer;
      this.neurons = neurons;
      this.payloads = payloads;
      this.steps = steps;
      this.next = next;
      this.order = order;
    }

    /// Gives back the memory of events that are gone once they are more than half.
    void compact() {
      if (at > neurons.length / 2) {
        neurons = Arrays.copyOfRange(neurons, at, neurons.length);
        payloads = payloads == null ? null : Arrays.copyOfRange(payloads, at, payloads.length);
        steps = Arrays.copyOfRange(steps, at, steps.length);
        at = 0;
      }
    }

    @Override
    public int compareTo(Batch other) {
      return next != other.next ? Long.compare(next, other.next) : Long.compare(order, other.order);
    }
  }

  /// Events that are not due yet.
  long waiting() {
    return waiting;
  }

  /// Events that came too late so far.
  long late() {
    return late;
  }

  /// Events so far that were dropped since they came too late.
  long dropped() {
    return dropped;
  }

  /// Events so far that took the place of another one of the same neuron and step.
  long coalesced() {
    return coalesced;
  }

  /// Takes a batch, whole or not at all but for what the policy says.
  ///
  /// @param payloads null: all 1
  /// @param steps ascending; null: all are due at `step`
  /// @param now the step that comes next
  Taken add(
      EventWriter writer,
      int[] neurons,
      short[] payloads,
      long[] steps,
      long step,
      LatePolicy policy,
      long now) {
    requirePolicy(policy);
    requireRoom(neurons.length);
    for (int i = 0; i < neurons.length; i++) {
      writer.check(neurons[i], payloads == null ? 1 : payloads[i]);
    }
    int past = past(neurons.length, steps, step, now);
    boolean drops = policy == LatePolicy.LATE_POLICY_DROP;
    if (past > 0 && !drops && policy != LatePolicy.LATE_POLICY_NEXT_STEP) {
      throw CallException.of(
          Code.CODE_OUT_OF_RANGE,
          "step: %d (expected: at least %d, the step that comes next); %d of %d events are late",
          steps == null ? step : steps[0],
          now,
          past,
          neurons.length);
    }
    late += past;
    int first = drops ? past : 0;
    dropped += first;
    if (first < neurons.length) {
      var batch = new Batch(writer, neurons, payloads, steps, 0, order++);
      batch.at = first;
      batch.next = Math.max(now, steps == null ? step : steps[first]);
      batch.compact();
      batches.add(batch);
      waiting += neurons.length - first;
    }
    return new Taken(neurons.length - first, past, first);
  }

  private void requireRoom(int events) {
    if (waiting + events + (batches.size() + 1L) * BATCH_EVENTS > MOST) {
      throw CallException.of(
              Code.CODE_RESOURCE_EXHAUSTED,
              "events that wait on the chip: %d and %d more (expected: at most %d)",
              waiting,
              events,
              MOST)
          .retryAfter(RETRY_MS);
    }
  }

  private static void requirePolicy(LatePolicy policy) {
    if (policy == LatePolicy.UNRECOGNIZED) {
      throw new CallException(Code.CODE_INVALID_ARGUMENT, "late: unknown (expected: 0 to 3)");
    }
  }

  /// Number of events whose step has gone by; checks that steps ascend.
  private static int past(int events, long[] steps, long step, long now) {
    if (steps == null) {
      if (step < 0) {
        throw CallException.of(
            Code.CODE_INVALID_ARGUMENT,
            "step: %s (expected: at most %d)",
            Long.toUnsignedString(step),
            Long.MAX_VALUE);
      }
      return step < now ? events : 0;
    }
    int past = 0;
    for (int i = 0; i < events; i++) {
      if (steps[i] < 0 || i > 0 && steps[i] < steps[i - 1]) {
        throw CallException.of(
            Code.CODE_INVALID_ARGUMENT,
            "step of event %d: %s (expected: at least %d, that of the event before it, at most %d)",
            i,
            Long.toUnsignedString(steps[i]),
            i == 0 ? 0 : steps[i - 1],
            Long.MAX_VALUE);
      }
      past += steps[i] < now ? 1 : 0;
    }
    return past;
  }

  /// Injects what is due.
  void inject(long now) {
    for (var batch = batches.peek(); batch != null && batch.next <= now; batch = batches.peek()) {
      batches.poll();
      int from = batch.at;
      int to = from;
      while (to < batch.neurons.length && (batch.steps == null || batch.steps[to] <= now)) {
        int payload = batch.payloads == null ? 1 : batch.payloads[to];
        coalesced += batch.writer.emit(batch.neurons[to], payload) ? 0 : 1;
        to++;
      }
      waiting -= to - from;
      if (to < batch.neurons.length) {
        batch.at = to;
        batch.next = batch.steps[to];
        batch.compact();
        batches.add(batch);
      }
    }
  }

  void clear() {
    batches.clear();
    waiting = 0;
  }
}
