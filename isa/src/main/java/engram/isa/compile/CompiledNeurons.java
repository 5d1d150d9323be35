package engram.isa.compile;

import engram.isa.exec.IntColumn;
import engram.isa.exec.LaneStore;
import engram.isa.exec.NeuronBinding;
import engram.isa.exec.NeuronKernel;
import engram.isa.exec.Stops;
import engram.isa.exec.StreamColumn;
import engram.isa.program.SymbolRole;
import java.util.function.Supplier;

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
  private long present;

  /// @param compileForSome the same program for lanes of which not all run
  CompiledNeurons(Compiled compiled, Supplier<Compiled> compileForSome, NeuronBinding binding) {
    this.compiled = compiled;
    this.compileForSome = compileForSome;
    store = binding.store();
    stops = new Stops(compiled.program(), binding.firstIndex(), false);
    frame = compiled.frame(binding.surroundings(), store.lanes(), stops, this::emit);
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
    present = step;
    columns.open(step);
    program.code().run(section, frame, step, null, 0, 0);
    stops.throwIfAny();
  }

  private void emit(int cell, int lane, long lanes) {
    StreamColumn stream = columns.stream(cell);
    stream.bits()[frame.at[cell] + (lane >> 6)] |= lanes << lane;
    stream.touch(present);
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

    StreamColumn stream(int cell) {
      return streams[cell];
    }

    /// Finds the present places of all cells.
    void open(long step) {
      for (int c = 0; c < ints.length; c++) {
        if (ints[c] != null) {
          frame.at[c] = ints[c].at(step - age(c, step));
        } else if (streams[c] != null) {
          long then = step - age(c, step);
          frame.at[c] = streams[c].at(then);
          if (streams[c].payloads() != null) {
            frame.payloadsAt[c] = streams[c].payloadsAt(then);
          }
        }
      }
    }

    int age(int cell, long step) {
      var it = compiled.cells().get(cell);
      return it.ageSlot() == Cell.CONSTANT_AGE ? it.age() : frame.global(it.ageSlot(), step, 0);
    }
  }
}
