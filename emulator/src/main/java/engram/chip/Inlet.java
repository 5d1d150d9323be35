package engram.chip;

import engram.isa.exec.LongColumn;
import engram.isa.exec.StreamColumn;
import java.util.Arrays;

/// A way into a core: lanes of a stream, of whatever core, that the entries of one axon range wait
/// for. Of a core's stream it reads what was emitted in the step before; streams keep that long, so
/// events are never copied from core to core, and both ends may work at once. What a host injects
/// for a step is there when the step begins, and is read in it.
///
/// @param from number of the core that the events come from, or `Noc.HOST`
/// @param line which of its projection's lines it belongs to
/// @param sums what the events carry if they carry exact sums, else null
/// @param first lane that the first row stands for
/// @param end behind the last lane
/// @param block of the core that the rows are of
/// @param row that `first` stands for
/// @param sign that payloads are multiplied with
/// @param age steps from emission until the inlet reads it: 1, or 0 for what a host injects
/// @param delay of the axon; events are due `delay - 1` steps after the inlet has read them
/// @param lists of the stream's events, one for each thread
record Inlet(
    int from,
    int line,
    StreamColumn stream,
    LongColumn sums,
    int first,
    int end,
    int block,
    int row,
    int sign,
    int age,
    int delay,
    EventList[] lists) {

  /// Sees one event.
  @FunctionalInterface
  interface Visitor {
    /// @param payload with the axon's sign
    void visit(int row, long payload);
  }

  /// True if events arrive in the step that reads them, with nothing but a 1.
  boolean plain() {
    return sums == null && stream.payloads() == null && sign == 1 && delay == 1;
  }

  /// True if both lead to some row.
  boolean meets(Inlet other) {
    return block == other.block
        && row < other.row + other.end - other.first
        && other.row < row + end - first;
  }

  /// The lanes of a word of a stream that this inlet is for.
  private long word(int index, long step) {
    long lanes = stream.bits()[stream.at(step) + index];
    int from = index << 6;
    if (first > from) {
      lanes &= -1L << first;
    }
    return end < from + 64 ? lanes & -1L >>> -end : lanes;
  }

  /// The step whose emissions are read in a step.
  long emitted(long step) {
    return step - age;
  }

  /// Visits the events that are read in a step.
  void forEach(long step, Visitor visitor) {
    long emitted = emitted(step);
    if (!stream.touched(emitted)) {
      return;
    }
    int at = sums == null ? 0 : sums.at(emitted - 1);
    for (int index = first >> 6; index <= (end - 1) >> 6; index++) {
      long lanes = word(index, emitted);
      while (lanes != 0) {
        int lane = (index << 6) + Long.numberOfTrailingZeros(lanes);
        lanes &= lanes - 1;
        long payload = sums == null ? stream.payload(emitted, lane) : sums.values()[at + lane];
        visitor.visit(row + lane - first, sign * payload);
      }
    }
  }

  /// Number of events that are read in a step.
  int count(long step) {
    long emitted = emitted(step);
    return stream.touched(emitted) ? stream.count(emitted, first, end) : 0;
  }

  /// Takes the events that are read in a step into its arrivals; returns their number. For plain
  /// events and rows that nothing has arrived for in that step.
  ///
  /// @param hand number of the thread
  int deliver(Arrivals arrivals, long step, int hand) {
    var list = lists[hand];
    int all = list.list(emitted(step));
    int from = first == 0 ? 0 : index(list.lanes(), all, first);
    int to = end == stream.lanes() ? all : index(list.lanes(), all, end);
    if (from < to) {
      arrivals.addFresh(list, from, to, row - first, emitted(step), step);
    }
    return to - from;
  }

  /// Number of lanes below one.
  private static int index(int[] lanes, int count, int lane) {
    int found = Arrays.binarySearch(lanes, 0, count, lane);
    return found < 0 ? -found - 1 : found;
  }

  /// The past is another one now.
  void forget() {
    for (var list : lists) {
      list.forget();
    }
  }
}
