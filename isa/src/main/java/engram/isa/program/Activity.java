package engram.isa.program;

import java.util.List;

/// Which lanes run. A lane that does not must be a fixed point that emits nothing: the verifier
/// proves it.
///
/// @param slots WHEN: the one symbol that must not be zero. TOUCHED: the symbols one of which must
///   not be zero where no accumulator is
public record Activity(Kind kind, List<Integer> slots) {
  /// Every lane runs in every step.
  public static final Activity ALWAYS = new Activity(Kind.ALWAYS, List.of());

  public enum Kind {
    /// Every lane.
    ALWAYS,
    /// Lanes in which a symbol is not zero.
    WHEN,
    /// Lanes in which an accumulator or one of the named fields is not zero.
    TOUCHED
  }

  public Activity {
    slots = List.copyOf(slots);
  }
}
