package engram.client;

import engram.protocol.v1.Response;

/// What the responses to a request go to. Both methods run on the connection's thread and must not
/// block.
interface Receiver {
  /// A response that is no failure; the last one has no `more`.
  void receive(Response response);

  /// The end, by a refusal of the server, a deadline or a lost connection. Nothing follows.
  void fail(EngramException failure);
}
