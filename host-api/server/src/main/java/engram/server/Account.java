package engram.server;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/// Who a connection works for: a token's name, what it may take, and its files.
final class Account {
  /// What a token may take.
  ///
  /// @param chips leased at the same time
  /// @param bytes of files
  /// @param eventsPerSecond injected, of all its chips
  record Quota(int chips, long bytes, long eventsPerSecond) {
    /// As much as there is.
    static final Quota ALL = new Quota(Integer.MAX_VALUE, Long.MAX_VALUE / 2, Long.MAX_VALUE);
  }

  private static final double NANOS = 1e9;

  private final String name;
  private final Quota quota;
  private final Store store;
  private final AtomicInteger chips = new AtomicInteger();
  private double eventsLeft;
  private long filled = System.nanoTime();

  Account(String name, Quota quota, Store store) {
    this.name = name;
    this.quota = quota;
    this.store = store;
    eventsLeft = quota.eventsPerSecond();
  }

  String name() {
    return name;
  }

  Quota quota() {
    return quota;
  }

  Store store() {
    return store;
  }

  /// Takes a chip of the quota; false if there is none left.
  boolean takeChip() {
    return chips.getAndUpdate(n -> n < quota.chips() ? n + 1 : n) < quota.chips();
  }

  /// A server starts: what an earlier one has left half done goes.
  void clean() throws IOException {
    store.clean();
  }

  void giveChip() {
    chips.decrementAndGet();
  }

  /// Takes events of the quota: a second's worth may be saved up. Returns 0, or the milliseconds
  /// after which there may be enough.
  synchronized int takeEvents(int events) {
    if (quota.eventsPerSecond() == Long.MAX_VALUE) {
      return 0;
    }
    long now = System.nanoTime();
    double rate = quota.eventsPerSecond();
    eventsLeft = Math.min(rate, eventsLeft + (now - filled) / NANOS * rate);
    filled = now;
    if (events <= eventsLeft) {
      eventsLeft -= events;
      return 0;
    }
    return (int) Math.min(Integer.MAX_VALUE, 1 + 1000 * (events - eventsLeft) / rate);
  }
}
