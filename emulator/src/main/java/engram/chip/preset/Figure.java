package engram.chip.preset;

/// A number with its evidence.
///
/// @param source where it is from, at which operating point, by which formula
public record Figure(double value, Grade grade, String source) {
  int rounded() {
    return (int) Math.round(value);
  }
}
