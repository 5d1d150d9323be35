package engram.client;

import engram.protocol.v1.ProbeRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.Response;

/// What a probe reads, as the chip runs. A unit of credit is a sample.
public final class ProbeStream extends LiveStream<ProbeSample> {
  ProbeStream(Lease lease, ProbeRequest request) {
    super(lease, Request.newBuilder().setProbe(request), request.getCredit());
  }

  @Override
  boolean isOurs(Response response) {
    return response.hasProbe();
  }

  @Override
  long units(Response response) {
    return 1;
  }

  @Override
  long lost(Response response) {
    return response.getProbe().getLost();
  }

  @Override
  ProbeSample decode(Response response) {
    return ProbeSample.of(response.getProbe());
  }
}
