package engram.isa;

/// How an exact result loses its low bits. The ordinal is the value of an instruction's rounding
/// field.
public enum Rounding {
  /// Toward minus infinity: what a plain arithmetic shift does.
  DOWN,
  /// Toward zero.
  TOWARD_ZERO,
  /// To the nearest value; a tie goes toward plus infinity.
  NEAREST,
  /// Up with the probability of the dropped fraction, so that the mean is exact. Takes a draw.
  STOCHASTIC;

  private static final Rounding[] VALUES = values();

  /// The word for it in assembly: `down`, `zero`, `nearest`, `stochastic`.
  public String keyword() {
    return switch (this) {
      case DOWN -> "down";
      case TOWARD_ZERO -> "zero";
      case NEAREST -> "nearest";
      case STOCHASTIC -> "stochastic";
    };
  }

  static Rounding of(int code) {
    return VALUES[code];
  }
}
