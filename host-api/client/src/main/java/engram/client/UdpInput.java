package engram.client;

import engram.protocol.v1.Request;
import engram.protocol.v1.Response;
import engram.protocol.v1.UdpInputRequest;

/// A UDP port whose packets become events of a chip. As a stream it tells what the server has
/// counted, each time from the beginning. A unit of credit is one such answer.
public final class UdpInput extends LiveStream<UdpInputCounts> {
  static final long CREDIT = 16;

  UdpInput(Lease lease, UdpInputRequest request) {
    super(lease, Request.newBuilder().setUdpInput(request), request.getCredit());
  }

  /// Port that it listens on.
  ///
  /// @throws EngramException if the server refused to open it
  public int port() {
    return first().getUdpInput().getPort();
  }

  @Override
  boolean isOurs(Response response) {
    return response.hasUdpInput();
  }

  @Override
  long units(Response response) {
    return 1;
  }

  /// Each answer counts from the beginning.
  @Override
  long lost(Response response) {
    return 0;
  }

  @Override
  UdpInputCounts decode(Response response) {
    return UdpInputCounts.of(response.getUdpInput());
  }
}
