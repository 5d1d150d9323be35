package engram.chip.fault;

/// What numbers of a fault can be whatever the chip.
final class Checks {
  private Checks() {}

  static void require(String what, long value, long low, long high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d to %d)".formatted(what, value, low, high));
    }
  }

  static void requireNatural(String what, long value) {
    if (value < 0) {
      throw new IllegalArgumentException("%s: %d (expected: at least 0)".formatted(what, value));
    }
  }

  static void requireWindow(long from, long until) {
    requireNatural("from", from);
    if (until <= from) {
      throw new IllegalArgumentException(
          "until: %d (expected: more than %d, the first step of the fault)".formatted(until, from));
    }
  }
}
