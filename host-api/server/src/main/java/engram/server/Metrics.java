package engram.server;

import engram.protocol.v1.Code;
import engram.protocol.v1.Request;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/// What a server counts, for Prometheus.
final class Metrics {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final LongAdder steps = new LongAdder();
  private final Counter injected = counter("engram_events_injected", "Events taken from clients.");
  private final Counter late = counter("engram_events_late", "Events that came after their step.");
  private final Counter sent = counter("engram_events_sent", "Events sent to clients.");
  private final Counter lost =
      counter("engram_events_lost", "Events that clients had no credit for.");
  private final Counter missed =
      counter("engram_deadlines_missed", "Paced steps that began after their time.");
  private final Counter requests =
      Counter.builder()
          .name("engram_requests")
          .help("Requests, by call.")
          .labelNames("call")
          .register(registry);
  private final Counter failures =
      Counter.builder()
          .name("engram_failures")
          .help("Requests that failed, by call and code.")
          .labelNames("call", "code")
          .register(registry);
  private final Histogram lateness =
      Histogram.builder()
          .name("engram_step_lateness_seconds")
          .help("How late paced steps began.")
          .classicUpperBounds(0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.1)
          .classicOnly()
          .register(registry);

  Metrics() {
    CounterWithCallback.builder()
        .name("engram_steps")
        .help("Timesteps run, of all chips.")
        .callback(callback -> callback.call(steps.sum()))
        .register(registry);
  }

  private Counter counter(String name, String help) {
    return Counter.builder().name(name).help(help).register(registry);
  }

  /// Shows a number that somebody else keeps.
  void gauge(String name, String help, IntSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsInt()))
        .register(registry);
  }

  PrometheusRegistry registry() {
    return registry;
  }

  private static String call(Request.CallCase call) {
    return call.name().toLowerCase(Locale.ROOT);
  }

  void requested(Request.CallCase call) {
    requests.labelValues(call(call)).inc();
  }

  void failed(Request.CallCase call, Code code) {
    failures.labelValues(call(call), code.name().substring("CODE_".length())).inc();
  }

  void stepped() {
    steps.increment();
  }

  void taken(PendingEvents.Taken taken) {
    injected.inc(taken.accepted());
    late.inc(taken.late());
  }

  void sent(long events, long lostEvents) {
    sent.inc(events);
    lost.inc(lostEvents);
  }

  void late(long nanos) {
    lateness.observe(Math.max(0, nanos) * 1e-9);
  }

  void missedDeadline() {
    missed.inc();
  }
}
