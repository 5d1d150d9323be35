package engram.events;

import java.util.Optional;

/// What is said once of many events.
///
/// @param unit of their times
/// @param sensor whose pixels the addresses are; empty if they are anything else
public record EventHeader(EventUnit unit, Optional<SensorGeometry> sensor) {
  /// Addresses that are no pixels.
  public static EventHeader in(EventUnit unit) {
    return new EventHeader(unit, Optional.empty());
  }

  /// Pixels of a camera, in microseconds.
  public static EventHeader of(SensorGeometry sensor) {
    return new EventHeader(EventUnit.MICROSECONDS, Optional.of(sensor));
  }
}
