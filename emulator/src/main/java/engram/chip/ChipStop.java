package engram.chip;

/// The chip stopped by its own rules: a full inbox, or an overflow whose policy is `stop`. Names
/// core and step.
public final class ChipStop extends RuntimeException {
  ChipStop(String message) {
    super(message, null, false, false);
  }
}
