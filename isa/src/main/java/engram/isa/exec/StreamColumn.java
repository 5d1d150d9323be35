package engram.isa.exec;

import java.util.Arrays;

/// Events that many lanes emitted, one bit a lane, with a ring of past steps; a graded stream has a
/// payload a lane beside it.
public final class StreamColumn {
  /// Entries that lists are written by.
  private static final int LIST_PIECE = 8;

  private final long[] bits;
  private final int[] payloads;
  private final int lanes;
  private final int words;
  private final int stride;
  private final int depth;
  private final boolean[] touched;

  /// Lists of the lanes that emitted, one a step, each behind its length: who reads one, on another
  /// thread than writes the next, gets both with one cache line. Null unless asked for.
  private int[] lists;

  private int listStride;

  public StreamColumn(int lanes, int depth, boolean graded) {
    this.lanes = lanes;
    this.words = words(lanes);
    this.stride = Padding.lanes(lanes);
    this.depth = Padding.depth(depth);
    this.touched = new boolean[this.depth];
    this.bits = new long[words * this.depth];
    this.payloads = graded ? new int[stride * this.depth] : null;
  }

  /// 64-bit words that hold one bit a lane.
  public static int words(int lanes) {
    return (lanes + 63) >> 6;
  }

  /// All bits of all steps kept.
  public long[] bits() {
    return bits;
  }

  /// Payloads, valid where the bit is set; null if the stream is not graded.
  public int[] payloads() {
    return payloads;
  }

  public int lanes() {
    return lanes;
  }

  public int depth() {
    return depth;
  }

  /// Number of words of a step.
  public int words() {
    return words;
  }

  /// Where the words of a step start in `bits`.
  public int at(long step) {
    return slot(step) * words;
  }

  /// Where the payloads of a step start.
  public int payloadsAt(long step) {
    return slot(step) * stride;
  }

  private int slot(long step) {
    return (int) step & (depth - 1);
  }

  public boolean get(long step, int lane) {
    return (bits[at(step) + (lane >> 6)] >>> lane & 1) != 0;
  }

  /// The payload of a lane in a step; 0 if it emitted nothing.
  public int payload(long step, int lane) {
    if (!get(step, lane)) {
      return 0;
    }
    return payloads == null ? 1 : payloads[payloadsAt(step) + lane];
  }

  public void emit(long step, int lane, int payload) {
    bits[at(step) + (lane >> 6)] |= 1L << lane;
    if (payloads != null) {
      payloads[payloadsAt(step) + lane] = payload;
    }
    touch(step);
  }

  /// Number of lanes from `first` to before `end` that emitted in a step.
  public int count(long step, int first, int end) {
    int at = at(step);
    int last = (end - 1) >> 6;
    int count = 0;
    for (int word = first >> 6; word <= last; word++) {
      count += Long.bitCount(bits[at + word]);
    }
    int before = first & 63;
    if (before != 0) {
      count -= Long.bitCount(bits[at + (first >> 6)] << -before);
    }
    int behind = end & 63;
    if (behind != 0) {
      count -= Long.bitCount(bits[at + last] >>> behind);
    }
    return count;
  }

  /// Makes room for lists of the lanes that emitted.
  public void keepLists() {
    if (lists == null) {
      listStride = Padding.lanes(1 + lanes + LIST_PIECE) + Padding.APART;
      lists = new int[Padding.APART + depth * listStride];
    }
  }

  public boolean keepsLists() {
    return lists != null;
  }

  /// Lists the lanes that emitted in a step, when all have; returns their number.
  public int list(long step) {
    int first = listAt(step);
    int end = first;
    if (touched[slot(step)]) {
      int at = at(step);
      for (int word = 0; word < words; word++) {
        end = list(bits[at + word], word << 6, lists, end);
      }
    }
    lists[first - 1] = end - first;
    return end - first;
  }

  /// Writes some entries at a time, needed or not: most words have no more, and then nothing
  /// depends on how many.
  private static int list(long lanes, int first, int[] list, int from) {
    long left = lanes;
    int at = from;
    while (left != 0) {
      for (int i = 0; i < LIST_PIECE; i++) {
        list[at + i] = first + Long.numberOfTrailingZeros(left);
        left &= left - 1;
      }
      at += LIST_PIECE;
    }
    return from + Long.bitCount(lanes);
  }

  /// The lanes that `list` found, those of a step ascending from `listAt` on.
  public int[] lists() {
    return lists;
  }

  /// Where the list of a step starts in `lists`.
  public int listAt(long step) {
    return Padding.APART + slot(step) * listStride;
  }

  /// Number of lanes that `list` found in a step.
  public int listed(long step) {
    return lists[listAt(step) - 1];
  }

  /// True if some lane may have emitted in a step.
  public boolean touched(long step) {
    return touched[slot(step)];
  }

  /// To be called by whoever sets bits without `emit`.
  public void touch(long step) {
    touched[slot(step)] = true;
  }

  /// Takes over all events of a column of the same shape.
  void copy(StreamColumn other) {
    System.arraycopy(other.bits, 0, bits, 0, bits.length);
    System.arraycopy(other.touched, 0, touched, 0, depth);
    if (payloads != null) {
      System.arraycopy(other.payloads, 0, payloads, 0, payloads.length);
    }
  }

  /// Forgets all events.
  public void clear() {
    Arrays.fill(bits, 0);
    if (payloads != null) {
      Arrays.fill(payloads, 0);
    }
    Arrays.fill(touched, false);
  }

  /// Makes `step + 1` the present, with no event.
  public void advance(long step) {
    if (touched[slot(step + 1)]) {
      int next = at(step + 1);
      Arrays.fill(bits, next, next + words, 0);
      touched[slot(step + 1)] = false;
    }
  }
}
