package engram.isa.exec;

import engram.isa.ProgramKind;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import java.util.Arrays;
import java.util.Objects;

/// The memory of the lanes of a neuron or row program: one column a symbol, by slot. Streams and
/// accumulators keep a step more than programs can read, so that a host that looks between two
/// steps still finds what happened in the last one.
public final class LaneStore {
  /// Steps of a row's sums: filled in one, emitted in the next, delivered in the third.
  private static final int SUMS = 3;

  private final Program program;
  private final int lanes;
  private final IntColumn[] ints;
  private final StreamColumn[] streams;
  private final LongColumn[] sums;

  /// By slot, what lanes start with where the network says so; null elsewhere.
  private final int[][] starts;

  // The columns in which a new step does not find what the last one left.
  private final IntColumn[] movingInts;
  private final StreamColumn[] movingStreams;
  private final LongColumn[] movingSums;

  public LaneStore(Program program, int lanes) {
    this.program = program;
    this.lanes = lanes;
    int slots = program.symbols().size();
    ints = new IntColumn[slots];
    streams = new StreamColumn[slots];
    sums = new LongColumn[slots];
    starts = new int[slots][];
    for (int slot = 0; slot < slots; slot++) {
      var symbol = program.symbols().get(slot);
      switch (symbol.role()) {
        case FIELD, PARAM ->
            ints[slot] = new IntColumn(lanes, symbol.history(), true, symbol.initial());
        case ACCUMULATOR -> {
          if (program.kind() == ProgramKind.ROW) {
            sums[slot] = new LongColumn(lanes, SUMS);
          } else {
            ints[slot] =
                new IntColumn(lanes, symbol.history() + 1, symbol.hold(), symbol.initial());
          }
        }
        case STREAM ->
            streams[slot] = new StreamColumn(lanes, symbol.history() + 1, symbol.graded());
        default -> {}
      }
    }
    movingInts =
        Arrays.stream(ints)
            .filter(column -> column != null && !column.isConstant())
            .toArray(IntColumn[]::new);
    movingStreams = Arrays.stream(streams).filter(Objects::nonNull).toArray(StreamColumn[]::new);
    movingSums = Arrays.stream(sums).filter(Objects::nonNull).toArray(LongColumn[]::new);
  }

  public Program program() {
    return program;
  }

  public int lanes() {
    return lanes;
  }

  /// Fields, parameters, neurons' accumulators.
  public IntColumn ints(int slot) {
    return ints[slot];
  }

  public StreamColumn stream(int slot) {
    return streams[slot];
  }

  /// Rows' accumulators: filled in one step, read by the row program of the next.
  public LongColumn sums(int slot) {
    return sums[slot];
  }

  /// Gives a field or parameter the values that the lanes start with.
  public void fill(String name, int[] initial) {
    int slot = program.slot(name).orElseThrow();
    starts[slot] = initial.clone();
    start(slot);
  }

  private void start(int slot) {
    var column = ints[slot];
    for (int step = 0; step < column.depth(); step++) {
      System.arraycopy(starts[slot], 0, column.values(), column.at(step), starts[slot].length);
    }
  }

  /// Makes `step + 1` the present.
  public void advance(long step) {
    for (var column : movingInts) {
      column.advance(step);
    }
    for (var column : movingStreams) {
      column.advance(step);
    }
    for (var column : movingSums) {
      column.advance(step);
    }
  }

  /// Takes over the fields and streams of a store of the same program, sums left out.
  public void copyLanes(LaneStore other) {
    for (int slot = 0; slot < ints.length; slot++) {
      if (ints[slot] != null) {
        ints[slot].copy(other.ints[slot]);
      }
      if (streams[slot] != null) {
        streams[slot].copy(other.streams[slot]);
      }
    }
  }

  /// Back to initial values; parameters stay.
  public void reset() {
    for (int slot = 0; slot < ints.length; slot++) {
      Symbol symbol = program.symbols().get(slot);
      if (ints[slot] != null && symbol.role() != SymbolRole.PARAM) {
        ints[slot].fill(symbol.initial());
        if (starts[slot] != null) {
          start(slot);
        }
      }
      if (streams[slot] != null) {
        streams[slot].clear();
      }
      if (sums[slot] != null) {
        sums[slot].clear();
      }
    }
  }
}
