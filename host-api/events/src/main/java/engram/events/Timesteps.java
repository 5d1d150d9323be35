package engram.events;

/// Timesteps of equal length, for turning microseconds into them: step 0 begins at the origin, and
/// an event belongs to the step within which it happened.
///
/// @param microseconds length of a step, at least 1
/// @param origin microsecond at which step 0 begins
public record Timesteps(long microseconds, long origin) {
  public Timesteps {
    if (microseconds < 1) {
      throw new IllegalArgumentException(
          "microseconds a step: " + microseconds + " (expected: at least 1)");
    }
  }

  /// Steps of this length; step 0 begins at microsecond 0.
  public static Timesteps of(long microsecondsPerStep) {
    return new Timesteps(microsecondsPerStep, 0);
  }

  /// The same steps, beginning elsewhere: at the first event of a recording whose clock counts from
  /// 1970, say.
  public Timesteps from(long microsecond) {
    return new Timesteps(microseconds, microsecond);
  }

  /// The step of a microsecond; negative before the origin.
  public long step(long microsecond) {
    return Math.floorDiv(Math.subtractExact(microsecond, origin), microseconds);
  }

  /// The microsecond at which a step begins.
  public long start(long step) {
    return Math.addExact(Math.multiplyExact(step, microseconds), origin);
  }

  /// Turns the times of all events from microseconds into steps, in place.
  public void bin(EventBatch events) {
    long[] times = events.times();
    for (int i = 0; i < events.size(); i++) {
      times[i] = step(times[i]);
    }
  }
}
