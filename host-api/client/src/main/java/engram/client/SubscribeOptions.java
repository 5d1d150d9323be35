package engram.client;

import engram.protocol.v1.SubscribeRequest;

/// Which events to stream, and in what batches.
public final class SubscribeOptions {
  /// Credit of a subscription that asks for none: 2^18 events, a few megabytes.
  public static final long DEFAULT_CREDIT = 1 << 18;

  private final SubscribeRequest request;

  private SubscribeOptions(SubscribeRequest.Builder request) {
    this.request = request.build();
  }

  /// The events of a population's only stream, or of its `spike`. What finds no room is dropped.
  public static SubscribeOptions of(String population) {
    return of(population, "");
  }

  public static SubscribeOptions of(String population, String stream) {
    return new SubscribeOptions(
        SubscribeRequest.newBuilder()
            .setPopulation(population)
            .setStream(stream)
            .setCredit(DEFAULT_CREDIT)
            .setOverflow(Overflow.DROP.wire()));
  }

  /// Only neurons on this core.
  public SubscribeOptions onCore(int core) {
    return new SubscribeOptions(request.toBuilder().setCore(core));
  }

  public SubscribeOptions withOverflow(Overflow overflow) {
    return new SubscribeOptions(request.toBuilder().setOverflow(overflow.wire()));
  }

  /// Events that the server may send before the first of them is taken.
  public SubscribeOptions withCredit(long events) {
    LiveStream.requireCredit(events);
    return new SubscribeOptions(request.toBuilder().setCredit(events));
  }

  /// Lets a batch wait for events of several steps.
  ///
  /// @param events most events of a batch; a batch ends with a step all the same
  /// @param steps most steps that events wait for their batch to fill
  public SubscribeOptions withBatches(int events, int steps) {
    return new SubscribeOptions(request.toBuilder().setBatchEvents(events).setBatchSteps(steps));
  }

  SubscribeRequest request() {
    return request;
  }
}
