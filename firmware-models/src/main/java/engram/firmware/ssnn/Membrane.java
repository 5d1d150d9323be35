package engram.firmware.ssnn;

/// What a hidden neuron remembers of its input within a sample.
///
/// @param average 0 for nothing; n for a running mean over 2^n steps
public record Membrane(int average) {
  /// No memory.
  public static final Membrane MEMORYLESS = new Membrane(0);

  /// Longest mean that the firmware's table of reciprocals reaches.
  private static final int MOST = 6;

  public Membrane {
    if (average < 0 || average > MOST) {
      throw new IllegalArgumentException("average: " + average + " (expected: 1 to " + MOST + ")");
    }
  }

  /// Reads `memoryless` or `average:N`.
  public static Membrane parse(String text) {
    if (text.equals("memoryless")) {
      return MEMORYLESS;
    }
    if (text.matches("average:[0-9]{1,3}")) {
      int n = Integer.parseInt(text.substring(text.indexOf(':') + 1));
      if (n >= 1) {
        return new Membrane(n);
      }
    }
    throw new IllegalArgumentException(
        "membrane: "
            + text
            + " (expected: memoryless, or average:N with N from 1 to "
            + MOST
            + ")");
  }

  @Override
  public String toString() {
    return average == 0 ? "memoryless" : "average:" + average;
  }
}
