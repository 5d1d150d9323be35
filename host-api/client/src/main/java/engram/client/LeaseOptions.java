package engram.client;

import engram.protocol.v1.LeaseRequest;
import java.time.Duration;
import java.util.function.IntConsumer;

/// Which chip to lease, and how it is run.
public final class LeaseOptions {
  private final LeaseRequest request;
  private final IntConsumer queued;

  private LeaseOptions(LeaseRequest request, IntConsumer queued) {
    this.request = request;
    this.queued = queued;
  }

  /// A chip of a preset, such as `engram-1`, with the server's choice of all else.
  public static LeaseOptions of(String preset) {
    return new LeaseOptions(LeaseRequest.newBuilder().setPreset(preset).build(), _ -> {});
  }

  public LeaseOptions withEngine(Engine engine) {
    return with(request.toBuilder().setEngine(engine.wire()));
  }

  /// Threads that the cores are spread over; 1 unless told otherwise.
  public LeaseOptions withThreads(int threads) {
    return with(request.toBuilder().setThreads(threads));
  }

  public LeaseOptions withNoc(NocFidelity noc) {
    return with(request.toBuilder().setNoc(noc.wire()));
  }

  /// Whole seconds that the lease outlives a lost connection; 60 unless told otherwise.
  public LeaseOptions withTimeToLive(Duration time) {
    return with(request.toBuilder().setTimeToLiveS(Math.toIntExact(time.toSeconds())));
  }

  /// Waits in the queue if no chip is free; else such a lease fails with `RESOURCE_EXHAUSTED`.
  public LeaseOptions waiting() {
    return waiting(_ -> {});
  }

  /// Waits in the queue and is told each new place, 1 for the next one.
  public LeaseOptions waiting(IntConsumer place) {
    return new LeaseOptions(request.toBuilder().setWait(true).build(), place);
  }

  private LeaseOptions with(LeaseRequest.Builder changed) {
    return new LeaseOptions(changed.build(), queued);
  }

  LeaseRequest request() {
    return request;
  }

  IntConsumer queued() {
    return queued;
  }
}
