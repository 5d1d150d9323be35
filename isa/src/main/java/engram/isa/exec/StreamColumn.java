package engram.isa.exec;

import java.util.Arrays;

/// Events that many lanes emitted, one bit a lane, with a ring of past steps; a graded stream has a
/// payload a lane beside it.
public final class StreamColumn {
  /// A bit for each lane, step by step, and behind those of a step a word that is not zero if one
  /// may be set. Steps lie apart: other threads read one while this one writes the next.
  private final long[] bits;

  private final int[] payloads;
  private final int lanes;
  private final int words;
  private final int wordStride;
  private final int stride;
  private final int depth;

  public StreamColumn(int lanes, int depth, boolean graded) {
    this.lanes = lanes;
    this.words = words(lanes);
    this.wordStride = words + 1 + Padding.APART / 2;
    this.stride = Padding.lanes(lanes);
    this.depth = Padding.depth(depth);
    this.bits = new long[wordStride * this.depth];
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
    return slot(step) * wordStride;
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

  /// True if some lane may have emitted in a step.
  public boolean touched(long step) {
    return bits[at(step) + words] != 0;
  }

  /// To be called by whoever sets bits without `emit`.
  public void touch(long step) {
    bits[at(step) + words] = 1;
  }

  /// Takes over all events of a column of the same shape.
  void copy(StreamColumn other) {
    System.arraycopy(other.bits, 0, bits, 0, bits.length);
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
  }

  /// Makes `step + 1` the present, with no event.
  public void advance(long step) {
    if (touched(step + 1)) {
      int next = at(step + 1);
      Arrays.fill(bits, next, next + words + 1, 0);
    }
  }
}
