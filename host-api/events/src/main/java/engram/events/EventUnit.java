package engram.events;

import java.util.Locale;

/// What the times of events count.
public enum EventUnit {
  MICROSECONDS,
  TIMESTEPS;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
