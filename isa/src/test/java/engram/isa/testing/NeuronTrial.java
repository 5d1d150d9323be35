package engram.isa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.Draw;
import engram.isa.Reducer;
import engram.isa.assembler.Disassembler;
import engram.isa.exec.Engine;
import engram.isa.exec.Groups;
import engram.isa.exec.Interpreter;
import engram.isa.exec.LaneStore;
import engram.isa.exec.NeuronBinding;
import engram.isa.program.Program;
import engram.isa.verify.Verifier;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;

/// Runs a neuron program over random lanes in the interpreter and in the oracle, and holds one
/// against the other.
public final class NeuronTrial {
  private final Program program;
  private final Random random;
  private final LaneStore store;
  private final Timeline timeline;
  private final int lanes;
  private final int firstIndex;
  private final long seed;
  private final int ordinal;
  private final int groupSize;
  private final BigInteger[] reduced;
  private final BigInteger[] winners;
  private BigInteger[] bids;
  private Engine engine = new Interpreter();

  public NeuronTrial(Program program, int lanes, Random random) {
    this.program = program;
    this.random = random;
    this.lanes = lanes;
    store = new LaneStore(program, lanes);
    StoreOracle.randomise(store, Timeline.PRESENT, random);
    timeline = new Timeline(program, random.nextInt(4), 1 + random.nextInt(5), random);
    firstIndex = random.nextInt(2000);
    seed = random.nextLong();
    ordinal = random.nextInt(20);
    groupSize = 1 + random.nextInt(lanes);
    reduced = new BigInteger[lanes];
    winners = new BigInteger[lanes];
  }

  /// Judges another engine than the interpreter.
  public NeuronTrial on(Engine engine) {
    this.engine = engine;
    return this;
  }

  /// Sets a field of the first lanes.
  public NeuronTrial set(String field, int[] values) {
    var column = store.ints(program.slot(field).orElseThrow());
    System.arraycopy(values, 0, column.values(), column.at(Timeline.PRESENT), values.length);
    return this;
  }

  /// Runs all lanes.
  public void run() {
    run(null);
  }

  /// Runs the lanes whose bits are set.
  public void run(long[] active) {
    var expected = new StoreOracle(store, Timeline.PRESENT);
    interpret(active);
    int from = 0;
    for (int barrier : ScalarLane.barriers(program)) {
      section(from, barrier, active, expected);
      reduce(program.instruction(barrier).reducer());
      from = barrier + 1;
    }
    section(from, program.size(), active, expected);
    expected.check(Disassembler.disassemble(program));
  }

  private void interpret(long[] active) {
    var verified = Verifier.verify(program);
    var groups = new Groups(lanes, firstIndex);
    int[] sizes = new int[program.symbols().size()];
    Arrays.fill(sizes, groupSize);
    var kernel =
        engine.neuron(
            new NeuronBinding(
                verified,
                store,
                firstIndex,
                groups,
                sizes,
                timeline.surroundings(Draw.base(seed, Draw.Kind.NEURON, ordinal))));
    for (int section = 0; section < verified.sections().size(); section++) {
      kernel.run(section, active, Timeline.PRESENT);
      int barrier = verified.sections().get(section).barrier();
      if (barrier >= 0) {
        groups.reduce(program.instruction(barrier).reducer(), groupSize);
      }
    }
    for (long word : groups.bidders()) {
      assertThat(word).as("bids left over").isZero();
    }
  }

  private void section(int from, int to, long[] active, StoreOracle expected) {
    bids = new BigInteger[lanes];
    for (int lane = 0; lane < lanes; lane++) {
      if (active == null || (active[lane / 64] >>> (lane % 64) & 1) == 1) {
        new ScalarLane(program, new World(expected, lane)).run(from, to);
      }
    }
  }

  private void reduce(Reducer reducer) {
    for (int lane = 0; lane < lanes; lane++) {
      int first = lane / groupSize * groupSize;
      var result = Reduction.of(reducer, bids, first, Math.min(first + groupSize, lanes));
      reduced[lane] = result.value();
      winners[lane] = BigInteger.valueOf(result.winner() < 0 ? -1 : firstIndex + result.winner());
    }
  }

  private final class World implements ScalarLane.World {
    private final StoreOracle memory;
    private final int lane;

    World(StoreOracle memory, int lane) {
      this.memory = memory;
      this.lane = lane;
    }

    @Override
    public BigInteger load(int slot, int age) {
      var role = program.symbol(slot).role();
      if (Timeline.knows(role)) {
        return timeline.load(slot, age);
      }
      return switch (role) {
        case INDEX -> BigInteger.valueOf(firstIndex + lane);
        case REDUCED -> Exact.saturate(reduced[lane], 32);
        case WINNER -> winners[lane];
        default -> memory.load(slot, age, lane);
      };
    }

    @Override
    public BigInteger loadWide(int slot) {
      return reduced[lane];
    }

    @Override
    public void store(int slot, BigInteger value) {
      memory.store(slot, lane, value);
    }

    @Override
    public BigInteger random(int site) {
      long clock = timeline.clock(program.originAge());
      return DrawOracle.bits(
          seed, Draw.Kind.NEURON, ordinal, clock, site, BigInteger.valueOf(firstIndex + lane));
    }

    @Override
    public void emit(int slot, BigInteger payload) {
      memory.emit(slot, lane, payload);
    }

    @Override
    public void bid(BigInteger value) {
      bids[lane] = value;
    }
  }

  /// A random set of lanes.
  public long[] someLanes() {
    long[] active = new long[(lanes + 63) / 64];
    for (int lane = 0; lane < lanes; lane++) {
      active[lane / 64] |= random.nextBoolean() ? 1L << lane : 0;
    }
    return active;
  }
}
