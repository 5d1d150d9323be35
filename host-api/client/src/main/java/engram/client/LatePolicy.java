package engram.client;

/// What becomes of events whose step has gone by when they reach the chip.
public enum LatePolicy {
  /// The whole batch is refused with `OUT_OF_RANGE`.
  REJECT,
  /// They are injected into the step that comes next, and counted.
  NEXT_STEP,
  /// They are dropped, and counted.
  DROP;

  engram.protocol.v1.LatePolicy wire() {
    return engram.protocol.v1.LatePolicy.valueOf("LATE_POLICY_" + name());
  }
}
