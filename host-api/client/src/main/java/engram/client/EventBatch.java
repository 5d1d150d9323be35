package engram.client;

import engram.protocol.Columns;
import engram.protocol.v1.SubscribeResponse;
import java.util.Arrays;

/// Events of a stream in columns of equal length: event `i` is `steps()[i]`, `neurons()[i]`,
/// `payloads()[i]`. The arrays belong to who took the batch.
public final class EventBatch {
  private final long[] steps;
  private final int[] neurons;
  private final short[] payloads;
  private final long lost;
  private final long step;

  private EventBatch(long[] steps, int[] neurons, short[] payloads, long lost, long step) {
    this.steps = steps;
    this.neurons = neurons;
    this.payloads = payloads;
    this.lost = lost;
    this.step = step;
  }

  static EventBatch of(SubscribeResponse response) {
    long[] steps = Columns.longs("steps", response.getSteps());
    int[] neurons = Columns.ints("neurons", response.getNeurons());
    short[] payloads;
    if (response.getPayloads().isEmpty()) {
      payloads = new short[neurons.length];
      Arrays.fill(payloads, (short) 1);
    } else {
      payloads = Columns.shorts("payloads", response.getPayloads());
    }
    if (steps.length != neurons.length || payloads.length != neurons.length) {
      throw new IllegalArgumentException(
          "steps, payloads: %d, %d (expected: %d each, as many as neurons)"
              .formatted(steps.length, payloads.length, neurons.length));
    }
    return new EventBatch(steps, neurons, payloads, response.getLost(), response.getStep());
  }

  /// Number of events.
  public int size() {
    return neurons.length;
  }

  /// Step of each event, ascending.
  public long[] steps() {
    return steps;
  }

  /// Neuron of each event, ascending within a step.
  public int[] neurons() {
    return neurons;
  }

  /// Payload of each event; 1 for a plain spike.
  public short[] payloads() {
    return payloads;
  }

  /// Events that were dropped between the batch before and this one.
  public long lost() {
    return lost;
  }

  /// Number of the step that came next when the batch was sent: events of all steps before it have
  /// been sent or counted as lost.
  public long step() {
    return step;
  }
}
