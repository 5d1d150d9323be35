package engram.client;

import engram.protocol.v1.UdpOutputRequest;
import engram.protocol.v1.UdpTimes;
import java.time.Duration;

/// Which events leave a chip as EIEIO packets, and where to. Unless told otherwise keys are
/// neurons, and packets carry no times.
public final class UdpOutputOptions {
  private final UdpOutputRequest request;

  private UdpOutputOptions(UdpOutputRequest.Builder request) {
    this.request = request.build();
  }

  /// @param stream of the population; empty: its only one, or `spike`
  /// @param host IP address; beyond the server's loopback only if the server allows it
  public static UdpOutputOptions to(String population, String stream, String host, int port) {
    return new UdpOutputOptions(
        UdpOutputRequest.newBuilder()
            .setPopulation(population)
            .setStream(stream)
            .setHost(host)
            .setPort(port)
            .setCredit(UdpOutput.CREDIT));
  }

  /// Neuron 0 has this key, neuron 1 the next.
  public UdpOutputOptions withKeys(int base) {
    return new UdpOutputOptions(request.toBuilder().setKeyBase(base));
  }

  /// Packets carry steps.
  ///
  /// @param first step that has time 0
  public UdpOutputOptions timedInSteps(long first) {
    return new UdpOutputOptions(
        request.toBuilder().setTimes(UdpTimes.UDP_TIMES_STEPS).setFirstStep(first));
  }

  /// Packets carry microseconds.
  ///
  /// @param step that a step takes, whole microseconds
  /// @param first step that has time 0
  public UdpOutputOptions timedInMicroseconds(Duration step, long first) {
    return new UdpOutputOptions(
        request.toBuilder()
            .setTimes(UdpTimes.UDP_TIMES_MICROSECONDS)
            .setStepUs(Math.toIntExact(step.toNanos() / 1000))
            .setFirstStep(first));
  }

  /// The server tells what it has counted so often, if something has changed.
  public UdpOutputOptions reportEvery(Duration time) {
    return new UdpOutputOptions(request.toBuilder().setReportMs(Math.toIntExact(time.toMillis())));
  }

  UdpOutputRequest request() {
    return request;
  }
}
