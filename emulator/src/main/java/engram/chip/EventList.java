package engram.chip;

import engram.isa.exec.Padding;
import engram.isa.exec.StreamColumn;

/// The events of a stream, as one thread lists them for all its cores: the first that reads the
/// stream in a step makes the list. From another thread's memory comes but a bit for each lane.
final class EventList {
  /// Entries that are written at a time.
  private static final int PIECE = 8;

  private static final long NONE = Long.MIN_VALUE;

  final StreamColumn stream;

  /// Empty until the list is first made: most threads read few streams.
  private int[] lanes = {};

  private int count;
  private long listed = NONE;

  EventList(StreamColumn stream) {
    this.stream = stream;
  }

  /// Lists the lanes that emitted in a step, if that is not what the list holds; returns their
  /// number. All must have emitted.
  int list(long step) {
    if (step != listed) {
      listed = step;
      count = 0;
      if (stream.touched(step)) {
        if (lanes.length == 0) {
          lanes = new int[stream.lanes() + PIECE + Padding.APART];
        }
        int at = stream.at(step);
        for (int word = 0; word < stream.words(); word++) {
          count = list(stream.bits()[at + word], word << 6, lanes, count);
        }
      }
    }
    return count;
  }

  /// Writes some entries at a time, needed or not: most words have no more, and then nothing
  /// depends on how many.
  private static int list(long emitted, int first, int[] list, int from) {
    long left = emitted;
    int at = from;
    while (left != 0) {
      for (int i = 0; i < PIECE; i++) {
        list[at + i] = first + Long.numberOfTrailingZeros(left);
        left &= left - 1;
      }
      at += PIECE;
    }
    return from + Long.bitCount(emitted);
  }

  /// The lanes, ascending: the first `list(step)` entries.
  int[] lanes() {
    return lanes;
  }

  /// The past is another one now.
  void forget() {
    listed = NONE;
  }
}
