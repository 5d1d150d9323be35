package engram.client;

import engram.protocol.v1.OverflowPolicy;

/// What happens to a stream whose consumer is too slow, once its credit is used up.
public enum Overflow {
  /// The chip waits. For the client that drives it only.
  BLOCK,
  /// What does not fit is dropped and counted.
  DROP,
  /// The stream ends with `RESOURCE_EXHAUSTED`.
  FAIL;

  OverflowPolicy wire() {
    return OverflowPolicy.valueOf("OVERFLOW_POLICY_" + name());
  }
}
