package engram.client;

import engram.protocol.v1.UdpInputRequest;
import engram.protocol.v1.UdpTimes;
import java.time.Duration;

/// How packets become events of an external population. Unless told otherwise a port of loopback is
/// opened, any free one; keys are neurons; times are ignored; late events move to the next step.
public final class UdpInputOptions {
  private final UdpInputRequest request;

  private UdpInputOptions(UdpInputRequest.Builder request) {
    this.request = request.build();
  }

  /// Packets as SpiNNaker sends them.
  public static UdpInputOptions eieio(String population) {
    return new UdpInputOptions(of(population, UdpProtocol.EIEIO));
  }

  /// Packets of an event camera. Pixel (x, y) has the key `(polarity * height + y) * width + x`.
  ///
  /// @param polarities 1 or 2
  public static UdpInputOptions spif(String population, int width, int height, int polarities) {
    return new UdpInputOptions(
        of(population, UdpProtocol.SPIF)
            .setSensor(
                UdpInputRequest.Sensor.newBuilder()
                    .setWidth(width)
                    .setHeight(height)
                    .setPolarities(polarities)));
  }

  private static UdpInputRequest.Builder of(String population, UdpProtocol protocol) {
    return UdpInputRequest.newBuilder()
        .setPopulation(population)
        .setProtocol(protocol.wire())
        .setCredit(UdpInput.CREDIT);
  }

  /// @param host IP address of the server's machine; beyond loopback only if the server allows it
  /// @param port 0: any free one
  public UdpInputOptions at(String host, int port) {
    return new UdpInputOptions(request.toBuilder().setHost(host).setPort(port));
  }

  /// Neuron 0 has this key, neuron 1 the next.
  public UdpInputOptions withKeys(int base) {
    return withKeys(base, 0);
  }

  /// Keys are ours if they are as `base` in the bits of a mask; their other bits are the neuron.
  public UdpInputOptions withKeys(int base, int mask) {
    return new UdpInputOptions(request.toBuilder().setKeyBase(base).setKeyMask(mask));
  }

  /// Times in packets are steps.
  ///
  /// @param first step in which events of time 0 are due
  public UdpInputOptions timedInSteps(long first) {
    return new UdpInputOptions(
        request.toBuilder().setTimes(UdpTimes.UDP_TIMES_STEPS).setFirstStep(first));
  }

  /// Times in packets are microseconds.
  ///
  /// @param step that a step takes, whole microseconds
  /// @param first step in which events of time 0 are due
  public UdpInputOptions timedInMicroseconds(Duration step, long first) {
    return new UdpInputOptions(
        request.toBuilder()
            .setTimes(UdpTimes.UDP_TIMES_MICROSECONDS)
            .setStepUs(Math.toIntExact(step.toNanos() / 1000))
            .setFirstStep(first));
  }

  /// What becomes of events whose step has gone by. There is nobody to hear of `REJECT`.
  public UdpInputOptions withLate(LatePolicy late) {
    return new UdpInputOptions(request.toBuilder().setLate(late.wire()));
  }

  /// The server tells what it has counted so often, if something has changed.
  public UdpInputOptions reportEvery(Duration time) {
    return new UdpInputOptions(request.toBuilder().setReportMs(Math.toIntExact(time.toMillis())));
  }

  UdpInputRequest request() {
    return request;
  }
}
