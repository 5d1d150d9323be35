package engram.client;

import engram.protocol.v1.Request;
import engram.protocol.v1.Response;
import engram.protocol.v1.SubscribeRequest;

/// The events of a neuron stream, as they happen. A unit of credit is an event.
public final class EventStream extends LiveStream<EventBatch> {
  EventStream(Lease lease, SubscribeRequest request) {
    super(lease, Request.newBuilder().setSubscribe(request), request.getCredit());
  }

  @Override
  boolean isOurs(Response response) {
    return response.hasEvents();
  }

  @Override
  long units(Response response) {
    return response.getEvents().getNeurons().size() / Integer.BYTES;
  }

  @Override
  long lost(Response response) {
    return response.getEvents().getLost();
  }

  @Override
  EventBatch decode(Response response) {
    return EventBatch.of(response.getEvents());
  }
}
