package engram.server;

import engram.protocol.v1.Code;
import engram.protocol.v1.Request;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.ObjIntConsumer;

/// What a server counts, for Prometheus.
final class Metrics {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final LongAdder steps = new LongAdder();
  private final Counter injected = counter("engram_events_injected", "Events taken from clients.");
  private final Counter late = counter("engram_events_late", "Events that came after their step.");
  private final Counter dropped =
      counter("engram_events_dropped", "Events that came after their step and were dropped.");
  private final Counter sent = counter("engram_events_sent", "Events sent to clients.");
  private final Counter lost =
      counter("engram_events_lost", "Events that clients had no credit for.");
  private final Counter faultLost =
      counter("engram_fault_events_lost", "Events that faults of chips lost on their way.");
  private final Counter faultDropped =
      counter("engram_fault_events_dropped", "Events that were due in dead cores.");
  private final Counter faultFlipped =
      counter("engram_fault_bits_flipped", "Bits that faults of chips turned over.");
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
  private final Counter udpDamaged =
      counter("engram_udp_packets_damaged", "UDP packets that were none of the protocol.");
  private final Counter udpIgnored =
      counter("engram_udp_packets_ignored", "Command packets of EIEIO, which have no effect.");
  private final Counter udpOutside =
      counter(
          "engram_udp_events_outside",
          "Events of UDP packets for no neuron, for no step, or with no payload of the chip's.");
  private final Histogram lateness =
      Histogram.builder()
          .name("engram_step_lateness_seconds")
          .help("How late paced steps began.")
          .classicUpperBounds(0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.1)
          .classicOnly()
          .register(registry);

  private final Counter opened = counter("engram_sessions_opened", "Connections that were taken.");
  private final Counter refused =
      counter("engram_sessions_refused", "Connections that were one too many.");
  private final Udp udpIn;
  private final Udp udpOut;

  Metrics() {
    var packets = byDirection("engram_udp_packets", "UDP packets of gateways.");
    var events = byDirection("engram_udp_events", "Events in UDP packets that were taken or sent.");
    var lostEvents =
        byDirection("engram_udp_events_lost", "Events of UDP packets that found no room.");
    udpIn = new Udp(packets, events, lostEvents, "in");
    udpOut = new Udp(packets, events, lostEvents, "out");
    CounterWithCallback.builder()
        .name("engram_steps")
        .help("Timesteps run, of all chips.")
        .callback(callback -> callback.call(steps.sum()))
        .register(registry);
  }

  /// What gateways of one direction count.
  static final class Udp {
    private final CounterDataPoint packets;
    private final CounterDataPoint events;
    private final CounterDataPoint lost;

    private Udp(Counter packets, Counter events, Counter lost, String direction) {
      this.packets = packets.labelValues(direction);
      this.events = events.labelValues(direction);
      this.lost = lost.labelValues(direction);
    }

    void packet() {
      packets.inc();
    }

    void events(long count) {
      events.inc(count);
    }

    void lost(long count) {
      lost.inc(count);
    }
  }

  Udp udpIn() {
    return udpIn;
  }

  Udp udpOut() {
    return udpOut;
  }

  private Counter byDirection(String name, String help) {
    return Counter.builder().name(name).help(help).labelNames("direction").register(registry);
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

  /// Shows numbers by kind that somebody else keeps.
  ///
  /// @param values adds up kinds and numbers; kinds that it may leave out are shown as 0
  void gauges(
      String name, String help, List<String> kinds, Consumer<ObjIntConsumer<String>> values) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("kind")
        .callback(callback -> {
          var sums = new TreeMap<String, Integer>();
          kinds.forEach(kind -> sums.put(kind, 0));
          values.accept((kind, number) -> sums.merge(kind, number, Integer::sum));
          sums.forEach((kind, number) -> callback.call(number, kind));
        })
        .register(registry);
  }

  PrometheusRegistry registry() {
    return registry;
  }

  static String call(Request.CallCase call) {
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
    dropped.inc(taken.dropped());
  }

  void sent(long events, long lostEvents) {
    sent.inc(events);
    lost.inc(lostEvents);
  }

  void faulted(long lostEvents, long droppedEvents, long flippedBits) {
    faultLost.inc(lostEvents);
    faultDropped.inc(droppedEvents);
    faultFlipped.inc(flippedBits);
  }

  void late(long nanos) {
    lateness.observe(Math.max(0, nanos) * 1e-9);
  }

  void missedDeadline() {
    missed.inc();
  }

  void sessionOpened() {
    opened.inc();
  }

  void sessionRefused() {
    refused.inc();
  }

  void udpDamaged() {
    udpDamaged.inc();
  }

  void udpIgnored(long packets) {
    udpIgnored.inc(packets);
  }

  void udpOutside(long events) {
    udpOutside.inc(events);
  }
}
