package engram.events;

import java.util.Arrays;
import java.util.Objects;

/// Address events as columns, which grow as events are added and are kept by `clear`, so that a
/// batch that is used again allocates nothing.
///
/// | column  | type | meaning                                                                  |
/// |---------|------|--------------------------------------------------------------------------|
/// | time    | long | microseconds or timesteps: whoever hands the batch on says which         |
/// | address | int  | 32 bits without sign: a pixel, a neuron, a key of a packet               |
/// | payload | int  | signed; as long as all are 1, plain spikes, the column is not there      |
///
/// Events stand in the order in which they were added.
public final class EventBatch {
  private static final int[] NO_PAYLOADS = {};
  private static final int SMALLEST = 16;

  private long[] times;
  private int[] addresses;

  /// `NO_PAYLOADS` while all are 1.
  private int[] payloads = NO_PAYLOADS;

  private int size;

  public EventBatch() {
    this(SMALLEST);
  }

  /// @param capacity events for which there is room before columns grow
  public EventBatch(int capacity) {
    times = new long[capacity];
    addresses = new int[capacity];
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /// Adds a plain spike: payload 1.
  public void add(long time, int address) {
    add(time, address, 1);
  }

  public void add(long time, int address, int payload) {
    int i = size;
    if (i == times.length) {
      grow(1);
    }
    times[i] = time;
    addresses[i] = address;
    if (payloads != NO_PAYLOADS) {
      payloads[i] = payload;
    } else if (payload != 1) {
      addPayloads();
      payloads[i] = payload;
    }
    size = i + 1;
  }

  /// Adds the events of another batch.
  ///
  /// @param from first of them
  /// @param to end, exclusive
  public void addAll(EventBatch other, int from, int to) {
    Objects.checkFromToIndex(from, to, other.size);
    int count = to - from;
    if (count > times.length - size) {
      grow(count);
    }
    System.arraycopy(other.times, from, times, size, count);
    System.arraycopy(other.addresses, from, addresses, size, count);
    if (other.hasPayloads() && !hasPayloads()) {
      addPayloads();
    }
    if (other.hasPayloads()) {
      System.arraycopy(other.payloads, from, payloads, size, count);
    } else if (hasPayloads()) {
      Arrays.fill(payloads, size, size + count, 1);
    }
    size += count;
  }

  /// Removes all events and the payload column.
  public void clear() {
    size = 0;
    if (payloads != NO_PAYLOADS) {
      sparePayloads = payloads;
      payloads = NO_PAYLOADS;
    }
  }

  /// The payload column that `clear` took away, to be used again.
  private int[] sparePayloads = NO_PAYLOADS;

  /// Removes the events from this one on.
  void removeFrom(int first) {
    size = first;
  }

  public long time(int event) {
    return times[checked(event)];
  }

  public int address(int event) {
    return addresses[checked(event)];
  }

  public int payload(int event) {
    checked(event);
    return payloads == NO_PAYLOADS ? 1 : payloads[event];
  }

  private int checked(int event) {
    return Objects.checkIndex(event, size);
  }

  /// Whether there is a column of payloads; if not, all are 1.
  public boolean hasPayloads() {
    return payloads != NO_PAYLOADS;
  }

  /// The column itself, for bulk work: `size()` entries count, until events are added.
  public long[] times() {
    return times;
  }

  /// The column itself, as `times()`.
  public int[] addresses() {
    return addresses;
  }

  /// The column itself, as `times()`; of length 0 if there is none.
  public int[] payloads() {
    return payloads;
  }

  /// Whether no event is earlier than the one before it.
  public boolean isSorted() {
    return firstUnsorted() == size;
  }

  /// The first event that is earlier than the one before it; `size()` if there is none.
  public int firstUnsorted() {
    for (int i = 1; i < size; i++) {
      if (times[i] < times[i - 1]) {
        return i;
      }
    }
    return size;
  }

  private void grow(int more) {
    int needed = Math.addExact(size, more);
    int capacity = (int) Math.min(Math.max(needed, SMALLEST + 2L * size), Integer.MAX_VALUE - 8);
    times = Arrays.copyOf(times, Math.max(capacity, needed));
    addresses = Arrays.copyOf(addresses, times.length);
    if (payloads != NO_PAYLOADS) {
      payloads = Arrays.copyOf(payloads, times.length);
    }
  }

  private void addPayloads() {
    payloads = sparePayloads.length < times.length ? new int[times.length] : sparePayloads;
    sparePayloads = NO_PAYLOADS;
    Arrays.fill(payloads, 0, size, 1);
  }

  /// Whether the other has the same events in the same order.
  @Override
  public boolean equals(Object other) {
    if (!(other instanceof EventBatch that) || size != that.size) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      if (payload(i) != that.payload(i)) {
        return false;
      }
    }
    return Arrays.equals(times, 0, size, that.times, 0, size)
        && Arrays.equals(addresses, 0, size, that.addresses, 0, size);
  }

  @Override
  public int hashCode() {
    int hash = size;
    for (int i = 0; i < size; i++) {
      hash = 31 * hash + Long.hashCode(times[i]) + 17 * addresses[i];
    }
    return hash;
  }

  /// The first events.
  @Override
  public String toString() {
    var text = new StringBuilder().append(size).append(" events");
    for (int i = 0; i < Math.min(size, 4); i++) {
      text.append(i == 0 ? ": " : ", ")
          .append(times[i])
          .append('@')
          .append(Integer.toUnsignedString(addresses[i]));
      if (payload(i) != 1) {
        text.append('*').append(payload(i));
      }
    }
    return text.append(size > 4 ? ", ..." : "").toString();
  }
}
