package engram.isa.testing;

import engram.isa.Draw;
import engram.isa.assembler.Disassembler;
import engram.isa.exec.Engine;
import engram.isa.exec.Interpreter;
import engram.isa.exec.LaneStore;
import engram.isa.exec.LongColumn;
import engram.isa.exec.RowBinding;
import engram.isa.program.Program;
import engram.isa.verify.Verifier;
import java.math.BigInteger;
import java.util.Random;
import java.util.stream.IntStream;

/// Runs a row program over random rows in the interpreter and in the oracle, and holds one against
/// the other.
public final class RowTrial {
  /// Steps of arrivals kept: the present and two before.
  private static final int ARRIVALS = 3;

  private final Program program;
  private final LaneStore store;
  private final LongColumn payloads;
  private final Timeline timeline;
  private final int[] rows;
  private final int[] fired;
  private final long seed;
  private final int ordinal;
  private Engine engine = new Interpreter();

  public RowTrial(Program program, int rowCount, Random random) {
    this.program = program;
    store = new LaneStore(program, rowCount);
    StoreOracle.randomise(store, Timeline.PRESENT, random);
    payloads = Payloads.random(rowCount, ARRIVALS, random);
    timeline = new Timeline(program, random.nextInt(4), 1 + random.nextInt(5), random);
    rows = IntStream.range(0, rowCount).filter(_ -> random.nextInt(4) > 0).toArray();
    fired = IntStream.range(0, rows.length).map(_ -> random.nextInt(8)).toArray();
    seed = random.nextLong();
    ordinal = random.nextInt(20);
  }

  /// Judges another engine than the interpreter.
  public RowTrial on(Engine engine) {
    this.engine = engine;
    return this;
  }

  /// Sets a field of the first rows.
  public RowTrial set(String field, int[] values) {
    var column = store.ints(program.slot(field).orElseThrow());
    System.arraycopy(values, 0, column.values(), column.at(Timeline.PRESENT), values.length);
    return this;
  }

  public void run() {
    var expected = new StoreOracle(store, Timeline.PRESENT);
    var arrived = Payloads.copy(payloads, Timeline.PRESENT);
    engine
        .row(
            new RowBinding(
                Verifier.verify(program),
                store,
                payloads,
                timeline.surroundings(Draw.base(seed, Draw.Kind.ROW, ordinal))))
        .run(rows, fired, rows.length, Timeline.PRESENT);
    for (int i = 0; i < rows.length; i++) {
      new ScalarLane(program, new World(expected, arrived, rows[i], fired[i]))
          .run(0, program.size());
    }
    expected.check(Disassembler.disassemble(program));
  }

  private final class World implements ScalarLane.World {
    private final StoreOracle memory;
    private final BigInteger[][] arrived;
    private final int row;
    private final int firedHere;

    World(StoreOracle memory, BigInteger[][] arrived, int row, int firedHere) {
      this.memory = memory;
      this.arrived = arrived;
      this.row = row;
      this.firedHere = firedHere;
    }

    @Override
    public BigInteger load(int slot, int age) {
      var role = program.symbol(slot).role();
      if (Timeline.knows(role)) {
        return timeline.load(slot, age);
      }
      return switch (role) {
        case INDEX -> BigInteger.valueOf(row);
        case PAYLOAD -> Exact.saturate(arrived[age][row], 32);
        default -> memory.load(slot, age, row);
      };
    }

    @Override
    public BigInteger loadWide(int slot) {
      return memory.loadSum(slot, row);
    }

    @Override
    public void store(int slot, BigInteger value) {
      memory.store(slot, row, value);
    }

    @Override
    public BigInteger random(int site) {
      long clock = timeline.clock(program.originAge());
      return DrawOracle.bits(seed, Draw.Kind.ROW, ordinal, clock, site, BigInteger.valueOf(row));
    }

    @Override
    public void emit(int slot, BigInteger payload) {
      memory.emit(slot, row, payload);
    }

    @Override
    public boolean cause(int trigger) {
      return BigInteger.valueOf(firedHere).testBit(trigger);
    }
  }
}
