package engram.client;

import engram.protocol.v1.InjectResponse;

/// What became of injected events.
///
/// @param accepted events taken, late ones that moved to the next step included
/// @param late events that were late
/// @param dropped of them, dropped
/// @param step number of the step that comes next
public record InjectResult(long accepted, long late, long dropped, long step) {
  static InjectResult of(InjectResponse inject) {
    return new InjectResult(
        inject.getAccepted(), inject.getLate(), inject.getDropped(), inject.getStep());
  }
}
