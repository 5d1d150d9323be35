package engram.isa.compile;

/// The code of a program would be longer than a class can hold.
final class CodeTooLongException extends RuntimeException {
  CodeTooLongException(IllegalArgumentException reason) {
    super("its code is too long for a class: " + reason.getMessage(), reason);
  }
}
