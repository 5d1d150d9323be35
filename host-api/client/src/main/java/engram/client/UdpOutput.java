package engram.client;

import engram.protocol.v1.Request;
import engram.protocol.v1.Response;
import engram.protocol.v1.UdpOutputRequest;

/// Events of a chip that leave it as UDP packets. As a stream it tells what the server has counted,
/// each time from the beginning. A unit of credit is one such answer.
public final class UdpOutput extends LiveStream<UdpOutputCounts> {
  static final long CREDIT = 16;

  UdpOutput(Lease lease, UdpOutputRequest request) {
    super(lease, Request.newBuilder().setUdpOutput(request), request.getCredit());
  }

  /// Port that packets come from.
  ///
  /// @throws EngramException if the server refused to open it
  public int port() {
    return first().getUdpOutput().getPort();
  }

  @Override
  boolean isOurs(Response response) {
    return response.hasUdpOutput();
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
  UdpOutputCounts decode(Response response) {
    return UdpOutputCounts.of(response.getUdpOutput());
  }
}
