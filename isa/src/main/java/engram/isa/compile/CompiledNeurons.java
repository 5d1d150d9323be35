package engram.isa.compile;

import engram.isa.exec.IntColumn;
import engram.isa.exec.LaneStore;
import engram.isa.exec.NeuronBinding;
import engram.isa.exec.NeuronKernel;
import engram.isa.exec.Stops;
import engram.isa.exec.StreamColumn;
import engram.isa.program.SymbolRole;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// A compiled neuron program on its slice: works in the columns themselves.
final class CompiledNeurons implements NeuronKernel {
  /// Code for all lanes, and for some; of programs that declare an activity only the latter.
  private final Compiled compiled;

  private final Supplier<Compiled> compileForSome;
  private Compiled forSome;
  private final Frame frame;
  private final Stops stops;
  private final LaneStore store;
  private final Columns columns;

  /// @param compileForSome the same program for lanes of which not all run
  CompiledNeurons(Compiled compiled, Supplier<Compiled> compileForSome, NeuronBinding binding) {
    this.compiled = compiled;
    this.compileForSome = compileForSome;
    store = binding.store();
    stops = new Stops(compiled.program(), binding.firstIndex(), false);
    frame = compiled.frame(binding.surroundings(), store.lanes(), stops, null);
    frame.firstIndex = binding.firstIndex();
    frame.bids = binding.groups().bids();
    frame.bidders = binding.groups().bidders();
    columns = new Columns(compiled, frame);
    for (int c = 0; c < compiled.cells().size(); c++) {
      int slot = compiled.cells().get(c).slot();
      var role = compiled.program().symbol(slot).role();
      switch (role) {
        case REDUCED -> {
          frame.ints[c] = binding.groups().reduced();
          frame.longs[c] = binding.groups().sums();
        }
        case WINNER -> frame.ints[c] = binding.groups().winners();
        case STREAM -> columns.bind(c, store.stream(slot));
        default -> columns.bind(c, store.ints(slot));
      }
    }
    columns.settle();
  }

  @Override
  public void run(int section, long[] active, long step) {
    var program = compiled;
    if (active == null) {
      frame.blockAll(store.lanes(), compiled.width());
    } else {
      frame.block(active, store.lanes(), compiled.width());
      if (forSome == null) {
        forSome = compileForSome.get();
      }
      program = forSome;
    }
    columns.open(step);
    program.code().run(section, frame, step, null, 0, 0);
    columns.touchEmitted(step);
    stops.throwIfAny();
  }

  /// Where a symbol of a neuron or row program lies.
  static Storage storage(SymbolRole role, boolean graded) {
    return switch (role) {
      case FIELD, PARAM, ACCUMULATOR -> Storage.INTS;
      case STREAM -> graded ? Storage.GRADED : Storage.BITS;
      default -> null;
    };
  }

  /// The columns that cells lie in: their arrays never change, the places of the present step do.
  static final class Columns {
    private final Compiled compiled;
    private final Frame frame;
    private final IntColumn[] ints;
    private final StreamColumn[] streams;

    /// Cells whose place changes from step to step, and cells of streams.
    private int[] moving = {};

    private int[] ofStreams = {};

    Columns(Compiled compiled, Frame frame) {
      this.compiled = compiled;
      this.frame = frame;
      ints = new IntColumn[compiled.cells().size()];
      streams = new StreamColumn[compiled.cells().size()];
    }

    void bind(int cell, IntColumn column) {
      ints[cell] = column;
      frame.ints[cell] = column.values();
    }

    void bind(int cell, StreamColumn stream) {
      streams[cell] = stream;
      frame.bits[cell] = stream.bits();
      frame.ints[cell] = stream.payloads();
    }

    /// To be called when all cells are bound.
    void settle() {
      ofStreams = IntStream.range(0, ints.length).filter(c -> streams[c] != null).toArray();
      moving =
          IntStream.range(0, ints.length)
              .filter(c -> streams[c] != null || ints[c] != null && ints[c].depth() > 1)
              .toArray();
    }

    /// Finds the present places of all cells.
    void open(long step) {
      for (int c : moving) {
        long then = step - age(c, step);
        if (ints[c] != null) {
          frame.at[c] = ints[c].at(then);
        } else {
          frame.at[c] = streams[c].at(then);
          if (streams[c].payloads() != null) {
            frame.payloadsAt[c] = streams[c].payloadsAt(then);
          }
        }
      }
    }

    /// Tells the streams that carry events.
    void touchEmitted(long step) {
      for (int c : ofStreams) {
        if (frame.emitted[c]) {
          streams[c].touch(step);
          frame.emitted[c] = false;
        }
      }
    }

    int age(int cell, long step) {
      var it = compiled.cells().get(cell);
      return it.ageSlot() == Cell.CONSTANT_AGE ? it.age() : frame.global(it.ageSlot(), step, 0);
    }
  }
}
