package engram.events;

/// Events that are damaged, truncated, or not what they should be. The message names the file or
/// the kind of packet, the place, what was found and what was expected there.
public final class EventFormatException extends RuntimeException {
  public EventFormatException(String message) {
    super(message);
  }
}
