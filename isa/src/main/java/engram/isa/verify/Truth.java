package engram.isa.verify;

/// What is known of a predicate.
enum Truth {
  FALSE,
  UNKNOWN,
  TRUE;

  static Truth of(boolean value) {
    return value ? TRUE : FALSE;
  }

  Truth not() {
    return values()[2 - ordinal()];
  }

  Truth and(Truth other) {
    return compareTo(other) <= 0 ? this : other;
  }

  Truth or(Truth other) {
    return compareTo(other) >= 0 ? this : other;
  }

  Truth xor(Truth other) {
    return this == UNKNOWN || other == UNKNOWN ? UNKNOWN : of(this != other);
  }

  Truth join(Truth other) {
    return this == other ? this : UNKNOWN;
  }
}
