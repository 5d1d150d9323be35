package engram.server;

import engram.chip.ChipOptions;
import engram.chip.preset.Preset;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// A chip that a client has for a time.
final class Lease {
  private final String name;
  private final String reattachToken;
  private final Account account;
  private final Preset preset;
  private final Supplier<ChipOptions> options;
  private final int secondsToLive;
  private final ChipRunner runner;
  private final AtomicInteger watchers = new AtomicInteger();
  private final AtomicReference<Session> driver = new AtomicReference<>();
  private volatile long lastSign = System.nanoTime();
  private volatile boolean ended;

  Lease(
      String name,
      String reattachToken,
      Account account,
      Preset preset,
      Supplier<ChipOptions> options,
      int secondsToLive,
      ChipRunner runner) {
    this.name = name;
    this.reattachToken = reattachToken;
    this.account = account;
    this.preset = preset;
    this.options = options;
    this.secondsToLive = secondsToLive;
    this.runner = runner;
  }

  String name() {
    return name;
  }

  String reattachToken() {
    return reattachToken;
  }

  Account account() {
    return account;
  }

  Preset preset() {
    return preset;
  }

  /// How a chip of the lease is emulated; each load gets an engine of its own, since an engine
  /// remembers what it has to remark.
  ChipOptions options() {
    return options.get();
  }

  int secondsToLive() {
    return secondsToLive;
  }

  ChipRunner runner() {
    return runner;
  }

  AtomicInteger watchers() {
    return watchers;
  }

  /// The connection that drives the chip; null if it is lost.
  Session driver() {
    return driver.get();
  }

  /// A connection drives the chip from now on; returns the one that did before, or null.
  Session drivenBy(Session session) {
    signOfLife();
    return driver.getAndSet(session);
  }

  /// A connection is lost; false if it drives the chip no more.
  boolean leftBy(Session session) {
    signOfLife();
    return driver.compareAndSet(session, null);
  }

  /// True from the moment at which the lease is over; its chip may still be busy ending.
  boolean isEnded() {
    return ended;
  }

  void end() {
    ended = true;
  }

  void signOfLife() {
    lastSign = System.nanoTime();
  }

  /// True if nobody has given a sign of life for the time that the lease lives. The clock is the
  /// monotonic one: the time of day may jump.
  boolean isExpired(long now) {
    return now - lastSign > secondsToLive * 1_000_000_000L;
  }
}
