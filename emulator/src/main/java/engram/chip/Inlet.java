package engram.chip;

import engram.isa.exec.LaneScan;
import engram.isa.exec.LongColumn;
import engram.isa.exec.StreamColumn;

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
    int delay) {

  /// Words of a cache line.
  private static final int LINE = 8;

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

  /// Looks at all words that hold the events of a step, a cache line at a time; what it returns
  /// says nothing.
  long look(long step) {
    long[] bits = stream.bits();
    int at = stream.at(emitted(step));
    long seen = bits[at + stream.words()];
    for (int word = first >> 6; word <= (end - 1) >> 6; word += LINE) {
      seen += bits[at + word];
    }
    return seen;
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
      long lanes = LaneScan.word(stream.bits(), stream.at(emitted), index, first, end);
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
  int deliver(Arrivals arrivals, long step) {
    long emitted = emitted(step);
    return stream.touched(emitted)
        ? arrivals.addFresh(stream.bits(), stream.at(emitted), first, end, row - first, step)
        : 0;
  }
}
