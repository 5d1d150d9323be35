package engram.isa.exec;

import java.util.Arrays;

/// A list of lanes for every row, ascending, kept as steps from one to the next: the first from
/// lane 0. Steps take 8 bits, or 16 where that is less in all. The largest step is a gap: it moves
/// on, and no synapse is there; its place in a synapse column holds zero.
public final class SparseRows implements SynapseLayout {
  private static final int NARROW_GAP = 0xff;
  private static final int WIDE_GAP = 0xffff;

  private final int rows;
  private final int lanes;
  private final int[] starts;

  /// One of the two is null.
  private final byte[] narrow;

  private final char[] wide;

  /// Gaps of each row; null if there are none.
  private final int[] gaps;

  private SparseRows(int rows, int lanes, int[] starts, byte[] narrow, char[] wide) {
    this.rows = rows;
    this.lanes = lanes;
    this.starts = starts;
    this.narrow = narrow;
    this.wide = wide;
    gaps = gaps();
  }

  /// Takes over lists as they lie in an image; `isSound` judges them.
  public static SparseRows narrow(int rows, int lanes, int[] starts, byte[] steps) {
    return new SparseRows(rows, lanes, starts, steps, null);
  }

  /// The same with wide steps.
  public static SparseRows wide(int rows, int lanes, int[] starts, char[] steps) {
    return new SparseRows(rows, lanes, starts, null, steps);
  }

  /// Makes rows of lists of lanes.
  ///
  /// @param starts index of each row's first target; one entry more than rows
  /// @param targets lane of each synapse, ascending in a row
  public static SparseRows of(int rows, int lanes, int[] starts, int[] targets) {
    requireAscending(rows, lanes, starts, targets);
    long narrowPlaces = places(rows, starts, targets, NARROW_GAP);
    long widePlaces = places(rows, starts, targets, WIDE_GAP);
    // A place takes its step and, at the least, a weight of 8 bits.
    boolean isNarrow = 2 * narrowPlaces <= 3 * widePlaces;
    int places = Math.toIntExact(isNarrow ? narrowPlaces : widePlaces);
    var narrow = isNarrow ? new byte[places] : null;
    var wide = isNarrow ? null : new char[places];
    int gap = isNarrow ? NARROW_GAP : WIDE_GAP;
    int[] ends = new int[rows + 1];
    int at = 0;
    for (int row = 0; row < rows; row++) {
      int lane = 0;
      for (int s = starts[row]; s < starts[row + 1]; s++) {
        while (targets[s] - lane >= gap) {
          at = put(narrow, wide, at, gap);
          lane += gap;
        }
        at = put(narrow, wide, at, targets[s] - lane);
        lane = targets[s];
      }
      ends[row + 1] = at;
    }
    return new SparseRows(rows, lanes, ends, narrow, wide);
  }

  private static void requireAscending(int rows, int lanes, int[] starts, int[] targets) {
    for (int row = 0; row < rows; row++) {
      int least = 0;
      for (int s = starts[row]; s < starts[row + 1]; s++) {
        if (targets[s] < least || targets[s] >= lanes) {
          throw new IllegalArgumentException(
              "row %d, target: %d (expected: %d to %d)"
                  .formatted(row, targets[s], least, lanes - 1));
        }
        least = targets[s] + 1;
      }
    }
  }

  private static int put(byte[] narrow, char[] wide, int at, int step) {
    if (narrow != null) {
      narrow[at] = (byte) step;
    } else {
      wide[at] = (char) step;
    }
    return at + 1;
  }

  private static long places(int rows, int[] starts, int[] targets, int gap) {
    long places = 0;
    for (int row = 0; row < rows; row++) {
      int lane = 0;
      for (int s = starts[row]; s < starts[row + 1]; s++) {
        places += 1 + (targets[s] - lane) / gap;
        lane = targets[s];
      }
    }
    return places;
  }

  /// Of the rows that the lists are there for: an image may claim more, and gets no memory for
  /// them.
  private int[] gaps() {
    boolean any = false;
    int[] count = new int[Math.max(0, Math.min(rows, starts.length - 1))];
    for (int row = 0; row < count.length; row++) {
      int end = Math.min(starts[row + 1], places());
      for (int place = Math.max(0, starts[row]); place < end; place++) {
        if (isGap(place)) {
          count[row]++;
          any = true;
        }
      }
    }
    return any ? count : null;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int lanes() {
    return lanes;
  }

  /// Place of the first entry of each row; one more than rows.
  public int[] starts() {
    return starts;
  }

  /// Steps of 8 bits, unsigned; null if they are wide.
  public byte[] narrowSteps() {
    return narrow;
  }

  /// Steps of 16 bits; null if they are narrow.
  public char[] wideSteps() {
    return wide;
  }

  /// How far a place lies behind the one before it, or behind lane 0.
  public int step(int place) {
    return narrow != null ? narrow[place] & NARROW_GAP : wide[place];
  }

  /// True if no synapse is at a place.
  public boolean isGap(int place) {
    return step(place) == (narrow != null ? NARROW_GAP : WIDE_GAP);
  }

  @Override
  public int places() {
    return narrow != null ? narrow.length : wide.length;
  }

  @Override
  public int live(int row) {
    int places = starts[row + 1] - starts[row];
    return gaps == null ? places : places - gaps[row];
  }

  @Override
  public void forEach(int row, Visitor visitor) {
    int lane = 0;
    for (int place = starts[row]; place < starts[row + 1]; place++) {
      lane += step(place);
      if (!isGap(place)) {
        visitor.visit(lane, place);
      }
    }
  }

  /// True if the lists are complete, ascending, and within the lanes.
  public boolean isSound() {
    if (starts.length != rows + 1 || starts[0] != 0 || starts[rows] != places()) {
      return false;
    }
    for (int row = 0; row < rows; row++) {
      if (starts[row] > starts[row + 1] || starts[row + 1] > places() || !isSoundRow(row)) {
        return false;
      }
    }
    return true;
  }

  private boolean isSoundRow(int row) {
    long lane = 0;
    boolean mayStay = true;
    boolean gap = false;
    for (int place = starts[row]; place < starts[row + 1]; place++) {
      int step = step(place);
      gap = isGap(place);
      lane += step;
      if (lane >= lanes || step == 0 && !mayStay) {
        return false;
      }
      mayStay = gap;
    }
    return !gap;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SparseRows s
        && rows == s.rows
        && lanes == s.lanes
        && Arrays.equals(starts, s.starts)
        && Arrays.equals(narrow, s.narrow)
        && Arrays.equals(wide, s.wide);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(starts) + Arrays.hashCode(narrow) + Arrays.hashCode(wide);
  }

  @Override
  public String toString() {
    return "SparseRows[rows=%d, lanes=%d, places=%d]".formatted(rows, lanes, places());
  }
}
